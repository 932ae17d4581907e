# SPDX-License-Identifier: Apache-2.0
"""A worker whose memory Spark limits: the batch is made to fit, and nothing else changes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of, long_documents

from skol_classifier import RNNClassifier, _core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

MASTER = "local[1,2]"  # a session of its own
# What Spark sets as RLIMIT_AS of a worker. It counts addresses, of which pyarrow reserves 1.3 GB.
MEBIBYTES = 2200
CONF = {"spark.executor.pyspark.memory": f"{MEBIBYTES}m"}

# A window takes 69 MiB of workspace, so that 8 of them fit and 16 do not.
BATCH, WINDOW_SIZE = 64, 100_000


@pytest.fixture(scope="module")
def wide(documents: list[_core.Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose batches take memory, trained for as long as it takes to have one."""
    options = {
        "hidden_size": 16,
        "num_layers": 1,
        "window_size": WINDOW_SIZE,
        "epochs": 1,
        "batch_size": 1,
        "validation_fraction": 0.0,
    }
    model, _ = _core.train(documents[:2], options, threads=1)
    path = tmp_path_factory.mktemp("models") / "wide.skol"
    model.save(str(path))
    return path


def address_space(batches: Any) -> Iterator[Any]:
    import resource

    import pyarrow as pa

    for _ in batches:
        pass
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    yield pa.RecordBatch.from_pydict({"bytes": pa.array([limit], pa.int64())})


def test_s10_a_worker_short_of_memory_makes_its_batches_smaller(
    spark: SparkSession, wide: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = spark.range(1).coalesce(1).mapInArrow(address_space, "bytes long").collect()
    assert [row.bytes for row in limits] == [MEBIBYTES << 20]
    documents = long_documents(40, 150)
    classifier = RNNClassifier.load_from_disk(wide)
    data = spark.createDataFrame(lines_of(documents), LINES).repartition(2)
    with caplog.at_level(logging.WARNING, "skol_classifier"):
        labelled = classifier.predict(data)
        assert digest_of_frame(labelled) == digest_of_core(classifier._model.core, documents)
    stats = classifier.stats_
    assert stats["reduced"], stats
    assert (stats["budget_limit"], stats["reductions"]) == ("RLIMIT_AS", 0)
    assert 1 <= stats["prediction_batch_size"] == stats["batch_sizes"][0] < BATCH
    assert stats["workspace_bytes"] <= stats["planned_bytes"] <= stats["budget_bytes"]
    for part in stats["partitions"]:
        assert part["planned_bytes"] <= part["budget_bytes"]
    assert (stats["lines"], stats["windows"]) == (40 * 150, 40)
    warnings = [record.message for record in caplog.records]
    assert len(warnings) == 1, warnings
    assert f"prediction_batch_size {BATCH} -> {stats['prediction_batch_size']}" in warnings[0]
    assert "RLIMIT_AS" in warnings[0]
    # What the user set stays what it is.
    assert classifier._model.prediction_batch_size == BATCH
