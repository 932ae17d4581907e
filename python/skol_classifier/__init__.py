# SPDX-License-Identifier: Apache-2.0
"""Labels every line of long documents with a windowed recurrent network.

Importing this costs next to nothing: each name is brought in when it is first used, and pyspark,
redis, pandas, numpy and pyarrow only by what needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._core import __version__ as __version__
    from .classifier_v2 import SkolClassifierV2 as SkolClassifierV2
    from .errors import DeviceError as DeviceError
    from .errors import InputError as InputError
    from .errors import InternalError as InternalError
    from .errors import ModelError as ModelError
    from .errors import ModelNotFoundError as ModelNotFoundError
    from .errors import NotFoundError as NotFoundError
    from .errors import NotTrainedError as NotTrainedError
    from .errors import OutOfMemoryError as OutOfMemoryError
    from .errors import ParameterError as ParameterError
    from .errors import SkolError as SkolError
    from .errors import StorageError as StorageError
    from .planning import plan as plan
    from .rnn_classifier import RNNClassifier as RNNClassifier
    from .rnn_model import RNNSkolModel as RNNSkolModel
    from .spark import SequencePreprocessor as SequencePreprocessor
    from .spark import SkolEstimator as SkolEstimator
    from .spark import SkolModel as SkolModel
    from .versions import show_versions as show_versions

_ERRORS = (
    "DeviceError",
    "InputError",
    "InternalError",
    "ModelError",
    "ModelNotFoundError",
    "NotFoundError",
    "NotTrainedError",
    "OutOfMemoryError",
    "ParameterError",
    "SkolError",
    "StorageError",
)
_MODULE_OF = {
    "RNNClassifier": "rnn_classifier",
    "RNNSkolModel": "rnn_model",
    "SequencePreprocessor": "spark",
    "SkolClassifierV2": "classifier_v2",
    "SkolEstimator": "spark",
    "SkolModel": "spark",
    "__version__": "_core",
    "plan": "planning",
    "show_versions": "versions",
    **dict.fromkeys(_ERRORS, "errors"),
}

__all__ = [name for name in _MODULE_OF if name != "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
