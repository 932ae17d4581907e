# SPDX-License-Identifier: Apache-2.0
"""Every parameter: accepted, refused, and said why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skol_classifier import ParameterError, RNNClassifier, RNNSkolModel, SkolClassifierV2
from skol_classifier._core import training_defaults
from skol_classifier.parameters import CLASSIFIER


def test_defaults_are_those_of_the_contract() -> None:
    parameters = SkolClassifierV2().get_params()
    expected = {
        "model_type": "rnn",
        "extraction_mode": "line",
        "window_size": 50,
        "prediction_stride": None,
        "prediction_batch_size": 64,
        "memory_budget": None,
        "batch_size": 32,
        "epochs": 10,
        "hidden_size": 128,
        "num_layers": 2,
        "dropout": 0.3,
        "num_workers": 4,
        "verbosity": 1,
        "name": "RNN_BiLSTM",
        "features_col": "combined_idf",
        "label_col": "label_indexed",
        "line_no_col": "line_number",
        "use_gpu_in_udf": False,
        "seed": 42,
        "collapse_labels": True,
        "coalesce_labels": False,
        "output_format": "annotated",
        "use_suffixes": True,
        "min_doc_freq": 2,
        "word_vocab_size": 800,
        "suffix_vocab_size": 200,
        "weight_strategy": None,
        "min_weight": 0.1,
        "max_weight": 100.0,
    }
    assert {name: parameters[name] for name in expected} == expected


def test_defaults_that_the_core_has_too_are_the_same() -> None:
    ours = {name: parameter.default for name, parameter in CLASSIFIER.items()}
    core = training_defaults()
    shared = set(ours) & set(core) - {"prediction_stride", "training_stride", "class_weights"}
    shared -= {"focal_labels"}
    assert len(shared) > 10
    assert {k: ours[k] for k in shared} == {k: core[k] for k in shared}


def test_a_model_by_itself_tells_more() -> None:
    assert RNNSkolModel().verbosity == 3


@pytest.mark.parametrize("value", [1, 64, 2**24, np.int64(96), np.uint8(7)])
def test_prediction_batch_size_takes_whole_numbers(value: Any) -> None:
    model = RNNSkolModel()
    model.prediction_batch_size = value
    assert model.prediction_batch_size == value
    assert type(model.prediction_batch_size) is int


@pytest.mark.parametrize(
    "value",
    [0, -1, True, False, np.True_, 64.0, 1e9, float("nan"), "64", "Auto", None, [64], 2**24 + 1],
)
def test_prediction_batch_size_refuses_all_else_at_once(value: Any) -> None:
    model = RNNSkolModel(prediction_batch_size=32)
    with pytest.raises(ValueError, match=r"prediction_batch_size is .*from 1 to 16,777,216"):
        model.prediction_batch_size = value
    assert model.prediction_batch_size == 32
    with pytest.raises(ValueError, match="prediction_batch_size"):
        RNNClassifier(model_params={"prediction_batch_size": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window_size", 0),
        ("hidden_size", 2.5),
        ("num_layers", -1),
        ("epochs", 0),
        ("dropout", 1.0),
        ("dropout", float("nan")),
        ("dropout", "0.3"),
        ("validation_fraction", -0.1),
        ("learning_rate", 0),
        ("num_workers", 0),
        ("verbosity", -1),
        ("use_suffixes", 1),
        ("collapse_labels", "yes"),
        ("min_weight", -1),
        ("redis_expire", 0),
        ("redis_expire", -5),
        ("redis_expire", True),
        ("output_format", "json"),
        ("output_dest", "couchdb"),
        ("input_source", "strings"),
        ("model_storage", "s3"),
        ("weight_strategy", "square"),
        ("class_weights", {"Nomenclature": -1}),
        ("class_weights", {"a=b": 1}),
        ("class_weights", "best"),
        ("focal_labels", "Nomenclature"),
        ("focal_labels", []),
        ("file_paths", []),
        ("file_paths", 3),
        ("errors", "ignore"),
        ("name", ""),
        ("extraction_mode", "paragraph"),
        ("extraction_mode", "section"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ParameterError, match=name):
        SkolClassifierV2(**{name: value})


def test_a_long_value_does_not_flood_the_message() -> None:
    with pytest.raises(ParameterError) as caught:
        RNNClassifier(window_size="x" * 100_000)
    assert len(str(caught.value)) < 300


def test_model_params_and_keywords_are_the_same_thing() -> None:
    both = RNNClassifier(model_params={"window_size": 20, "epochs": 3}, epochs=3, hidden_size=8)
    assert both.get_params() == RNNClassifier(window_size=20, epochs=3, hidden_size=8).get_params()


def test_one_name_with_two_values_is_refused() -> None:
    with pytest.raises(ValueError, match="epochs is 3 in model_params and 4 beside it"):
        RNNClassifier(model_params={"epochs": 3}, epochs=4)


def test_true_beside_1_is_a_conflict() -> None:
    with pytest.raises(ValueError, match="epochs"):
        RNNClassifier(model_params={"epochs": True}, epochs=1)


@pytest.mark.parametrize("params", ["window_size", 3, [("epochs", 3)]])
def test_model_params_is_a_dict(params: Any) -> None:
    with pytest.raises(TypeError, match="model_params"):
        RNNClassifier(model_params=params)


def test_a_misspelt_name_is_told_with_the_nearest() -> None:
    with pytest.raises(TypeError, match="did you mean 'prediction_batch_size'"):
        RNNClassifier(model_params={"predicton_batch_size": 64})
    with pytest.raises(TypeError, match="did you mean 'window_size'"):
        RNNSkolModel(windowsize=20)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("couchdb_url", "CouchDB"),
        ("output_couchdb_suffix", "CouchDB"),
        ("section_filter", "PDF"),
        ("use_line_lengths", "no feature"),
        ("union_batch_size", "CouchDB"),
    ],
)
def test_what_is_not_offered_is_said_to_be_so(name: str, reason: str) -> None:
    with pytest.raises(TypeError, match=f"{name} is not offered: .*{reason}"):
        SkolClassifierV2(**{name: 1})


def test_old_names_of_line_mode_are_understood() -> None:
    assert SkolClassifierV2(line_level=True).line_level
    assert SkolClassifierV2(tokenizer="line").line_level
    with pytest.raises(ValueError, match="only 'line' is offered"):
        SkolClassifierV2(line_level=False)
    with pytest.raises(ValueError, match="extraction_mode"):
        SkolClassifierV2(tokenizer="section")
    with pytest.raises(ValueError, match="line_level"):
        SkolClassifierV2(line_level=False, extraction_mode="line")


def test_an_unknown_model_type_names_what_is_offered() -> None:
    for wrong in ("random_forest", "gradient_boosted", None, 3):
        with pytest.raises(ValueError, match="Unknown model_type .*'rnn' and 'logistic'"):
            SkolClassifierV2(model_type=wrong)


def test_logistic_is_the_network_without_layers() -> None:
    with pytest.raises(ValueError, match="num_layers"):
        SkolClassifierV2(model_type="logistic", num_layers=2)


def test_a_stride_longer_than_the_window_is_refused() -> None:
    with pytest.raises(ValueError, match=r"prediction_stride is 51: expected at most window_size"):
        RNNClassifier(prediction_stride=51)
    with pytest.raises(ValueError, match="training_stride"):
        RNNClassifier(window_size=10, training_stride=11)
    model = RNNSkolModel(window_size=20)
    with pytest.raises(ValueError, match="prediction_stride"):
        model.prediction_stride = 21
    assert model.prediction_stride == 10


def test_a_stride_of_a_whole_window_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    RNNClassifier(window_size=20, prediction_stride=20)
    assert "one window only" in caplog.text


def test_weights_and_focal_labels_are_mutually_exclusive() -> None:
    for weights in ({"class_weights": {"Nomenclature": 5}}, {"weight_strategy": "inverse"}):
        with pytest.raises(ValueError, match="mutually exclusive"):
            RNNClassifier(focal_labels=["Nomenclature"], **weights)
    with pytest.raises(ValueError, match="give one of them"):
        RNNClassifier(class_weights={"Nomenclature": 5}, weight_strategy="inverse")


def test_min_weight_above_max_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="min_weight is 5.0: expected at most max_weight"):
        RNNClassifier(min_weight=5, max_weight=2)


@pytest.mark.parametrize(
    ("given", "sizes"),
    [
        ({}, (800, 200)),
        ({"input_size": 100}, (80, 20)),
        ({"input_size": 1}, (1, 0)),
        ({"input_size": 100, "use_suffixes": False}, (100, 0)),
        ({"use_suffixes": False}, (800, 0)),
        ({"input_size": 100, "word_vocab_size": 70}, (70, 30)),
        ({"input_size": 100, "suffix_vocab_size": 10}, (90, 10)),
        ({"input_size": 100, "word_vocab_size": 60, "suffix_vocab_size": 40}, (60, 40)),
    ],
)
def test_input_size_is_split_between_words_and_suffixes(
    given: dict[str, Any], sizes: tuple[int, int]
) -> None:
    from skol_classifier.saved_parameters import training_options

    options = training_options(RNNClassifier(**given)._values)
    assert (options["word_vocab_size"], options["suffix_vocab_size"]) == sizes


@pytest.mark.parametrize(
    "given",
    [
        {"word_vocab_size": 80, "suffix_vocab_size": 40},
        {"word_vocab_size": 101},
        {"suffix_vocab_size": 100},
        {"word_vocab_size": 80, "use_suffixes": False},
    ],
)
def test_sizes_that_do_not_add_up_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"input_size is 100, but word_vocab_size"):
        RNNClassifier(input_size=100, **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model_storage": "redis"}, "redis_client and redis_key"),
        ({"model_storage": "redis", "redis_key": "k"}, "redis_client and redis_key"),
        ({"model_storage": "disk"}, "model_path must be provided"),
        ({"auto_load_model": True}, "model_storage not configured"),
        ({"input_source": "files"}, "file_paths must be provided"),
        ({"output_dest": "files"}, "output_path must be provided"),
        (
            {"model_storage": "redis", "redis_client": object(), "redis_key": "k"},
            r"redis_client is a object without get\(\)",
        ),
    ],
)
def test_the_constructor_says_what_is_missing(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SkolClassifierV2(**given)


def test_defaults_are_asked_for_only_when_they_are_needed() -> None:
    classifier = SkolClassifierV2()
    with pytest.raises(ValueError, match="file_paths must be provided"):
        classifier.load_raw()
    with pytest.raises(ValueError, match="file_paths must be provided"):
        classifier.fit()


def test_before_a_model_is_there_everything_says_so() -> None:
    classifier = SkolClassifierV2()
    assert classifier._model is None
    assert classifier._label_mapping is None
    assert classifier._feature_pipeline is None
    assert classifier.get_label_frequencies() is None
    assert classifier.get_recommended_class_weights("balanced") is None
    assert not hasattr(classifier, "classes_")
    assert not hasattr(classifier, "stats_")
    with pytest.raises(ValueError, match="Model not trained"):
        classifier.predict(["text"])
    with pytest.raises(ValueError, match="model_storage not configured"):
        classifier.load_model()
    with pytest.raises(ValueError, match="model_storage not configured"):
        classifier.save_model()
    with pytest.raises(ValueError, match="No model to save"):
        SkolClassifierV2(model_storage="disk", model_path="m").save_model()


def test_set_params_takes_all_or_nothing() -> None:
    classifier = RNNClassifier(window_size=20)
    with pytest.raises(ValueError, match="prediction_stride"):
        classifier.set_params(epochs=3, prediction_stride=30)
    assert classifier.get_params()["epochs"] == 10
    assert classifier.set_params(epochs=3, window_size=40, prediction_stride=30) is classifier
    assert classifier.get_params()["epochs"] == 3
