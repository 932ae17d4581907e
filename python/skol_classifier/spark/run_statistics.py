# SPDX-License-Identifier: Apache-2.0
"""What the workers counted, brought back to the driver by an accumulator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from skol_classifier.log import MAJOR, reduction_message, say, warn

from .job_progress import JobProgress
from .session import is_connect

if TYPE_CHECKING:
    from pyspark import Accumulator
    from pyspark.sql import SparkSession

Entry: TypeAlias = dict[str, Any]

_SUMS = (
    "documents",
    "lines",
    "blank_lines",
    "windows",
    "predict_calls",
    "reductions",
    "seconds",
)
# A worker's, and workers do not share memory.
_MAXIMA = ("workspace_bytes", "peak_bytes", "device_bytes")
# Of the worker with the smallest batch size, which is the one to know of. The plan and the budget
# it was made for are of one worker: each measures its own.
_OF_THE_SMALLEST = (
    "prediction_batch_size",
    "reason",
    "planned_bytes",
    "budget_bytes",
    "budget_limit",
)


class _LatestEntries(dict[int, Entry]):
    """By partition: a partition that ran again replaces what it said before. The driver adds as
    tasks end; that is when it shows how far the job is, and tells the first time that memory was
    short in one."""

    def __init__(self, verbosity: int, progress: JobProgress) -> None:
        super().__init__()
        self._verbosity, self._progress = verbosity, progress
        self._told: set[str] = set()

    def __iadd__(self, entries: Iterable[Entry]) -> _LatestEntries:
        for entry in entries:
            stage, chosen = entry.pop("stage"), entry.pop("chosen")
            self[entry["partition"]] = entry
            self._tell(entry, chosen)
            self._progress.task_ended(stage, entry)
        return self

    def _tell(self, entry: Entry, chosen: bool) -> None:
        """The choice of 'auto' once, and once that memory is short, whichever worker says so."""
        where = f"in the worker of partition {entry['partition']}"
        if chosen and "chosen" not in self._told:
            self._told.add("chosen")
            say(self._verbosity, MAJOR, f"{where}: {entry['reason']}")
        if entry["notices"] and "device" not in self._told:
            self._told.add("device")
            warn(self._verbosity, f"{where}: {entry['notices'][0]}")
        if (entry["reduced"] or entry["reductions"]) and "short" not in self._told:
            self._told.add("short")
            if entry["reduced"]:
                warn(self._verbosity, f"{where}: {entry['reason']}")
            else:
                warn(self._verbosity, reduction_message(entry["batch_sizes"], where))


class RunStatistics:
    """Of the jobs of one labelled DataFrame.

    Workers add to a plain list, so that a worker unpickles nothing of this package before it could
    say that the package is missing there.
    """

    def __init__(self, spark: SparkSession, verbosity: int) -> None:
        self._entries: dict[int, Entry] = {}
        self.accumulator: Accumulator[Any] | None = None
        if not is_connect(spark):
            from pyspark.accumulators import AddingAccumulatorParam

            self._entries = _LatestEntries(verbosity, JobProgress(spark.sparkContext, verbosity))
            self.accumulator = spark.sparkContext.accumulator(
                self._entries, AddingAccumulatorParam([])
            )

    def merged(self) -> dict[str, Any]:
        """The keys of _core.predict's statistics and `partitions`; {} where Spark (Connect) brings
        nothing back. `seconds` adds up the workers' time."""
        if self.accumulator is None:
            return {}
        return merge(dict(self._entries).values())


def merge(entries: Iterable[Entry]) -> dict[str, Any]:
    """One statistics of many."""
    partitions = sorted(entries, key=lambda entry: entry["partition"])
    total: dict[str, Any] = {key: sum(entry[key] for entry in partitions) for key in _SUMS}
    for key in _MAXIMA:
        total[key] = max((entry[key] for entry in partitions), default=0)
    calls = Counter[int]()
    for entry in partitions:
        calls.update({call["windows"]: call["calls"] for call in entry["calls_by_windows"]})
    total["calls_by_windows"] = [
        {"windows": windows, "calls": count} for windows, count in sorted(calls.items())
    ]
    sizes = (size for entry in partitions for size in entry["batch_sizes"])
    total["batch_sizes"] = [size for size, _ in groupby(sizes)]
    seconds = total["seconds"]
    labelled = total["lines"] - total["blank_lines"]
    total["lines_per_second"] = labelled / seconds if seconds > 0 else 0.0
    smallest = min(partitions, key=lambda entry: entry["prediction_batch_size"], default=None)
    for key in _OF_THE_SMALLEST:
        total[key] = smallest[key] if smallest is not None else None
    # Each once: a worker says for every partition that it has no device.
    total["device"] = ", ".join(sorted({entry["device"] for entry in partitions}))
    total["notices"] = list(dict.fromkeys(n for entry in partitions for n in entry["notices"]))
    total["reduced"] = any(entry["reduced"] for entry in partitions)
    total["partitions"] = partitions
    return total
