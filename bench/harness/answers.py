# SPDX-License-Identifier: Apache-2.0
"""Whether engines answer alike, before their times count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from harness.engine import Array, Workload

# Largest differences of a probability, and least share of equal labels. fp32 engines differ in the
# order of their sums; bf16 has 8 bits of mantissa.
MOST_DIFFERENCE = {"fp32": 1e-3, "bf16": 0.3}
LEAST_EQUAL = {"fp32": 0.9995, "bf16": 0.98}


def line_probabilities(path: Path, per: str, work: Workload) -> Array:
    """[lines][classes] of an engine's answers, per line or per window."""
    values = np.fromfile(path, "<f4")
    if per == "lines":
        return values.reshape(len(work.labels), work.classes)
    return work.merged(values.reshape(len(work), work.window, work.classes))


def macro_f1(probabilities: Array, labels: Array) -> float:
    """Over the classes that occur, of the lines that have a label."""
    known = labels >= 0
    predicted, gold = probabilities.argmax(axis=1)[known], labels[known]
    scores = []
    for label in np.union1d(predicted, gold):
        both = np.sum((predicted == label) & (gold == label))
        scores.append(2 * both / (np.sum(predicted == label) + np.sum(gold == label)))
    return float(np.mean(scores))


def agreement(probabilities: Array, reference: Array, labels: Array) -> dict[str, Any]:
    equal = probabilities.argmax(axis=1) == reference.argmax(axis=1)
    return {
        "largest_difference": float(np.max(np.abs(probabilities - reference))),
        "equal_labels": float(np.mean(equal)),
        "macro_f1": macro_f1(probabilities, labels),
    }


def check(engine: str, precision: str, found: dict[str, Any]) -> None:
    if not (
        found["largest_difference"] <= MOST_DIFFERENCE[precision]
        and found["equal_labels"] >= LEAST_EQUAL[precision]
    ):
        raise SystemExit(f"{engine} ({precision}) answers otherwise: {found}; its time is no news")
