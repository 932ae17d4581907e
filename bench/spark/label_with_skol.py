# SPDX-License-Identifier: Apache-2.0
"""label_with_skol.py LINES.parquet MODEL: text to label with this package."""

from __future__ import annotations

import sys

from session import measure, session

from skol_classifier import RNNClassifier


def main(parquet: str, model: str) -> None:
    lines = session().read.parquet(parquet).repartition(16, "doc_id")
    classifier = RNNClassifier.load_from_disk(model, verbosity=0)
    measure("skol_classifier", lines, classifier.predict)


if __name__ == "__main__":
    main(*sys.argv[1:])
