# SPDX-License-Identifier: Apache-2.0
"""prediction_batch_size='auto' and memory_budget. No figure of speed is tested."""

from __future__ import annotations

import json
import logging
import pickle
from pathlib import Path

import pytest

from skol_classifier import OutOfMemoryError, ParameterError, RNNClassifier, RNNSkolModel, _core

TIGHT = "40MiB"  # of address or not, a Python with numpy holds more


@pytest.fixture
def texts() -> list[str]:
    return ["\n".join(f"spores {i}, hyaline" for i in range(100))] * 20


def bits(classifier: RNNClassifier, texts: list[str]) -> list[bytes]:
    return [one.tobytes() for one in classifier.predict_proba(texts)]


def loaded(path: Path, **given: object) -> RNNClassifier:
    return RNNClassifier.load_from_disk(path, **{"verbosity": 0, **given})  # type: ignore[arg-type]


def test_auto_finds_a_size_tells_it_once_and_changes_no_bit(
    model_path: Path, texts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    expected = bits(loaded(model_path), texts)
    classifier = loaded(model_path, prediction_batch_size="auto", verbosity=1)
    caplog.clear()
    with caplog.at_level(logging.INFO, "skol_classifier"):
        assert bits(classifier, texts) == expected
        first = classifier.stats_
        assert bits(classifier, texts) == expected
    size = first["prediction_batch_size"]
    assert size >= 1
    assert first["batch_sizes"] == [size] == classifier.stats_["batch_sizes"]
    assert first["reason"] == classifier.stats_["reason"] != ""
    told = [record.message for record in caplog.records]
    assert told == [first["reason"]]
    assert told[0].startswith(f"prediction_batch_size auto -> {size}: ")
    assert classifier._model.prediction_batch_size == "auto"
    json.dumps(first)


def test_auto_may_be_set_and_unset_at_any_time(model_path: Path, texts: list[str]) -> None:
    classifier = loaded(model_path)
    model = classifier._model
    assert model is not None
    for size in ("auto", 48, "auto"):
        model.prediction_batch_size = size
        classifier.predict(texts)
        if size != "auto":
            assert classifier.stats_["batch_sizes"] == [size]
    assert classifier.get_params()["prediction_batch_size"] == "auto"
    assert "prediction_batch_size='auto'" in repr(classifier)
    assert pickle.loads(pickle.dumps(classifier))._model.prediction_batch_size == "auto"


def test_auto_is_saved_and_leaves_the_number_that_the_model_has(
    model_path: Path, texts: list[str]
) -> None:
    loaded(model_path, prediction_batch_size=96).save_model()
    loaded(model_path, prediction_batch_size="auto").save_model()
    assert _core.Model.load(str(model_path)).prediction_batch_size == 96
    again = loaded(model_path)
    assert again._model.prediction_batch_size == "auto"
    again.predict(texts)
    again.set_params(prediction_batch_size=32).save_model()
    assert loaded(model_path)._model.prediction_batch_size == 32


def test_auto_is_a_parameter_of_a_new_classifier_and_of_a_fit(train_folder: Path) -> None:
    classifier = RNNClassifier(
        hidden_size=4, num_layers=1, epochs=1, verbosity=0, prediction_batch_size="auto"
    )
    classifier.fit(train_folder)
    assert classifier._model.prediction_batch_size == "auto"
    assert 0 <= classifier.score(train_folder) <= 1
    assert RNNSkolModel(prediction_batch_size="auto").prediction_batch_size == "auto"


@pytest.mark.parametrize("wrong", ["Auto", "64", "", "80%", 0, True, 1.5, float("nan"), None, 1e9])
def test_a_size_that_is_none_says_that_auto_is_one(wrong: object) -> None:
    with pytest.raises(ParameterError, match=r"expected 'auto' or a whole number from 1 to 16,777"):
        RNNClassifier(prediction_batch_size=wrong)  # type: ignore[arg-type]


def test_a_budget_holds_for_the_process_and_is_reported(model_path: Path, texts: list[str]) -> None:
    expected = bits(loaded(model_path), texts)
    classifier = loaded(model_path, memory_budget="100GiB", prediction_batch_size=64)
    assert bits(classifier, texts) == expected
    assert classifier.stats_["batch_sizes"] == [64]
    for budget in ("90%", 1 << 37):
        classifier._model.memory_budget = budget
        assert bits(classifier, texts) == expected
        stats = classifier.stats_
        assert 0 < stats["planned_bytes"] <= stats["budget_bytes"]
    with pytest.raises(OutOfMemoryError, match="memory_budget"):
        classifier.set_params(memory_budget=TIGHT).predict(texts)
    assert bits(classifier.set_params(memory_budget=None), texts) == expected


def test_a_size_that_does_not_fit_is_reduced_with_one_warning(
    model_path: Path, texts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    expected = bits(loaded(model_path), texts)

    def planned(size: int) -> int:
        classifier = loaded(model_path, prediction_batch_size=size)
        classifier.predict(texts)
        return int(classifier.stats_["planned_bytes"])

    # A plan is never below what the process has taken before, in other tests.
    least, size = planned(1), 1 << 20
    while planned(size) < 2 * least:
        size *= 4
    between = (least + planned(size)) // 2
    classifier = loaded(model_path, prediction_batch_size=size, verbosity=1)
    caplog.clear()
    assert bits(classifier.set_params(memory_budget=between), texts) == expected
    stats = classifier.stats_
    assert stats["reduced"]
    assert stats["batch_sizes"][0] == stats["prediction_batch_size"] < size
    (warning,) = [r.message for r in caplog.records if r.levelno == logging.WARNING]
    assert warning == stats["reason"]
    assert f"{size}" in warning.replace(",", "")
    assert classifier._model.prediction_batch_size == size


@pytest.mark.parametrize("wrong", ["much", "", "-1GB", "0", "120%", 0, -5, True, 2.5, ["1GB"]])
def test_a_budget_that_is_no_size_is_refused_by_name(wrong: object) -> None:
    with pytest.raises((ParameterError, TypeError), match="memory_budget"):
        RNNClassifier(memory_budget=wrong)  # type: ignore[arg-type]


def test_a_budget_belongs_to_the_place_and_is_not_saved(model_path: Path) -> None:
    loaded(model_path, memory_budget="10GiB").save_model()
    assert loaded(model_path)._model.memory_budget is None


def test_precision_is_asked_for_and_not_saved(model_path: Path, texts: list[str]) -> None:
    exact = loaded(model_path).predict_proba(texts)
    classifier = loaded(model_path, precision="bf16")
    for one, other in zip(classifier.predict_proba(texts), exact, strict=True):
        assert abs(one - other).max() < 0.05
    for size in (1, 64, "auto"):
        again = loaded(model_path, precision="bf16", prediction_batch_size=size)
        assert bits(again, texts) == bits(classifier, texts)
    classifier.save_model()
    assert loaded(model_path)._model.precision == "fp32"
    with pytest.raises(ParameterError, match="precision is 'fp16': expected one of 'fp32', 'bf16'"):
        RNNClassifier(precision="fp16")
