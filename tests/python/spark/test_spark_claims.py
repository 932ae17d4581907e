# SPDX-License-Identifier: Apache-2.0
"""What the guide claims of prediction_batch_size, claim by claim (its numbers S1 to S16).

S10, on memory that runs out, is in test_spark_memory_shortage.py: it takes a session whose workers
are limited.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import (
    LINES,
    digest_of_core,
    digest_of_frame,
    lines_of,
    long_documents,
    refused,
)

from skol_classifier import (
    RNNClassifier,
    RNNSkolModel,
    SequencePreprocessor,
    SkolClassifierV2,
    _core,
    plan,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from redis_server import RedisServer

MASTER = "local[4]"

# 100 sequences of 150 lines: 5 windows of 50 lines, 25 apart, each.
SEQUENCES, WINDOWS = 100, 5


@pytest.fixture(scope="module")
def sequences() -> list[_core.Document]:
    return long_documents(SEQUENCES, 150)


@pytest.fixture
def data(spark: SparkSession, sequences: list[_core.Document]) -> DataFrame:
    """All sequences in one partition."""
    return spark.createDataFrame(lines_of(sequences), LINES).coalesce(1)


@pytest.fixture
def client(redis_server: RedisServer, model: _core.Model) -> Any:
    client = redis_server.client()
    client.set("my_model", model.with_settings({}, 64).to_bytes())
    return client


@pytest.fixture
def classifier(model: _core.Model, tmp_path: Path) -> RNNClassifier:
    model.save(str(tmp_path / "model.skol"))
    return RNNClassifier.load_from_disk(tmp_path / "model.skol", verbosity=0)


def run(labelled: DataFrame) -> None:
    """An action that needs every row."""
    labelled.write.format("noop").mode("overwrite").save()


@pytest.mark.parametrize(("batch", "calls"), [(64, 8), (128, 4), (32, 16)])
def test_s1_a_call_takes_at_most_prediction_batch_size_windows(
    classifier: RNNClassifier, data: DataFrame, batch: int, calls: int
) -> None:
    assert classifier._model.prediction_batch_size == 64
    classifier._model.prediction_batch_size = batch
    run(classifier.predict(data))
    stats = classifier.stats_
    assert (stats["windows"], stats["predict_calls"]) == (SEQUENCES * WINDOWS, calls)
    assert [part["predict_calls"] for part in stats["partitions"]] == [calls]


def test_s2_it_may_change_on_a_loaded_model_without_training_anew(
    classifier: RNNClassifier, data: DataFrame
) -> None:
    weights = classifier._model.core.digest
    run(classifier.predict(data))
    classifier._model.prediction_batch_size = 100
    run(classifier.predict(data))
    assert classifier.stats_["predict_calls"] == 5
    assert classifier._model.core.digest == weights


@pytest.mark.parametrize("batch", [1, 2, 3, 16, 31, 32, 33, 64, 96, 128, 256, 4096])
def test_s3_it_does_not_change_a_bit_of_the_results(
    model: _core.Model, documents: list[_core.Document], batch: int
) -> None:
    # In plain Python, where all sizes take seconds; Spark is held to that in test_spark_same_bits.
    assert digest_of_core(model, documents, prediction_batch_size=batch) == digest_of_core(
        model, documents
    )


def test_s4_a_batch_pools_the_windows_of_many_sequences(
    classifier: RNNClassifier, data: DataFrame
) -> None:
    classifier._model.prediction_batch_size = SEQUENCES * WINDOWS
    run(classifier.predict(data))
    assert classifier.stats_["predict_calls"] == 1


def test_s5_auto_load_model_takes_parameters_over_those_saved(client: Any, data: DataFrame) -> None:
    before = client.get("my_model")
    classifier = SkolClassifierV2(
        model_storage="redis",
        redis_client=client,
        redis_key="my_model",
        auto_load_model=True,
        model_params={"prediction_batch_size": 128, "num_workers": 8, "verbosity": 0},
    )
    assert classifier._model.prediction_batch_size == 128
    assert classifier._model.num_workers == 8
    run(classifier.predict(data))
    assert classifier.stats_["batch_sizes"] == [128]
    assert client.get("my_model") == before


def test_s6_a_model_may_be_loaded_by_hand(client: Any, data: DataFrame) -> None:
    classifier = SkolClassifierV2(
        model_storage="redis", redis_client=client, redis_key="my_model", verbosity=0
    )
    assert classifier._model is None
    classifier.load_model()
    classifier._model.prediction_batch_size = 128
    run(classifier.predict(data))
    assert classifier.stats_["batch_sizes"] == [128]


def test_s7_every_key_of_model_params_is_in_force() -> None:
    given = {
        "input_size": 100,
        "window_size": 40,
        "prediction_stride": 10,
        "prediction_batch_size": 96,
        "batch_size": 16,
        "hidden_size": 8,
        "num_layers": 1,
        "epochs": 3,
        "dropout": 0.1,
        "num_workers": 2,
        "verbosity": 0,
    }
    classifier = RNNClassifier(model_type="rnn", model_params=given)
    assert {name: classifier.model_params[name] for name in given} == given


def test_s8_the_class_loads_from_redis(client: Any, data: DataFrame, sequences: Any) -> None:
    classifier = RNNClassifier.load_from_redis(client, "my_model", verbosity=0)
    classifier._model.prediction_batch_size = 64
    labelled = classifier.predict(data)
    assert digest_of_frame(labelled) == digest_of_core(classifier._model.core, sequences)


@pytest.fixture(scope="module")
def network_of_default_size(
    documents: list[_core.Document], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    options = {"epochs": 1, "validation_fraction": 0.0, "window_size": 50}
    model, _ = _core.train(documents[:3], options, threads=1)
    path = tmp_path_factory.mktemp("default") / "model.skol"
    model.save(str(path))
    return path


_ONE_PREDICTION = """
import json, sys
from skol_classifier import RNNClassifier
path, size = sys.argv[1], int(sys.argv[2])
classifier = RNNClassifier.load_from_disk(path, verbosity=0, prediction_batch_size=size)
classifier.predict(["\\n".join(f"spores {i}, hyaline" for i in range(150))] * 100)
print(json.dumps(classifier.stats_))
"""


@pytest.mark.parametrize("size", [16, 32, 48, 64, 96, 128, 256])
def test_s9_memory_is_predicted_from_the_batch_size(
    network_of_default_size: Path, size: int
) -> None:
    program = [sys.executable, "-c", _ONE_PREDICTION, str(network_of_default_size), str(size)]
    done = subprocess.run(program, capture_output=True, check=True)
    stats = json.loads(done.stdout)
    assert stats["batch_sizes"] == [size]
    assert stats["planned_bytes"] == pytest.approx(stats["peak_bytes"], rel=0.10)


def test_s11_workers_that_share_a_memory_get_a_size_from_what_was_measured(
    network_of_default_size: Path,
) -> None:
    measured = RNNClassifier.load_from_disk(network_of_default_size, verbosity=0).tune(seconds=2)
    base, window = measured["base_bytes"], measured["window_bytes"]
    assert base > 0
    assert window > 0
    memory = math.ceil(4 * (base + 96 * window) / 0.95)  # of which a twentieth stays free
    shared = {
        workers: plan(
            base_memory=base, window_memory=window, device_memory=memory, executors=workers
        )
        for workers in (4, 3)
    }
    assert shared[4]["prediction_batch_size"] == 96
    assert "4 executors" in shared[4]["reason"]
    most = (0.95 * memory / 3 - base) / window
    assert shared[3]["prediction_batch_size"] == math.floor(most) > 96


def test_s12_window_size_belongs_to_the_model_and_batch_size_to_training(client: Any) -> None:
    classifier = RNNClassifier.load_from_redis(
        client, "my_model", model_params={"batch_size": 7, "verbosity": 0}
    )
    assert classifier._model.prediction_batch_size == 64
    classifier._model.prediction_batch_size = 96
    assert classifier._model.batch_size == 7
    with pytest.raises(ValueError) as error:
        RNNClassifier.load_from_redis(client, "my_model", model_params={"window_size": 49})
    refused(error, "window_size", "49", "50")
    unfitted = RNNSkolModel(batch_size=32, prediction_batch_size=96)
    assert (unfitted.batch_size, unfitted.prediction_batch_size) == (32, 96)


def test_s13_data_is_one_row_a_line_with_a_doc_id(
    classifier: RNNClassifier, data: DataFrame
) -> None:
    average = data.groupBy("doc_id").count().agg({"count": "avg"}).collect()[0][0]
    assert average == 150
    assert classifier.predict(data).count() == SEQUENCES * 150


def test_s14_repartitioning_changes_nothing(
    classifier: RNNClassifier, data: DataFrame, sequences: list[_core.Document]
) -> None:
    expected = digest_of_core(classifier._model.core, sequences)
    sequenced = SequencePreprocessor().transform(data).repartition(100)
    assert digest_of_frame(classifier.predict(sequenced)) == expected
    assert digest_of_frame(classifier.predict(data.repartition(10))) == expected
    stats = classifier.stats_
    assert len(stats["partitions"]) == 10
    for part in stats["partitions"]:
        assert part["predict_calls"] == math.ceil(part["windows"] / 64)


def test_s15_four_workers_share_a_host(
    classifier: RNNClassifier, data: DataFrame, sequences: list[_core.Document]
) -> None:
    labelled = classifier.predict(data.repartition(4))
    assert digest_of_frame(labelled) == digest_of_core(classifier._model.core, sequences)
    assert len(classifier.stats_["partitions"]) == 4


def test_s16_there_is_nothing_to_retrace() -> None:
    program = (
        "import sys; from skol_classifier import RNNClassifier; RNNClassifier(verbosity=0);"
        "print([name for name in ('tensorflow', 'keras', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
