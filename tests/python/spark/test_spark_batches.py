# SPDX-License-Identifier: Apache-2.0
"""Batches of the network, of Arrow and of Spark: calls counted, results the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pyspark.sql import functions as F
from spark_testing import (
    LINES,
    check_digest,
    digest_of_core,
    digest_of_frame,
    lines_of,
    long_documents,
    settings,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label, Model, Setting

MASTER = "local[4]"


@pytest.fixture(scope="module")
def hundred() -> Documents:
    """100 documents of 150 lines: 5 windows each of 50 lines by 25."""
    return long_documents(100, 150)


@pytest.mark.parametrize(("batch_size", "calls"), [(64, 8), (128, 4), (32, 16), (1, 500), (999, 1)])
@pytest.mark.parametrize("adaptive", ["true", "false"])
def test_windows_of_all_documents_of_a_partition_are_pooled(
    spark: SparkSession,
    label: Label,
    hundred: Documents,
    batch_size: int,
    calls: int,
    adaptive: str,
) -> None:
    spark.conf.set("spark.sql.adaptive.enabled", adaptive)
    df = spark.createDataFrame(lines_of(hundred), LINES).coalesce(1)
    labelled, stats = label(df, prediction_batch_size=batch_size)
    labelled.write.format("noop").mode("overwrite").save()
    assert (stats()["windows"], stats()["predict_calls"]) == (500, calls)
    assert len(stats()["partitions"]) == 1


@pytest.mark.parametrize("rows", ["1", "7", "10000", "0"])
def test_calls_do_not_depend_on_arrow_batches(
    spark: SparkSession, label: Label, hundred: Documents, rows: Any
) -> None:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
    df = spark.createDataFrame(lines_of(hundred[:20]), LINES).coalesce(1)
    labelled, stats = label(df)
    labelled.write.format("noop").mode("overwrite").save()
    assert (stats()["windows"], stats()["predict_calls"]) == (100, 2)


@pytest.mark.parametrize("adaptive", ["true", "false"])
@pytest.mark.parametrize("partitions", [1, 10])
def test_a_repartitioned_input_keeps_its_number_of_partitions(
    spark: SparkSession, label: Label, hundred: Documents, partitions: int, adaptive: str
) -> None:
    spark.conf.set("spark.sql.adaptive.enabled", adaptive)
    df = spark.createDataFrame(lines_of(hundred), LINES).repartition(partitions)
    labelled, stats = label(df.filter("line_number >= 0").select("*"))
    assert labelled.select(F.spark_partition_id()).distinct().count() == partitions
    assert [entry["partition"] for entry in stats()["partitions"]] == list(range(partitions))


def test_partitions_are_counted_without_a_job(
    spark: SparkSession, hundred: Documents, tmp_path: Path
) -> None:
    from skol_classifier.spark.partitions import partition_count

    path = str(tmp_path / "lines")
    lines = spark.createDataFrame(lines_of(hundred[:4]), LINES)
    lines.repartition(3).write.parquet(path)
    tracker = spark.sparkContext.statusTracker()
    plain = spark.createDataFrame(lines_of(hundred[:4]), LINES)
    before = tracker.getJobIdsForGroup(None)
    assert partition_count(plain) == plain.rdd.getNumPartitions() == 4
    assert partition_count(plain.coalesce(2).filter("line_number > 3")) == 2
    assert partition_count(plain.union(plain)) == 8
    assert partition_count(plain.groupBy("doc_id").count()) is None
    assert partition_count(plain.orderBy("line_number").repartition(7)) == 7
    assert partition_count(plain.orderBy("line_number")) is None
    assert partition_count(spark.range(0, 10, 1, 6)) == 6
    assert partition_count(plain.repartition("doc_id")) is None
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    assert partition_count(plain.orderBy("line_number").select("value")) == 4
    assert partition_count(plain.groupBy("doc_id").count()) == 4
    cached = plain.groupBy("doc_id").count().cache()
    assert partition_count(cached.select("doc_id")) in (None, 4)
    cached.unpersist()
    # Reading a folder may list it by a job of Spark's own, before anybody asks for partitions.
    assert tracker.getJobIdsForGroup(None) == before
    assert partition_count(spark.read.parquet(path)) >= 1


# Every value of each, and each pair of a batch size with a number of Arrow rows but one.
COVERING = [
    (1, 1, "1"),
    (2, 64, "100"),
    (7, 4096, "10000"),
    (50, 1, "10000"),
    (1, 64, "1"),
    (7, 1, "100"),
    (2, 4096, "1"),
    (50, 64, "10000"),
]


@settings(COVERING)
def test_one_digest_over_partitions_batches_and_records(
    spark: SparkSession,
    label: Label,
    documents: Documents,
    expected: str,
    setting: Setting,
) -> None:
    check_digest(spark, label, documents, expected, setting)


@pytest.mark.parametrize("stride", [1, 13, 50])
def test_a_stride_is_that_of_plain_python(
    spark: SparkSession, label: Label, model: Model, documents: Documents, stride: int
) -> None:
    labelled, _ = label(
        spark.createDataFrame(lines_of(documents[:4]), LINES), prediction_stride=stride
    )
    assert digest_of_frame(labelled) == digest_of_core(
        model, documents[:4], prediction_stride=stride
    )
