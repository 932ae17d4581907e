# SPDX-License-Identifier: Apache-2.0
"""label_with_skol.py LINES.parquet MODEL [TASK_CPUS [STRIDE]]: text to label with this package."""

from __future__ import annotations

import sys

from session import measure, session

from skol_classifier import RNNClassifier


def main(parquet: str, model: str, task_cpus: str = "1", stride: str | None = None) -> None:
    lines = session(int(task_cpus)).read.parquet(parquet).repartition(16, "doc_id")
    given = {} if stride is None else {"prediction_stride": int(stride)}
    classifier = RNNClassifier.load_from_disk(model, verbosity=0, **given)
    workers, threads = 2 // int(task_cpus), int(task_cpus)
    name = f"skol_classifier, workers x threads {workers} x {threads}"
    measure(name, lines, classifier.predict)


if __name__ == "__main__":
    main(*sys.argv[1:])
