# SPDX-License-Identifier: Apache-2.0
"""Every size that the guide names, set before, between and after predictions on one model."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from skol_classifier import RNNClassifier

SIZES = [16, 32, 48, 64, 96, 128, 256]


@pytest.fixture
def texts() -> list[str]:
    """More windows than the largest size takes, in documents of all lengths."""
    return ["\n".join(f"spores {i}, {d} µm" for i in range(1 + 7 * d)) for d in range(60)]


def bits(classifier: RNNClassifier, texts: list[str]) -> list[bytes]:
    return [one.tobytes() for one in classifier.predict_proba(texts)]


def test_a_size_holds_from_the_next_prediction_on_and_changes_nothing_else(
    model_path: Path, texts: list[str]
) -> None:
    classifier = RNNClassifier.load_from_disk(model_path, verbosity=0)
    network = classifier._model
    assert network is not None
    digest, expected = network.core.digest, bits(classifier, texts)
    windows = classifier.stats_["windows"]
    assert windows > max(SIZES)
    for before in SIZES:
        network.prediction_batch_size = before
        for between in SIZES:
            assert bits(classifier, texts) == expected
            stats = classifier.stats_
            assert stats["predict_calls"] == math.ceil(windows / network.prediction_batch_size)
            assert stats["batch_sizes"] == [network.prediction_batch_size]
            network.prediction_batch_size = between
        assert network.core.digest == digest
    last = network.prediction_batch_size
    network.prediction_batch_size = SIZES[0]  # after the last: tells nothing of it anew
    assert classifier.stats_["batch_sizes"] == stats["batch_sizes"]
    assert last == SIZES[-1]
    assert network.core.digest == digest
    classifier.save_model()
    again = RNNClassifier.load_from_disk(model_path, verbosity=0)
    assert again._model is not None
    assert again._model.prediction_batch_size == SIZES[0]
    assert bits(again, texts) == expected
