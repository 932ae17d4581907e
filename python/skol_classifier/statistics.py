# SPDX-License-Identifier: Apache-2.0
"""What fit() tells of a training: one flat dict that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fit_statistics(
    labels: list[str],
    scores: Mapping[str, Any],
    label_counts: Mapping[str, int],
    held_back: bool,
) -> dict[str, Any]:
    """`scores` are those of the core's evaluate(), on the documents held back or, where there was
    nothing to hold back, on the training documents: `measured_on` says which."""
    return {
        **prediction_statistics(labels, scores),
        "train_size": sum(label_counts.values()),
        "test_size": int(scores["lines"]) if held_back else 0,
        "measured_on": "held_back" if held_back else "training",
        "class_frequencies": dict(label_counts),
    }


def prediction_statistics(labels: list[str], scores: Mapping[str, Any]) -> dict[str, Any]:
    """What can be told of any predictions beside the truth; `loss` is None where nothing said how
    probable a label was."""
    statistics: dict[str, Any] = {
        "accuracy": scores["accuracy"],
        "precision": scores["weighted_precision"],
        "recall": scores["weighted_recall"],
        "f1_score": scores["weighted_f1"],
        "macro_f1": scores["macro_f1"],
        "loss": scores["loss"],
        "total_predictions": int(scores["lines"]),
        "label_order": list(labels),
        "confusion": scores["confusion"],
    }
    for label in labels:
        statistics.update(_of_label(label, scores))
    return statistics


def _of_label(label: str, scores: Mapping[str, Any]) -> dict[str, Any]:
    """A label without lines has 0.0 everywhere and no loss."""
    one = scores["labels"].get(label)
    if one is None or one["support"] == 0:
        one = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "loss": None, "support": 0}
        accuracy = 0.0
    else:
        accuracy = _accuracy(label, scores)
    return {
        f"{label}_accuracy": accuracy,
        f"{label}_precision": one["precision"],
        f"{label}_recall": one["recall"],
        f"{label}_f1": one["f1"],
        f"{label}_loss": one.get("loss"),
        f"{label}_support": one["support"],
    }


def _accuracy(label: str, scores: Mapping[str, Any]) -> float:
    """The share of all lines for which "is it this label?" was answered rightly."""
    names, counts = scores["confusion"]["labels"], scores["confusion"]["counts"]
    i = names.index(label)
    wrong: int = sum(counts[i]) + sum(row[i] for row in counts) - 2 * counts[i][i]
    lines: int = scores["lines"]
    return (lines - wrong) / lines
