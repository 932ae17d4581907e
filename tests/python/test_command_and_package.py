# SPDX-License-Identifier: Apache-2.0
"""The command that the package brings says the same, bit for bit, as the package."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from skol_classifier import RNNClassifier, _core
from skol_classifier.command import command_path


def skol(*arguments: str | Path) -> str:
    done = subprocess.run(
        [command_path(), *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(autouse=True)
def _installed() -> None:
    if not command_path().is_file():
        pytest.skip("the command stands beside the package only where it is installed")


def test_predictions_have_the_same_bits(model_path: Path, gold_files: list[Path]) -> None:
    lines = skol("predict", model_path, *gold_files, "--format", "jsonl").splitlines()
    documents = [_core.read_document(str(path), True)[0] for path in gold_files]
    model = _core.Model.load(str(model_path))
    labelled, _ = _core.predict(model, documents)
    expected = [
        (document.id, number, label, row)
        for document in labelled
        for number, (label, row) in enumerate(
            zip(document.labels, document.probabilities(), strict=True)
        )
        if label is not None
    ]
    assert len(lines) == len(expected)
    for line, (doc_id, number, label, row) in zip(lines, expected, strict=True):
        got = json.loads(line)
        assert (got["doc_id"], got["line_number"], got["label"]) == (doc_id, number, label)
        probabilities = [got["probabilities"][name] for name in model.labels]
        assert np.array_equal(np.array(probabilities, np.float32), row)


def test_a_model_of_the_package_is_one_of_the_command(model_path: Path) -> None:
    shown = json.loads(skol("models", "show", model_path, "--json"))
    classifier = RNNClassifier.load_from_disk(model_path, verbosity=0)
    assert shown["labels"] == classifier.classes_
    assert shown["prediction_batch_size"] == classifier._model.prediction_batch_size


def test_a_stride_that_was_changed_and_saved_is_the_model_s_own(
    model_path: Path, gold_files: list[Path]
) -> None:
    classifier = RNNClassifier.load_from_disk(model_path, verbosity=0, prediction_stride=7)
    before = skol("predict", model_path, gold_files[0], "--format", "jsonl")
    classifier.save_model()
    assert json.loads(skol("models", "show", model_path, "--json"))["prediction_stride"] == 7
    again = RNNClassifier.load_from_disk(model_path, verbosity=0)
    assert again._model.prediction_stride == 7
    told = skol("predict", model_path, gold_files[0], "--format", "jsonl")
    given = skol("predict", model_path, gold_files[0], "--format", "jsonl", "--prediction-stride=7")
    assert told == given != before
    again._model.prediction_stride = None
    again.save_model()
    assert skol("predict", model_path, gold_files[0], "--format", "jsonl") == before


def test_training_gives_the_same_weights(train_folder: Path, tmp_path: Path) -> None:
    options = {"hidden_size": 8, "num_layers": 1, "epochs": 2, "window_size": 20}
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    skol("train", train_folder, "-o", tmp_path / "model.skol", *flags)
    paths = _core.find_inputs([str(train_folder)])
    documents = [_core.read_document(path, annotated)[0] for path, annotated in paths]
    trained, _ = _core.train(documents, options)
    assert trained.digest == _core.Model.load(str(tmp_path / "model.skol")).digest
