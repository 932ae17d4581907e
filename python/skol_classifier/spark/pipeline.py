# SPDX-License-Identifier: Apache-2.0
"""skol as stages of a pyspark.ml Pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.ml import Estimator, Model
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable, MLReadable, MLWritable

from skol_classifier import _core
from skol_classifier.arguments import settle
from skol_classifier.errors import NotTrainedError
from skol_classifier.parameters import CLASSIFIER
from skol_classifier.saved_parameters import saved_parameters, training_options, with_parameters
from skol_classifier.values import Values, stride

from .labelling import label_lines
from .model_files import SkolModelReader, SkolModelWriter
from .pipeline_params import PREDICTION, TRAINING, check, with_params
from .reading import annotated_documents

if TYPE_CHECKING:
    from typing import Self, Unpack

    from pyspark.sql import DataFrame

    from skol_classifier.parameters import ClassifierParameters


@with_params(PREDICTION)
class SkolModel(Model, MLReadable["SkolModel"], MLWritable):
    """Labels lines: transform() keeps every column and adds prediction, probabilities,
    predicted_label and annotated_value.

    Takes a trained model, and of the parameters those that change no weights:
    prediction_batch_size, prediction_stride, num_workers and verbosity.
    """

    def __init__(
        self, model: _core.Model | None = None, **parameters: Unpack[ClassifierParameters]
    ) -> None:
        super().__init__()
        self._model = model
        self.training_report: dict[str, Any] | None = None
        saved = saved_parameters(model) if model is not None else {}
        self._setDefault(**{name: saved.get(name, CLASSIFIER[name].default) for name in PREDICTION})
        self.setParams(**parameters)

    def setParams(self, **parameters: Unpack[ClassifierParameters]) -> Self:
        _set_params(self, PREDICTION, parameters)
        return self

    @property
    def model(self) -> _core.Model:
        """The trained model; NotTrainedError where this stage was made without one."""
        if self._model is None:
            raise NotTrainedError("this SkolModel has no trained model; use SkolEstimator.fit")
        return self._model

    def _transform(self, dataset: DataFrame) -> DataFrame:
        # transform(df, {param: value}) sets values without asking a Param's converter.
        given = {name: check(name, self.getOrDefault(name)) for name in PREDICTION}
        values = Values(CLASSIFIER, {})
        values.adopt(saved_parameters(self.model))
        values.update(given)
        labelled, _ = label_lines(
            dataset,
            self.model,
            prediction_batch_size=given["prediction_batch_size"],
            memory_budget=given["memory_budget"],
            precision=given["precision"],
            prediction_stride=stride(values, "prediction_stride", values.in_force("window_size")),
            num_workers=given["num_workers"],
            verbosity=given["verbosity"],
        )
        return labelled

    def write(self) -> SkolModelWriter:
        return SkolModelWriter(self)

    @classmethod
    def read(cls) -> SkolModelReader:
        return SkolModelReader(cls)


@with_params(TRAINING)
class SkolEstimator(
    Estimator[SkolModel], DefaultParamsReadable["SkolEstimator"], DefaultParamsWritable
):
    """Trains on annotated lines: doc_id (or filename), line_number, value, label.

    Takes the parameters of RNNClassifier that do not say where data and models are. The lines are
    brought to the driver and trained on there.
    """

    def __init__(self, **parameters: Unpack[ClassifierParameters]) -> None:
        super().__init__()
        self._setDefault(**{name: CLASSIFIER[name].default for name in TRAINING})
        self.setParams(**parameters)

    def setParams(self, **parameters: Unpack[ClassifierParameters]) -> Self:
        _set_params(self, TRAINING, parameters)
        return self

    def _fit(self, dataset: DataFrame) -> SkolModel:
        given = {param.name: value for param, value in self._paramMap.items()}
        values = Values(CLASSIFIER, settle(CLASSIFIER, None, given))
        trained, report = _core.train(
            annotated_documents(dataset),
            training_options(values),
            threads=values.in_force("num_workers"),
        )
        fitted = SkolModel(with_parameters(trained, values))
        fitted.training_report = report
        fitted._resetUid(self.uid)
        return fitted


def _set_params(stage: Any, names: list[str], parameters: Any) -> None:
    table = {name: CLASSIFIER[name] for name in names}
    stage._set(**settle(table, None, parameters))
