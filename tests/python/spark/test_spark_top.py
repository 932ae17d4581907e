# SPDX-License-Identifier: Apache-2.0
"""`skol top` sees what Spark's workers predict."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

from skol_command import skol_command

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from spark_testing import Label, Model

# A window a line: work for many seconds, of which the test sees the beginning.
LINES, STRIDE = 1_000_000, 1


def workers() -> list[dict[str, Any]]:
    top = [skol_command(), "top", "--once", "--json"]
    told = subprocess.run(top, capture_output=True, text=True, check=True).stdout
    runs = [json.loads(line) for line in told.splitlines()]
    return [run for run in runs if run["what"] == "spark worker"]


def until(condition: Any) -> Any:
    end = time.monotonic() + 120
    while not (found := condition()):
        assert time.monotonic() < end, "what the test waits for did not happen"
        time.sleep(0.1)
    return found


def test_workers_are_seen_while_they_label(spark: SparkSession, label: Label, model: Model) -> None:
    documents = spark.range(LINES).selectExpr(
        "concat('paper ', id div 1000) as doc_id",
        "cast(id % 1000 as int) as line_number",
        "concat('spores smooth, hyaline ', id) as value",
    )
    settings = {"prediction_batch_size": 32, "prediction_stride": STRIDE, "num_workers": 1}
    labelled, _ = label(documents, **settings)
    job = threading.Thread(target=finish_or_be_cancelled, args=(labelled,))
    job.start()
    try:
        seen = until(lambda: [run for run in workers() if run["windows_done"] > 0])
    finally:
        spark.sparkContext.cancelAllJobs()
        job.join()
    assert len(seen) <= 2
    for run in seen:
        assert run["pid"] != os.getpid()
        assert run["model"] == model.digest[:12]
        assert (run["prediction_batch_size"], run["threads"]) == (32, 1)
    pids = {run["pid"] for run in seen}
    until(lambda: not pids & {run["pid"] for run in workers()})


def finish_or_be_cancelled(labelled: DataFrame) -> None:
    from py4j.protocol import Py4JJavaError

    try:
        labelled.write.format("noop").mode("overwrite").save()
    except Py4JJavaError as error:
        if "cancelled" not in str(error.java_exception):
            raise
