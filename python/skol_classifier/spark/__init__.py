# SPDX-License-Identifier: Apache-2.0
"""skol inside Spark: labelling DataFrames, reading them, and the stages of pyspark.ml.

Names are imported when they are first used: executors import this package too, and need neither
pyspark.ml nor pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .environment import default_session as default_session
    from .labelling import label_lines as label_lines
    from .pipeline import SkolEstimator as SkolEstimator
    from .pipeline import SkolModel as SkolModel
    from .reading import annotated_documents as annotated_documents
    from .reading import read_files as read_files
    from .sequences import SequencePreprocessor as SequencePreprocessor

_MODULE_OF = {
    "SequencePreprocessor": "sequences",
    "SkolEstimator": "pipeline",
    "SkolModel": "pipeline",
    "annotated_documents": "reading",
    "default_session": "environment",
    "label_lines": "labelling",
    "read_files": "reading",
}

__all__ = [
    "SequencePreprocessor",
    "SkolEstimator",
    "SkolModel",
    "annotated_documents",
    "default_session",
    "label_lines",
    "read_files",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .environment import require_spark

    require_spark()
    return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
