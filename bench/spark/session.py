# SPDX-License-Identifier: Apache-2.0
"""What both programs of this comparison share: the session, the clock and the workers' memory."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession


def session(task_cpus: int = 1) -> SparkSession:
    """Two cores: two workers at a time, or with two CPUs a task one worker that has both."""
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.task.cpus", task_cpus)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )


def worker_peaks() -> list[int]:
    """VmHWM in bytes of the Python workers that live, largest first."""
    peaks = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            status = (process / "status").read_text()
        except OSError:  # it has ended
            continue
        if b"pyspark" in command and b"daemon" in command:
            kibibytes = status.partition("VmHWM:")[2].split()
            peaks.append(1024 * int(kibibytes[0]))
    return sorted(peaks, reverse=True)


def measure(engine: str, lines: DataFrame, label: Callable[[DataFrame], DataFrame]) -> None:
    """Labels three times, and reports on the last, when workers and code are warm; `all_seconds`
    has the first, with all that has to start, and the second too."""
    blank = lines.filter("trim(value) = ''").count()
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        label(lines).write.format("noop").mode("overwrite").save()
        times.append(time.perf_counter() - begin)
    classified = lines.count() - blank
    report = {
        "engine": engine,
        "lines": classified,
        "seconds": round(times[-1], 3),
        "lines_per_second": round(classified / times[-1]),
        "all_seconds": [round(seconds, 3) for seconds in times],
        "worker_peak_bytes": worker_peaks()[:2],
    }
    print(json.dumps(report))
