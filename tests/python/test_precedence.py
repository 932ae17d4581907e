# SPDX-License-Identifier: Apache-2.0
"""Explicit over saved over default; what may change on a load and what may not."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from skol_classifier import RNNClassifier, RNNSkolModel, SkolClassifierV2
from skol_classifier._core import Model


def loaded(path: Path, **given: Any) -> SkolClassifierV2:
    return SkolClassifierV2(
        model_storage="disk", model_path=path, auto_load_model=True, **{"verbosity": 0, **given}
    )


RUNTIME = {
    "prediction_batch_size": 128,
    "prediction_stride": 5,
    "num_workers": 8,
    "verbosity": 2,
    "batch_size": 16,
    "use_gpu_in_udf": True,
}


def test_what_was_saved_comes_back(classifier: RNNClassifier, tmp_path: Path) -> None:
    path = tmp_path / "tuned"
    classifier.set_params(model_storage="disk", model_path=path, epochs=99, name="tuned", **RUNTIME)
    classifier.save_model()
    model = loaded(path, verbosity=1)._model
    assert model is not None
    assert {k: getattr(model, k) for k in RUNTIME} == {**RUNTIME, "verbosity": 1}
    assert model.epochs == 99
    assert model.name == "tuned"
    assert model.window_size == 20


@pytest.mark.parametrize(("name", "value"), RUNTIME.items())
def test_run_time_parameters_are_overridden_by_a_load(
    model_path: Path, name: str, value: Any
) -> None:
    before = model_path.read_bytes()
    model = loaded(
        model_path, model_params={name: value}, **({} if name != "verbosity" else {name: value})
    )._model
    assert model is not None
    assert getattr(model, name) == value
    assert model_path.read_bytes() == before


def test_run_time_parameters_may_be_set_at_any_time(classifier: RNNClassifier) -> None:
    model = classifier._model
    assert model is not None
    digest = model.trained().digest
    for name, value in RUNTIME.items():
        setattr(model, name, value)
        assert getattr(model, name) == value
        assert classifier.get_params()[name] == value
    assert model.trained().digest == digest


@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        ("window_size", 20, 50),
        ("hidden_size", 16, 128),
        ("num_layers", 1, 2),
        ("num_classes", 3, 4),
        ("input_size", 1000, 100),
        ("word_vocab_size", 800, 900),
        ("suffix_vocab_size", 200, 100),
        ("min_doc_freq", 2, 3),
        ("use_suffixes", True, False),
        ("collapse_labels", True, False),
    ],
)
def test_architecture_may_be_repeated_but_not_changed_on_a_load(
    model_path: Path, name: str, same: Any, other: Any
) -> None:
    assert loaded(model_path, **{name: same})._model is not None
    with pytest.raises(ValueError, match=rf"{name} is {other}, but the saved model has"):
        loaded(model_path, **{name: other})


def test_the_true_width_is_an_input_size_too(model_path: Path) -> None:
    width = Model.load(str(model_path)).input_size
    assert loaded(model_path, input_size=width)._model is not None


def test_a_refused_load_leaves_the_model_that_was_there(
    classifier: RNNClassifier, tmp_path: Path, train_folder: Path
) -> None:
    other = RNNClassifier(hidden_size=4, num_layers=1, epochs=1, verbosity=0)
    other.set_params(model_storage="disk", model_path=tmp_path / "other")
    other.fit(train_folder)
    other.save_model()
    classifier.set_params(hidden_size=16, model_storage="disk", model_path=tmp_path / "other")
    before = classifier._model
    with pytest.raises(ValueError, match="hidden_size is 16, but the saved model has 4"):
        classifier.load_model()
    assert classifier._model is before
    assert classifier.predict(["a line of text"])


def test_a_stride_longer_than_the_saved_window_is_refused(model_path: Path) -> None:
    with pytest.raises(ValueError, match=r"prediction_stride is 21: expected at most .* 20"):
        loaded(model_path, prediction_stride=21)


def test_the_window_of_trained_weights_cannot_be_assigned(classifier: RNNClassifier) -> None:
    model = classifier._model
    assert model is not None
    with pytest.raises(AttributeError, match="window_size is 20 and belongs to the trained"):
        model.window_size = 30


def test_the_stored_type_wins(model_path: Path) -> None:
    assert loaded(model_path, model_type="logistic").get_params()["model_type"] == "rnn"


def test_the_log_says_where_each_value_comes_from(
    model_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "skol_classifier"):
        loaded(model_path, prediction_batch_size=128, verbosity=1)
    assert "prediction_batch_size 128 (given; saved 64)" in caplog.text
    assert "num_workers 4 (default)" in caplog.text


def test_a_model_of_the_command_says_what_it_was_trained_with(
    tmp_path: Path, train_folder: Path
) -> None:
    from skol_classifier._core import find_inputs, read_document, train

    documents = [read_document(*one)[0] for one in find_inputs([str(train_folder)])]
    options = {"hidden_size": 8, "num_layers": 0, "epochs": 1, "suffix_vocab_size": 0}
    core, _ = train(documents, {**options, "class_weights": "Nomenclature=2.5"})
    path = tmp_path / "from_command"
    core.save(str(path))
    classifier = loaded(path, verbosity=1)
    parameters = classifier.get_params()
    assert parameters["model_type"] == "logistic"
    assert parameters["use_suffixes"] is False
    assert parameters["class_weights"] == {"Nomenclature": 2.5}
    assert classifier.get_label_frequencies() is None
    classifier.save_model()
    assert path.read_bytes() == core.to_bytes()


def test_fit_after_a_load_trains_what_was_saved(
    classifier: RNNClassifier, train_folder: Path
) -> None:
    classifier.set_params(epochs=1)
    classifier.fit(train_folder)
    model = classifier._model
    assert model is not None
    assert (model.window_size, model.hidden_size, model.epochs) == (20, 16, 1)


def test_fit_with_another_architecture_replaces_the_model(
    classifier: RNNClassifier, train_folder: Path
) -> None:
    classifier.set_params(window_size=10, epochs=1)
    model = classifier._model
    assert model is not None
    assert model.window_size == 20
    assert model.prediction_stride == 10
    classifier.fit(train_folder)
    model = classifier._model
    assert model is not None
    assert (model.window_size, model.prediction_stride) == (10, 5)


def test_a_parameter_out_of_range_in_a_file_is_named(model_path: Path) -> None:
    core = Model.load(str(model_path)).with_settings({"parameters": {"num_workers": -3}})
    core.save(str(model_path))
    with pytest.raises(ValueError, match=r"the model has a parameter .*num_workers is -3"):
        loaded(model_path)


def test_a_parameter_of_a_later_version_in_a_file_is_passed_over(model_path: Path) -> None:
    core = Model.load(str(model_path)).with_settings({"parameters": {"colour": "blue"}})
    core.save(str(model_path))
    assert loaded(model_path)._model is not None


def test_a_model_by_itself_has_the_same_precedence(model_path: Path) -> None:
    model = RNNSkolModel(prediction_batch_size=96).load(model_path)
    assert (model.prediction_batch_size, model.window_size) == (96, 20)
    with pytest.raises(ValueError, match="window_size is 30, but the saved model has 20"):
        RNNSkolModel(window_size=30).load(model_path)
