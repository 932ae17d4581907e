# SPDX-License-Identifier: Apache-2.0
"""The trained network and the parameters it runs with, as a classifier holds it in `_model`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ._core import Model
from .arguments import nearest_hint, settle
from .batch_choice import AutoChoices
from .checks import shortened
from .errors import NotTrainedError, ParameterError
from .parameters import RNN, Kind, RNNParameters
from .saved_parameters import saved_parameters, with_parameters
from .tables import is_spark_frame
from .values import Values, stride

if TYPE_CHECKING:
    from typing import Self, Unpack

    import numpy as np
    from pyspark.sql import DataFrame

    from .spark import SequencePreprocessor as SequencePreprocessor

_NO_KERAS = {
    "keras_model": "there is no Keras here",
    "model_weights": "weights are arrays, not Keras variables",
}


class RNNSkolModel:
    """A windowed bidirectional LSTM that labels lines.

    The parameters are attributes. Those of run time (prediction_batch_size, prediction_stride,
    num_workers, verbosity, batch_size, use_gpu_in_udf) may be set at any time and hold from the
    next call on; none of them changes the weights, and only prediction_stride a probability.
    """

    __slots__ = ("_core", "_labels", "_values", "auto_choices")
    auto_choices: AutoChoices  # of predictions in this process
    _core: Model | None
    _labels: list[str] | None
    _values: Values

    if TYPE_CHECKING:
        input_size: int | None
        hidden_size: int
        num_layers: int
        num_classes: int
        window_size: int
        prediction_stride: int | None
        training_stride: int | None
        prediction_batch_size: int | str
        memory_budget: int | str | None
        precision: str
        batch_size: int
        num_workers: int
        verbosity: int
        use_gpu_in_udf: bool
        epochs: int
        dropout: float
        learning_rate: float
        clip_norm: float
        seed: int
        class_weights: str | Mapping[str, float] | None
        focal_labels: list[str] | None
        validation_fraction: float
        final_refit: bool
        name: str
        features_col: str
        label_col: str
        line_no_col: str

    def __init__(self, **parameters: Unpack[RNNParameters]) -> None:
        self._start(Values(RNN, settle(RNN, None, parameters)), None)

    @classmethod
    def _sharing(cls, values: Values, core: Model) -> RNNSkolModel:
        """A model whose parameters are those of the classifier it belongs to."""
        model = cls.__new__(cls)
        model._start(values, core)
        return model

    def _start(self, values: Values, core: Model | None) -> None:
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_labels", None)
        object.__setattr__(self, "auto_choices", AutoChoices())
        object.__setattr__(self, "_core", core)

    def __getattr__(self, name: str) -> Any:
        if name in RNN:
            if name.endswith("_stride"):
                return stride(self._values, name, self._values.in_force("window_size"))
            return self._values.in_force(name)
        if name in _NO_KERAS:
            raise AttributeError(f"no '{name}': {_NO_KERAS[name]}; weights() has the arrays")
        raise AttributeError(f"RNNSkolModel has no '{name}'{_hint(name)}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in RNN:
            raise AttributeError(f"RNNSkolModel has no '{name}' to set{_hint(name)}")
        parameter = RNN[name]
        if parameter.kind is Kind.ARCHITECTURE and self._core is not None:
            raise AttributeError(
                f"{name} is {self._values.in_force(name)} and belongs to the trained weights: "
                "train a model with another value"
            )
        self._values.update({name: parameter.check(name, value)})

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *RNN})

    def __repr__(self) -> str:
        state = "not trained" if self._core is None else f"labels={self.labels}"
        changed = {k: v for k, v in self._values.changed().items() if k in RNN}
        shown = [f"{name}={shortened(value, 60)}" for name, value in changed.items()]
        return f"RNNSkolModel({', '.join(shown)}) [{state}]"

    def __getstate__(self) -> dict[str, Any]:
        values = {k: v for k, v in self._values.given.items() if k in RNN}
        return {"given": values, "labels": self._labels, "core": self._core}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._start(Values(RNN, {}), None)
        if state["core"] is not None:
            self.set_model(state["core"])
        self._values.update(state["given"])
        object.__setattr__(self, "_labels", state["labels"])

    @property
    def kept_as(self) -> str:
        """The key or path that the model is kept under, "" for one that is kept nowhere."""
        name: str | None = self._values.wanted("redis_key") or self._values.wanted("model_path")
        # Watching must not fail for what has no UTF-8.
        return (name or "").encode("utf-8", "replace").decode()

    @property
    def core(self) -> Model | None:
        """The weights, vocabularies and labels, immutable; None before they are there."""
        return self._core

    @property
    def classifier_model(self) -> Model | None:
        """The same as `core`, under its earlier name."""
        return self._core

    @property
    def labels(self) -> list[str] | None:
        """In index order; None before they are known."""
        return self._core.labels if self._core is not None else self._labels

    def set_labels(self, labels: Iterable[str]) -> None:
        """Names the labels in index order. Those of trained weights cannot be others."""
        wanted = list(labels)
        if self._core is not None and wanted != self._core.labels:
            raise ParameterError(
                f"labels are {self._core.labels} in the trained weights, not {wanted}"
            )
        object.__setattr__(self, "_labels", wanted)

    def get_model(self) -> Model | None:
        return self._core

    def set_model(self, core: Model) -> None:
        """Takes trained weights. Refused where another architecture was asked for."""
        self._values.adopt(saved_parameters(core))
        object.__setattr__(self, "_core", core)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes one file, exactly `path`, whole or not at all, with the parameters in force."""
        with_parameters(self.trained(), self._values).save(os.fspath(path))

    def load(self, path: str | os.PathLike[str]) -> Self:
        """Reads such a file into this object; parameters given to it win over those saved."""
        from .tuning import warn_if_tuned_elsewhere

        self.set_model(Model.load(os.fspath(path)))
        warn_if_tuned_elsewhere(self)
        return self

    def tune(self, data: Any = None, *, seconds: float = 20) -> dict[str, Any]:
        """As SkolClassifierV2.tune; save(path) writes the model with the choice in it."""
        from .documents import Reader
        from .tuning import tune

        with Reader("strict", self.verbosity) as reader:
            return tune(self, data, reader, seconds)

    def _take_tuned(self, core: Model) -> None:
        """The same weights with the record of a tuning, whose choice holds from the next call."""
        object.__setattr__(self, "_core", core)
        self._values.update({"prediction_batch_size": core.prediction_batch_size})

    def weights(self) -> dict[str, np.ndarray]:
        """Every tensor of the model file by its name, as docs/model_format.md lists them."""
        from .model_tensors import tensors

        return tensors(self.trained().to_bytes())

    # ---- features that come with the lines, in DataFrames of Spark

    def fit(self, df: DataFrame, labels: Iterable[str] | None = None) -> dict[str, Any]:
        """Trains on lines that have features, and returns statistics as SkolClassifierV2.fit does.

        `df`: doc_id (or filename), `line_no_col`, a vector of Spark ML in `features_col` and the
        index of its label in `label_col`, null for a line without one. `labels` names the labels
        in index order; else those of set_labels(), or of a StringIndexer, or the indices do.
        """
        from .spark.vectors import fit_vectors

        core, statistics = fit_vectors(self._values, _frame(df), labels or self._labels)
        saved = saved_parameters(core)
        self._values.saved = {k: v for k, v in saved.items() if k in self._values.table}
        object.__setattr__(self, "_core", core)
        return statistics

    def predict(self, df: DataFrame) -> DataFrame:
        """Every column of `df`, `prediction` and `probabilities`. `df` as for fit(), without
        labels; with a column `value`, its blank lines and page markers are not labelled. Lazy."""
        return self._labelled(df).drop("predicted_label", "annotated_value")

    def predict_proba(self, df: DataFrame) -> DataFrame:
        """Every column of `df` and `probabilities`, in the order of `labels`."""
        return self.predict(df).drop("prediction")

    def predict_with_labels(self, df: DataFrame) -> DataFrame:
        """As predict(), and `predicted_label`; with a column `value`, `annotated_value` too."""
        return self._labelled(df)

    def calculate_stats(self, df: DataFrame) -> dict[str, Any]:
        """The scores of a table with `label_col` that predict() gave, or is to be given first."""
        from .spark.vectors import statistics_of_predictions

        table = df if "prediction" in _frame(df).columns else self.predict(df)
        if self.labels is None:
            raise NotTrainedError("labels are not known: call fit(), load() or set_labels() first")
        return statistics_of_predictions(table, self.labels, self.label_col)

    def _labelled(self, df: DataFrame) -> DataFrame:
        from .prediction import device_of
        from .spark.vectors import label_vectors

        core = self.trained()
        labelled, _ = label_vectors(
            _frame(df),
            core,
            features_col=self.features_col,
            line_no_col=self.line_no_col,
            prediction_batch_size=self.prediction_batch_size,
            memory_budget=self.memory_budget,
            precision=self.precision,
            prediction_stride=self.prediction_stride,
            num_workers=self.num_workers,
            device=device_of(self.use_gpu_in_udf),
            verbosity=self.verbosity,
        )
        return labelled

    def trained(self) -> Model:
        """`core`; NotTrainedError where there is none."""
        if self._core is None:
            raise NotTrainedError("Model not trained: call fit() or load a model first")
        return self._core


def _frame(df: DataFrame) -> DataFrame:
    if not is_spark_frame(df):
        raise TypeError(
            f"{type(df).__name__}: expected a Spark DataFrame with a column of feature vectors; "
            "texts, paths and pandas tables are what SkolClassifierV2 takes"
        )
    return df


def _hint(name: str) -> str:
    return nearest_hint(name, [*RNN, "core", "labels"])


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        # Comes from the Spark part on demand: it imports pyspark.
        if name == "SequencePreprocessor":
            from .spark import SequencePreprocessor

            return SequencePreprocessor
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
