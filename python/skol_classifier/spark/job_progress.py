# SPDX-License-Identifier: Apache-2.0
"""How far a job of Spark is, on the driver, from what its tasks say as they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skol_classifier.progress import Progress

if TYPE_CHECKING:
    from pyspark import SparkContext


class JobProgress:
    """One bar a stage: an action that runs again is another stage."""

    def __init__(self, context: SparkContext, verbosity: int) -> None:
        self._context, self._verbosity = context, verbosity
        self._stage: int | None = None
        self._bar: Progress | None = None
        self._windows: dict[int, int] = {}  # by partition
        self._tasks: int | None = None

    def task_ended(self, stage: int, entry: dict[str, Any]) -> None:
        if stage != self._stage:
            self._begin(stage, entry["seconds"])
        if self._bar is None or not self._bar.shown:
            return
        self._windows[entry["partition"]] = entry["windows"]
        ended = len(self._windows)
        of = f" of {self._tasks}" if self._tasks else ""
        self._bar.update(
            sum(self._windows.values()),
            None,
            share=ended / self._tasks if self._tasks else None,
            status=f"{ended}{of} partitions",
        )
        if ended == self._tasks:
            self._bar.end()

    def _begin(self, stage: int, seconds: float) -> None:
        """Spark tells nobody here when an action begins; its first task took `seconds` at least."""
        if self._bar is not None:
            self._bar.end()
        self._stage, self._windows = stage, {}
        self._bar = Progress(self._verbosity, "predict")
        self._bar.restart(seconds)
        self._tasks = self._tasks_of(stage) if self._bar.shown else None

    def _tasks_of(self, stage: int) -> int | None:
        from py4j.protocol import Py4JError

        try:
            info = self._context.statusTracker().getStageInfo(stage)
        except Py4JError:
            return None  # the session is being stopped: only the share of the bar is lost
        return info.numTasks if info is not None else None
