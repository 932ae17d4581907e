# SPDX-License-Identifier: Apache-2.0
"""prediction_batch_size='auto' and memory_budget in workers, and who shares what they have."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of, long_documents

from skol_classifier import RNNClassifier
from skol_classifier.spark.worker_memory import WorkerMemory, worker_memory

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession
    from spark_testing import Label, Model

MASTER = "local[2]"


@pytest.fixture
def classifier(model: Model, tmp_path: Path) -> RNNClassifier:
    model.save(str(tmp_path / "model.skol"))
    return RNNClassifier.load_from_disk(tmp_path / "model.skol")


def test_auto_is_told_once_and_changes_no_bit(
    spark: SparkSession, classifier: RNNClassifier, caplog: pytest.LogCaptureFixture
) -> None:
    documents = long_documents(30, 150)
    data = spark.createDataFrame(lines_of(documents), LINES).repartition(6)
    classifier._model.prediction_batch_size = "auto"
    with caplog.at_level(logging.INFO, "skol_classifier"):
        labelled = classifier.predict(data)
        assert digest_of_frame(labelled) == digest_of_core(classifier._model.core, documents)
    stats = classifier.stats_
    told = [r.message for r in caplog.records if "prediction_batch_size auto -> " in r.message]
    assert len(told) == 1, told
    # Two workers found it, each once; all partitions have one of these two.
    reasons = {part["reason"] for part in stats["partitions"]}
    assert 1 <= len(reasons) <= 2
    assert stats["reason"] in reasons
    for part in stats["partitions"]:
        assert part["batch_sizes"] == [part["prediction_batch_size"]]
    assert stats["planned_bytes"] <= stats["budget_bytes"]


def test_workers_share_a_budget(spark: SparkSession, label: Label) -> None:
    documents = long_documents(4, 150)
    data = spark.createDataFrame(lines_of(documents), LINES)
    labelled, stats = label(data, memory_budget="4GiB")
    labelled.collect()
    assert stats()["budget_limit"] == "memory_budget"
    assert stats()["budget_bytes"] == 2 << 30
    labelled, stats = label(data, memory_budget="20MiB")
    with pytest.raises(Exception, match=r"OutOfMemoryError: .*one of 2 processes"):
        labelled.collect()


def session_of(master: str, executors: list[str], **conf: str) -> Any:
    """As far as worker_memory() looks: no cluster is started for it."""
    settings = {key.replace("_", "."): value for key, value in conf.items()}
    addresses = SimpleNamespace(mkString=lambda _: "\n".join(executors))
    scala = SimpleNamespace(getExecutorMemoryStatus=lambda: SimpleNamespace(keys=lambda: addresses))
    runtime = SimpleNamespace(availableProcessors=lambda: 12)
    java = SimpleNamespace(
        lang=SimpleNamespace(Runtime=SimpleNamespace(getRuntime=lambda: runtime))
    )
    context = SimpleNamespace(
        master=master,
        getConf=lambda: settings,
        _jvm=SimpleNamespace(java=java),
        _jsc=SimpleNamespace(sc=lambda: scala),
    )
    return SimpleNamespace(sparkContext=context)


DRIVER = "10.0.0.1:4040"
# Three executors on one host, one on another.
FOUR = [DRIVER, "a:1", "a:2", "a:3", "b:1"]


@pytest.mark.parametrize(
    ("master", "conf", "expected"),
    [
        ("local", {}, ("", 1)),
        ("local[4]", {}, ("", 4)),
        ("local[4, 2]", {"spark_task_cpus": "2"}, ("", 2)),
        ("local[*]", {"spark_task_cpus": "3"}, ("", 4)),
        ("local[2]", {"spark_executor_memoryOverhead": "1g"}, ("", 2)),
        ("local-cluster[3,4,1024]", {"spark_task_cpus": "2"}, ("", 6)),
        ("yarn", {"spark_executor_cores": "4"}, ("", 12)),
        ("yarn", {}, ("", 3)),
        ("spark://h:7077", {}, ("", 0)),
        (
            "k8s://h",
            {"spark_executor_cores": "4", "spark_executor_memoryOverhead": "2g"},
            (str(2 << 30), 4),
        ),
        ("yarn", {"spark_executor_memoryOverhead": "512"}, (str(512 << 20), 1)),
        (
            "yarn",
            {
                "spark_executor_cores": "2",
                "spark_executor_memoryOverhead": "2g",
                "spark_executor_pyspark_memory": "1g",
            },
            ("", 6),
        ),
    ],
)
def test_sharers_are_counted_from_the_settings_of_spark(
    master: str, conf: dict[str, str], expected: tuple[str, int]
) -> None:
    assert worker_memory(session_of(master, FOUR, **conf), None) == WorkerMemory(*expected)


def test_a_budget_that_is_given_goes_before_those_of_spark() -> None:
    conf = {"spark_executor_cores": "4", "spark_executor_memoryOverhead": "2g"}
    memory = worker_memory(session_of("yarn", FOUR, **conf), "80%")
    assert memory == WorkerMemory("80%", 12)
