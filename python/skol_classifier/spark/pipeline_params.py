# SPDX-License-Identifier: Apache-2.0
"""The package's parameters as Params of pyspark.ml: same names, same checks, same help."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from pyspark.ml.param import Param, Params

from skol_classifier.parameters import CLASSIFIER, Kind

C = TypeVar("C", bound=type[Params])

# Saved with a model in general, but without a meaning in a stage of Spark: columns have fixed
# names, and executors compute on CPUs.
_ELSEWHERE = {
    "compute_label_frequencies",
    "extraction_mode",
    "features_col",
    "label_col",
    "line_no_col",
    "name",
    "use_gpu_in_udf",
}
TRAINING = [
    name
    for name, parameter in CLASSIFIER.items()
    if parameter.kind is not Kind.PLACE and name not in _ELSEWHERE
]
PREDICTION = [
    "prediction_batch_size",
    "memory_budget",
    "precision",
    "prediction_stride",
    "num_workers",
    "verbosity",
]


def check(name: str, value: Any) -> Any:
    """The checked value of a parameter; ParameterError says what is expected of it."""
    return CLASSIFIER[name].check(name, value)


def with_params(names: Iterable[str]) -> Callable[[C], C]:
    """Declares Params on a class, with a getter and a setter each (setEpochs, getEpochs)."""

    def declare(stage: C) -> C:
        for name in names:
            _declare(stage, name)
        return stage

    return declare


def _declare(stage: type[Params], name: str) -> None:
    help_text = CLASSIFIER[name].help
    # partial() of a module's function, as a closure could not be pickled with the stage.
    setattr(stage, name, Param(Params._dummy(), name, help_text, partial(check, name)))
    words = "".join(word.capitalize() for word in name.split("_"))

    def set_value(self: Any, value: Any) -> Any:
        self._set(**{name: check(name, value)})
        return self

    def get_value(self: Any) -> Any:
        return self.getOrDefault(name)

    for function, prefix, doc in (
        (set_value, "set", f"Sets {name}: {help_text}. Returns the stage."),
        (get_value, "get", f"The value of {name}: {help_text}."),
    ):
        function.__name__ = prefix + words
        function.__qualname__ = f"{stage.__qualname__}.{function.__name__}"
        function.__doc__ = doc
        setattr(stage, function.__name__, function)
