# SPDX-License-Identifier: Apache-2.0
"""A worker that dies in mid-job costs time, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of

from skol_classifier import _core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label, Model

MASTER = "local[2,4]"  # four attempts a task


@pytest.fixture(scope="module")
def many(documents: Documents) -> Documents:
    """More output than fits the pipes between the processes, so that workers wait for readers."""
    return [
        _core.Document(f"{document.id} {copy}", document.lines)
        for copy in range(20)
        for document in documents
    ]


def kill_one_labeller(marker: str) -> Callable[..., Any]:
    """A function for mapInArrow behind the labelling: once, with the first rows in hand, it kills
    a sibling that has the core loaded, which is one that labels."""

    def with_a_murder(batches: Any) -> Iterator[Any]:
        import os
        import signal

        def parent(pid: str) -> int:
            with open(f"/proc/{pid}/stat") as stat:
                return int(stat.read().rpartition(")")[2].split()[1])

        def labels(pid: str) -> bool:
            try:
                with open(f"/proc/{pid}/maps") as maps:
                    return parent(pid) == os.getppid() and "skol_classifier/_core" in maps.read()
            except OSError:
                return False  # ended while we looked

        for number, batch in enumerate(batches):
            if number == 0:
                try:
                    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    pass
                else:
                    victim = next(int(p) for p in os.listdir("/proc") if p.isdigit() and labels(p))
                    os.kill(victim, signal.SIGKILL)
                    with open(marker, "w") as file:
                        file.write(str(victim))
            yield batch

    return with_a_murder


def test_a_killed_worker_changes_no_row_and_no_count(
    spark: SparkSession, label: Label, model: Model, many: Documents, tmp_path: Path
) -> None:
    marker = tmp_path / "killed"
    df = spark.createDataFrame(lines_of(many), LINES).repartition(4)
    labelled, stats = label(df)
    survived = labelled.mapInArrow(kill_one_labeller(str(marker)), labelled.schema)
    assert digest_of_frame(survived) == digest_of_core(model, many)
    assert marker.read_text().isdigit()
    assert stats()["documents"] == len(many)
    assert [entry["partition"] for entry in stats()["partitions"]] == [0, 1, 2, 3]


def test_an_error_is_told_in_one_line_and_leaves_the_session_usable(
    spark: SparkSession, label: Label, documents: Documents, expected: str
) -> None:
    good = spark.createDataFrame(lines_of(documents), LINES)
    bad = good.union(spark.createDataFrame([(documents[0].id, 0, "once more")], LINES))
    with pytest.raises(Exception, match=r"InputError: .*" + documents[0].id):
        label(bad)[0].collect()
    assert digest_of_frame(label(good)[0]) == expected
