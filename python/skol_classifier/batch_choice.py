# SPDX-License-Identifier: Apache-2.0
"""Which batch size a prediction begins with, as asked of the core and as told afterwards."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from . import _core
from .parameters import AUTO

Stats = dict[str, Any]


def budget_text(memory_budget: int | str | None) -> str:
    """As the core takes it, "" for none."""
    return "" if memory_budget is None else str(memory_budget)


def asked_of_core(prediction_batch_size: int | str) -> int:
    auto = prediction_batch_size == AUTO
    return int(_core.AUTO_BATCH_SIZE if auto else prediction_batch_size)


class AutoChoices:
    """What 'auto' found in this process: it takes a moment to measure, so that it is not done anew
    for each call. `key` is all that a choice depends on."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[int, str]] = {}

    def asked_of_core(self, prediction_batch_size: int | str, key: Hashable) -> int:
        if prediction_batch_size == AUTO and key in self._found:
            return self._found[key][0]
        return asked_of_core(prediction_batch_size)

    def note(self, prediction_batch_size: int | str, key: Hashable, stats: Stats) -> bool:
        """Whether `stats`, of a prediction that has run, have a choice of 'auto' that is new. Those
        of one that was found before get its reason."""
        if prediction_batch_size != AUTO:
            return False
        if key not in self._found:
            self._found[key] = stats["prediction_batch_size"], stats["reason"]
            return True
        if not stats["reduced"]:
            stats["reason"] = self._found[key][1]
        return False
