# SPDX-License-Identifier: Apache-2.0
"""What fit() returns, against scikit-learn on the documents that were held back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skol_classifier import RNNClassifier
from skol_classifier._core import Document, predict, read_document
from skol_classifier.statistics import fit_statistics

metrics = pytest.importorskip("sklearn.metrics")

SMALL = {"hidden_size": 16, "num_layers": 1, "window_size": 20, "epochs": 5, "verbosity": 0}


def collapsed(label: str | None) -> str | None:
    return label if label in (None, "Nomenclature", "Description") else "Misc-exposition"


def scored(classifier: RNNClassifier, documents: list[Document]) -> tuple[Any, Any, Any]:
    core = classifier._model.trained()  # type: ignore[union-attr]
    labelled, _ = predict(core, documents)
    gold, guessed, probabilities = [], [], []
    for document, one in zip(documents, labelled, strict=True):
        matrix = one.probabilities()
        for i, label in enumerate(document.labels):
            if label is not None:
                gold.append(collapsed(label))
                guessed.append(one.labels[i])
                probabilities.append(matrix[i])
    return gold, guessed, np.array(probabilities, dtype=np.float64)


def check_against_sklearn(
    statistics: dict[str, Any], order: list[str], gold: Any, guessed: Any, probabilities: Any
) -> None:
    def near(value: float) -> Any:
        return pytest.approx(value, rel=1e-9)

    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        gold, guessed, average="weighted", zero_division=0
    )
    assert statistics["accuracy"] == near(metrics.accuracy_score(gold, guessed))
    assert statistics["precision"] == near(precision)
    assert statistics["recall"] == near(recall)
    assert statistics["f1_score"] == near(f1)
    assert statistics["macro_f1"] == near(
        metrics.f1_score(gold, guessed, average="macro", zero_division=0)
    )
    assert statistics["total_predictions"] == len(gold)
    index = {label: i for i, label in enumerate(order)}
    losses = -np.log([row[index[label]] for row, label in zip(probabilities, gold, strict=True)])
    assert statistics["loss"] == pytest.approx(losses.mean(), rel=1e-6)
    alphabetical = sorted(order)
    columns = probabilities[:, [index[label] for label in alphabetical]]
    columns = columns / columns.sum(axis=1, keepdims=True)
    assert statistics["loss"] == pytest.approx(
        metrics.log_loss(gold, columns, labels=alphabetical), rel=1e-5
    )
    each = metrics.precision_recall_fscore_support(gold, guessed, labels=order, zero_division=0)
    truth = np.array(gold)
    for i, label in enumerate(order):
        expected = {"precision": each[0][i], "recall": each[1][i], "f1": each[2][i]}
        for name, value in expected.items():
            assert statistics[f"{label}_{name}"] == near(value)
        assert statistics[f"{label}_support"] == each[3][i]
        assert statistics[f"{label}_loss"] == pytest.approx(losses[truth == label].mean(), rel=1e-6)
        is_it = metrics.accuracy_score(truth == label, np.array(guessed) == label)
        assert statistics[f"{label}_accuracy"] == near(is_it)
    assert statistics["confusion"]["counts"] == metrics.confusion_matrix(
        gold, guessed, labels=statistics["confusion"]["labels"]
    ).tolist()  # fmt: skip


@pytest.fixture(scope="module")
def documents(train_folder: Path) -> list[Document]:
    return [read_document(str(p), True)[0] for p in sorted(train_folder.glob("*.ann"))]


def test_statistics_of_documents_held_back_agree_with_sklearn(
    train_folder: Path, documents: list[Document]
) -> None:
    from skol_classifier._core import train
    from skol_classifier.saved_parameters import training_options

    classifier = RNNClassifier(**SMALL)
    statistics = classifier.fit(train_folder)
    assert statistics["measured_on"] == "held_back"
    _, report = train(documents, training_options(classifier._values))
    held_back = [one for one in documents if one.id in set(report["held_back"])]
    assert 0 < len(held_back) < len(documents)
    gold, guessed, probabilities = scored(classifier, held_back)
    check_against_sklearn(statistics, classifier.classes_, gold, guessed, probabilities)
    assert statistics["test_size"] == len(gold)
    trained = [one for one in documents if one not in held_back]
    lines = sum(label is not None for one in trained for label in one.labels)
    assert statistics["train_size"] == lines


def test_one_document_is_measured_on_itself_and_says_so(documents: list[Document]) -> None:
    classifier = RNNClassifier(**SMALL)
    statistics = classifier.fit([Path(documents[0].id)])
    assert statistics["measured_on"] == "training"
    assert statistics["test_size"] == 0
    check_against_sklearn(statistics, classifier.classes_, *scored(classifier, documents[:1]))


def test_statistics_are_plain_json(train_folder: Path) -> None:
    classifier = RNNClassifier(**SMALL)
    statistics = classifier.fit(train_folder)
    assert json.loads(json.dumps(statistics, allow_nan=False)) == statistics
    assert statistics["label_order"] == classifier.classes_
    assert statistics["class_frequencies"] == classifier.get_label_frequencies()


def test_a_label_without_lines_has_zeros_and_no_loss() -> None:
    scores = {
        "lines": 4,
        **dict.fromkeys(
            ["accuracy", "weighted_precision", "weighted_recall", "weighted_f1", "macro_f1"], 1.0
        ),
        "loss": 0.1,
        "labels": {
            "a": {"precision": 1.0, "recall": 1.0, "f1": 1.0, "loss": 0.1, "support": 4},
            "b": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "loss": None, "support": 0},
        },
        "confusion": {"labels": ["a", "b"], "counts": [[4, 0], [0, 0]]},
    }
    statistics = fit_statistics(["a", "b"], scores, {"a": 9, "b": 1}, held_back=True)
    assert statistics["a_accuracy"] == 1.0
    assert {k: v for k, v in statistics.items() if k.startswith("b_")} == {
        "b_accuracy": 0.0,
        "b_precision": 0.0,
        "b_recall": 0.0,
        "b_f1": 0.0,
        "b_loss": None,
        "b_support": 0,
    }


def test_score_is_the_accuracy_of_annotated_lines(
    classifier: RNNClassifier, gold_files: list[Path]
) -> None:
    documents = [read_document(str(path), True)[0] for path in gold_files]
    gold, guessed, _ = scored(classifier, documents)
    expected = metrics.accuracy_score(gold, guessed)
    assert classifier.score(gold_files) == pytest.approx(expected, rel=1e-12)


def test_weights_and_focal_labels_change_the_training(train_folder: Path) -> None:
    def digest(**given: Any) -> str:
        classifier = RNNClassifier(**{**SMALL, "epochs": 1, **given})
        classifier.fit(train_folder)
        digest: str = classifier._model.trained().digest  # type: ignore[union-attr]
        return digest

    assert digest() == digest()
    others = {
        digest(weight_strategy="inverse"),
        digest(class_weights="balanced"),
        digest(class_weights={"Nomenclature": 5.0}),
        digest(focal_labels=["Nomenclature", "Description"]),
        digest(seed=7),
        digest(),
    }
    assert len(others) == 6
    assert digest(weight_strategy="balanced") == digest(class_weights="balanced")
    for wrong in ({"class_weights": {"Misc": 2.0}}, {"focal_labels": ["Misc"]}):
        with pytest.raises(ValueError, match="Misc"):
            digest(**wrong)


def test_what_input_size_became_is_told(
    train_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "skol_classifier"):
        RNNClassifier(**{**SMALL, "epochs": 1, "verbosity": 1}, input_size=50_000).fit(train_folder)
    assert "input_size 50000 became" in caplog.text
    assert "on the documents held back: accuracy" in caplog.text
