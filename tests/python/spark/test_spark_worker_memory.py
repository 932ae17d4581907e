# SPDX-License-Identifier: Apache-2.0
"""What a worker holds while it labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spark_testing import LINES, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession
    from spark_testing import Documents

from skol_classifier import _core
from skol_classifier.spark import label_lines

MASTER = "local[1,1]"  # a session of its own, so that its one worker is new

ALLOWED = 32 << 20


def note_memory(path: Any) -> Callable[..., Any]:
    """A function for mapInArrow that writes down pid, resident and peak bytes, and modules.

    To a file: any array made of Python objects would have pyarrow import pandas.
    """

    def note(batches: Any) -> Iterator[Any]:
        import os
        import sys

        import pyarrow  # noqa: F401

        for _ in batches:
            pass
        with open("/proc/self/status") as status:
            sizes = dict(line.split(":", 1) for line in status)
        heavy = [name for name in ("pandas", "pyarrow.compute", "redis") if name in sys.modules]
        resident, peak = (int(sizes[key].split()[0]) << 10 for key in ("VmRSS", "VmHWM"))
        with open(path, "w") as file:
            print(os.getpid(), resident, peak, *heavy, file=file)
        return iter(())

    return note


def test_a_worker_needs_32_mb_above_one_that_imports_pyarrow(
    spark: SparkSession, documents: Documents, tmp_path: Path
) -> None:
    """With a model of the default size, whose weights are 6 MB."""
    options = {"epochs": 1, "validation_fraction": 0.0, "window_size": 50}
    model, _ = _core.train(documents[:3], options, threads=1)
    before, after = tmp_path / "before", tmp_path / "after"
    rows = lines_of(documents)
    many = [(f"{doc} {copy}", number, line) for copy in range(10) for doc, number, line in rows]
    df = spark.createDataFrame(many, LINES).coalesce(1)
    spark.range(1).coalesce(1).mapInArrow(note_memory(before), "x int").collect()
    labelled, stats = label_lines(
        df, model, prediction_batch_size=64, prediction_stride=25, num_workers=4
    )
    labelled.write.format("noop").mode("overwrite").save()
    spark.range(1).coalesce(1).mapInArrow(note_memory(after), "x int").collect()
    pid, resident, _, *modules = before.read_text().split()
    same_pid, _, peak, *later_modules = after.read_text().split()
    assert (pid, stats()["lines"]) == (same_pid, len(many)), "another worker than the one measured"
    assert later_modules == modules == []
    assert int(peak) - int(resident) <= ALLOWED
