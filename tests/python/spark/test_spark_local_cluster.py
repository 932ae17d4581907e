# SPDX-License-Identifier: Apache-2.0
"""Executors that are processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spark_testing import (
    LINES,
    check_digest,
    digest_of_core,
    digest_of_frame,
    lines_of,
    settings,
)

from skol_classifier import _core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label, Model, Setting

MASTER = "local-cluster[2,1,1024]"


@settings([(1, 64, "10000"), (7, 1, "100"), (50, 4096, "1")])
def test_one_digest_in_separate_executors(
    spark: SparkSession,
    label: Label,
    documents: Documents,
    expected: str,
    setting: Setting,
) -> None:
    check_digest(spark, label, documents, expected, setting)


def kill_the_executor(marker: str) -> Callable[..., Any]:
    """A function for mapInArrow that once, with the first rows in hand, kills the JVM above it."""

    def with_a_murder(batches: Any) -> Iterator[Any]:
        import os
        import signal

        with open(f"/proc/{os.getppid()}/stat") as stat:  # worker < daemon < executor
            executor = int(stat.read().rpartition(")")[2].split()[1])
        for batch in batches:
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                pass
            else:
                os.kill(executor, signal.SIGKILL)
            yield batch

    return with_a_murder


def test_a_killed_executor_changes_no_row_and_no_count(
    spark: SparkSession, label: Label, model: Model, documents: Documents, tmp_path: Path
) -> None:
    many = [
        _core.Document(f"{document.id} {copy}", document.lines)
        for copy in range(10)
        for document in documents
    ]
    marker = tmp_path / "killed"
    df = spark.createDataFrame(lines_of(many), LINES).repartition(4)
    labelled, stats = label(df)
    survived = labelled.mapInArrow(kill_the_executor(str(marker)), labelled.schema)
    assert digest_of_frame(survived) == digest_of_core(model, many)
    assert marker.exists()
    assert stats()["documents"] == len(many)
