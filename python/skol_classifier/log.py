# SPDX-License-Identifier: Apache-2.0
"""What the package says: by the logger `skol_classifier`, as much as `verbosity` asks for.

Where nobody configured logging, messages go to stderr without any handler being attached, so a
later configuration holds and nothing is told twice.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

logger = logging.getLogger("skol_classifier")

MAJOR, COUNTS, SAMPLES = 1, 2, 3

_SAMPLE_OF_DIAGNOSTICS = 5


def warn(verbosity: int, message: str) -> None:
    if verbosity >= MAJOR:
        _write(logging.WARNING, message)


def say(verbosity: int, needed: int, message: str) -> None:
    """Tells `message` at a verbosity of `needed` (MAJOR, COUNTS, SAMPLES) or more."""
    if verbosity >= needed:
        _write(logging.INFO if needed == MAJOR else logging.DEBUG, message)


def reduction_message(batch_sizes: Sequence[int], where: str = "") -> str:
    """What became of prediction_batch_size, from the sizes in force in order."""
    return (
        f"memory was short{' ' + where if where else ''}: prediction_batch_size {batch_sizes[0]} "
        f"became {min(batch_sizes)}; no line is missing; a smaller value avoids it"
    )


def irregularities(verbosity: int, diagnostics: Sequence[str]) -> None:
    """Slips of annotators, as file:line:column: a few of them, or all from COUNTS on."""
    if not diagnostics:
        return
    shown = len(diagnostics) if verbosity >= COUNTS else _SAMPLE_OF_DIAGNOSTICS
    for line in diagnostics[:shown]:
        warn(verbosity, line)
    rest = len(diagnostics) - shown
    if rest > 0:
        warn(verbosity, f"{rest:,} more irregularities in annotations; verbosity=2 shows all")


def _write(level: int, message: str) -> None:
    if logger.hasHandlers():
        logger.log(level, "%s", message)
        return
    silenced = logger.disabled or level <= logger.manager.disable or level < logger.level
    if not silenced:
        record = logger.makeRecord(logger.name, level, "", 0, message, (), None)
        logging.StreamHandler(sys.stderr).handle(record)
