# SPDX-License-Identifier: Apache-2.0
"""Writes tests/fixtures/sklearn_metrics.json: label sequences and what scikit-learn scores them.

Run by hand with a Python that has scikit-learn (Debian: python3-sklearn); metrics_test.cc reads the
result. A line's label is a letter, 'a' for label 0.
"""

import json
import random
import warnings
from pathlib import Path

import sklearn
from sklearn import metrics

FREQUENT_LINES = 100


def random_case(generator, name, num_labels, lines, gold_weights, accuracy):
    """Predictions are the gold label with this probability, else any label."""
    labels = range(num_labels)
    gold = generator.choices(labels, gold_weights, k=lines)
    predicted = [g if generator.random() < accuracy else generator.choice(labels) for g in gold]
    return name, num_labels, gold, predicted


def cases():
    generator = random.Random(20240501)
    yield random_case(generator, "three labels", 3, 400, [6, 3, 1], 0.8)
    yield random_case(generator, "chance", 4, 250, [1, 1, 1, 1], 0.0)
    yield random_case(generator, "thirteen labels", 13, 600, [2**-i for i in range(13)], 0.7)
    yield random_case(generator, "gold without some labels", 6, 120, [5, 0, 3, 0, 1, 0], 0.5)
    yield random_case(generator, "one label", 1, 30, [1], 1.0)
    yield "label in gold only", 3, [0, 0, 1, 2, 2], [0, 0, 1, 0, 1]
    yield "label in predictions only", 3, [0, 0, 1, 1], [0, 2, 1, 2]
    yield "label nowhere", 4, [0, 1, 1, 3], [0, 1, 3, 3]
    yield "nothing right", 2, [0, 1, 1], [1, 0, 0]
    yield "exactly a hundred", 3, [0] * 100 + [1] * 99 + [2] * 101, [0, 1, 2] * 100
    yield "one line", 2, [1], [1]


def expected_scores(num_labels, gold, predicted):
    labels = list(range(num_labels))
    per_label = metrics.precision_recall_fscore_support(
        gold, predicted, labels=labels, zero_division=0)
    weighted = metrics.precision_recall_fscore_support(
        gold, predicted, average="weighted", zero_division=0)
    frequent = [label for label in labels if gold.count(label) >= FREQUENT_LINES]
    return {
        "accuracy": metrics.accuracy_score(gold, predicted),
        "macro_f1": metrics.f1_score(gold, predicted, average="macro", zero_division=0),
        "macro_f1_frequent": metrics.f1_score(
            gold, predicted, labels=frequent, average="macro", zero_division=0)
        if frequent else None,
        "weighted_precision": weighted[0],
        "weighted_recall": weighted[1],
        "weighted_f1": weighted[2],
        "precision": per_label[0].tolist(),
        "recall": per_label[1].tolist(),
        "f1": per_label[2].tolist(),
        "support": per_label[3].tolist(),
        "confusion": metrics.confusion_matrix(gold, predicted, labels=labels).tolist(),
    }


def as_letters(indices):
    return "".join(chr(ord("a") + index) for index in indices)


def main():
    warnings.simplefilter("error")
    lines = [
        json.dumps({
            "name": name,
            "num_labels": num_labels,
            "gold": as_letters(gold),
            "predicted": as_letters(predicted),
            "expected": expected_scores(num_labels, gold, predicted),
        })
        for name, num_labels, gold, predicted in cases()
    ]
    version = json.dumps(sklearn.__version__)
    text = f'{{"scikit_learn": {version}, "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    path = Path(__file__).parent / "fixtures" / "sklearn_metrics.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
