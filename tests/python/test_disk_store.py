# SPDX-License-Identifier: Apache-2.0
"""Models on disk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from skol_classifier import (
    ModelError,
    NotFoundError,
    RNNClassifier,
    SkolClassifierV2,
    StorageError,
)


def test_save_and_load_keep_every_byte(classifier: RNNClassifier, tmp_path: Path) -> None:
    first, second = tmp_path / "one.v1", tmp_path / "two"
    classifier.set_params(model_path=first)
    classifier.save_model()
    again = RNNClassifier.load_from_disk(first, verbosity=0)
    again.set_params(model_path=second)
    again.save_model()
    assert first.read_bytes() == second.read_bytes()


def test_the_manual_path(model_path: Path, texts: list[str]) -> None:
    classifier = SkolClassifierV2(model_storage="disk", model_path=model_path)
    assert classifier._model is None
    assert classifier.load_model() is None
    assert classifier._model is not None
    classifier._model.prediction_batch_size = 128
    assert len(classifier.predict(texts)) == 3


def test_a_missing_file_is_a_file_not_found_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing.skol") as caught:
        RNNClassifier.load_from_disk(tmp_path / "nothing.skol")
    assert isinstance(caught.value, NotFoundError)


@pytest.mark.parametrize("cut", [0, 7, 100, -1])
def test_a_file_that_was_cut_is_refused_by_name(model_path: Path, cut: int) -> None:
    model_path.write_bytes(model_path.read_bytes()[:cut])
    with pytest.raises(ModelError, match="model.skol"):
        RNNClassifier.load_from_disk(model_path)


def test_a_model_of_the_ancestor_is_named(model_path: Path) -> None:
    model_path.write_bytes(gzip.compress(b"tar"))
    with pytest.raises(ModelError, match="gzip"):
        RNNClassifier.load_from_disk(model_path)


def test_a_folder_that_is_not_there_cannot_be_written_to(
    classifier: RNNClassifier, tmp_path: Path
) -> None:
    classifier.set_params(model_path=tmp_path / "no" / "such" / "folder")
    with pytest.raises(StorageError, match="folder"):
        classifier.save_model()


def test_label_frequencies_come_back(train_folder: Path, classifier: RNNClassifier) -> None:
    frequencies = classifier.get_label_frequencies()
    assert frequencies is not None
    assert list(frequencies) == classifier.classes_
    assert list(frequencies.values()) == sorted(frequencies.values(), reverse=True)
    weights = classifier.get_recommended_class_weights("inverse", min_weight=1, max_weight=10)
    assert weights is not None
    assert weights["Nomenclature"] == pytest.approx(10)
    assert weights["Misc-exposition"] == pytest.approx(1)
    with pytest.raises(ValueError, match="weight_strategy"):
        classifier.get_recommended_class_weights("square")
