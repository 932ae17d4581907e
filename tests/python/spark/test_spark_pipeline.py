# SPDX-License-Identifier: Apache-2.0
"""The stages for pyspark.ml."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import SQLTransformer
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of, refused

from skol_classifier.errors import NotTrainedError
from skol_classifier.spark import SkolEstimator, SkolModel

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession
    from spark_testing import Documents, Model

SMALL = {"hidden_size": 8, "num_layers": 1, "epochs": 1, "validation_fraction": 0.0}


@pytest.fixture
def lines(spark: SparkSession, documents: Documents) -> DataFrame:
    return spark.createDataFrame(lines_of(documents), LINES)


@pytest.fixture
def annotated(spark: SparkSession, documents: Documents) -> DataFrame:
    rows = [
        (document.id, number, line, label)
        for document in documents[:6]
        for number, (line, label) in enumerate(zip(document.lines, document.labels, strict=True))
    ]
    return spark.createDataFrame(rows, LINES + ", label string")


def test_an_estimator_fits_a_model_that_transforms(
    annotated: DataFrame, lines: Any, documents: Documents
) -> None:
    fitted = SkolEstimator(**SMALL, seed=7).fit(annotated)
    assert isinstance(fitted, SkolModel)
    assert (fitted.model.options["seed"], fitted.model.options["hidden_size"]) == (7, 8)
    assert fitted.training_report["documents"] == 6
    labelled = fitted.transform(lines)
    assert labelled.columns[:3] == lines.columns
    assert digest_of_frame(labelled) == digest_of_core(fitted.model, documents)


def test_parameters_have_getters_setters_help_and_copies() -> None:
    estimator = SkolEstimator(epochs=3)
    assert estimator.getEpochs() == 3
    assert estimator.setEpochs(4).setPredictionBatchSize(128) is estimator
    assert (estimator.getEpochs(), estimator.getPredictionBatchSize()) == (4, 128)
    assert "prediction_batch_size" in estimator.explainParams()
    assert "128" in estimator.explainParam("prediction_batch_size")
    other = estimator.copy({estimator.epochs: 9})
    assert (other.getEpochs(), estimator.getEpochs()) == (9, 4)
    assert SkolEstimator().getWindowSize() == 50


def test_mistaken_parameters_are_named() -> None:
    with pytest.raises(TypeError, match="predicton_batch_size.*prediction_batch_size"):
        SkolEstimator(predicton_batch_size=64)
    for wrong in (0, -1, True, "64", 1.5):
        with pytest.raises(ValueError, match="prediction_batch_size is"):
            SkolEstimator(prediction_batch_size=wrong)
        with pytest.raises(ValueError, match="prediction_batch_size is"):
            SkolEstimator().setPredictionBatchSize(wrong)
    with pytest.raises(TypeError):
        SkolEstimator(128)


def test_transform_takes_parameters_for_one_call(model: Model, lines: Any, expected: str) -> None:
    stage = SkolModel(model)
    labelled = stage.transform(lines, {stage.prediction_batch_size: 3, stage.num_workers: 1})
    assert digest_of_frame(labelled) == expected
    assert stage.getPredictionBatchSize() == 64
    with pytest.raises(ValueError, match="prediction_batch_size is '3'"):
        stage.transform(lines, {stage.prediction_batch_size: "3"})
    with pytest.raises(ValueError, match="prediction_stride is 51.*window_size"):
        stage.transform(lines, {stage.prediction_stride: 51})


def test_a_model_is_saved_and_loaded(
    model: Model, lines: Any, expected: str, tmp_path: Path
) -> None:
    path = str(tmp_path / "saved stage")
    stage = SkolModel(model, prediction_batch_size=7)
    stage.save(path)
    with pytest.raises(Exception, match="exist"):
        stage.save(path)
    stage.write().overwrite().save(path)
    loaded = SkolModel.load(path)
    assert (loaded.uid, loaded.getPredictionBatchSize()) == (stage.uid, 7)
    assert loaded.model.to_bytes() == model.to_bytes()
    assert digest_of_frame(loaded.transform(lines)) == expected
    assert SkolModel.load("file://" + str(tmp_path / "saved stage")).uid == stage.uid


def test_stages_live_in_a_pipeline(
    annotated: DataFrame, lines: Any, documents: Documents, tmp_path: Path
) -> None:
    select = SQLTransformer(statement="SELECT *, upper(doc_id) AS shouted FROM __THIS__")
    pipeline = Pipeline(stages=[select, SkolEstimator(**SMALL)])
    pipeline.save(str(tmp_path / "pipeline"))
    fitted = Pipeline.load(str(tmp_path / "pipeline")).fit(annotated)
    fitted.write().overwrite().save(str(tmp_path / "fitted"))
    loaded = PipelineModel.load(str(tmp_path / "fitted"))
    labelled = loaded.transform(lines)
    assert "shouted" in labelled.columns
    assert digest_of_frame(labelled) == digest_of_core(fitted.stages[1].model, documents)


def test_stages_are_pickled(model: Model, lines: Any, expected: str) -> None:
    stage = pickle.loads(pickle.dumps(SkolModel(model, num_workers=2)))
    assert stage.getNumWorkers() == 2
    assert digest_of_frame(stage.transform(lines)) == expected
    assert pickle.loads(pickle.dumps(SkolEstimator(epochs=3))).getEpochs() == 3


def test_a_copy_shares_the_weights(model: Model) -> None:
    stage = SkolModel(model)
    other = stage.copy({stage.prediction_batch_size: 5})
    assert (other.getPredictionBatchSize(), stage.getPredictionBatchSize()) == (5, 64)
    assert other.model is model


def test_what_cannot_be_saved_or_loaded_is_named(
    spark: SparkSession, model: Model, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="hdfs.*file:///") as error:
        SkolModel(model).save("hdfs://host/models/skol")
    refused(error, "hdfs://host/models/skol")
    with pytest.raises(NotTrainedError, match=r"SkolEstimator\.fit"):
        SkolModel().save(str(tmp_path / "untrained"))
    SkolEstimator().save(str(tmp_path / "estimator"))
    with pytest.raises(ValueError, match=r"model\.skol"):
        SkolModel.load(str(tmp_path / "estimator"))
    with pytest.raises(FileNotFoundError):
        SkolModel.load(str(tmp_path / "absent"))
