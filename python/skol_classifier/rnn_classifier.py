# SPDX-License-Identifier: Apache-2.0
"""The classifier under the guide's name, with its two loaders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .classifier_v2 import SkolClassifierV2

if TYPE_CHECKING:
    from typing import Self


class RNNClassifier(SkolClassifierV2):
    """SkolClassifierV2 with model_type='rnn' and extraction_mode='line'."""

    @classmethod
    def load_from_redis(cls, redis_client: Any, redis_key: str, **overrides: Any) -> Self:
        """A ready classifier from the value under `redis_key`; `overrides` as for a constructor
        with auto_load_model=True."""
        return cls(
            model_storage="redis",
            redis_client=redis_client,
            redis_key=redis_key,
            auto_load_model=True,
            **overrides,
        )

    @classmethod
    def load_from_disk(cls, path: str | os.PathLike[str], **overrides: Any) -> Self:
        """The same from a file."""
        return cls(model_storage="disk", model_path=path, auto_load_model=True, **overrides)
