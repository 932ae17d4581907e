# SPDX-License-Identifier: Apache-2.0
"""Parameters on their way into a model and back: the core's options, and settings beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._core import Model
from .checks import shortened
from .errors import ModelError, ParameterError
from .parameters import AUTO, CLASSIFIER, STRATEGIES, Kind
from .values import Values, stride, vocabulary_sizes

# Options of the core that have the same name and meaning here.
_ALIKE = (
    "hidden_size",
    "num_layers",
    "window_size",
    "batch_size",
    "epochs",
    "dropout",
    "learning_rate",
    "clip_norm",
    "seed",
    "min_doc_freq",
    "validation_fraction",
    "final_refit",
    "min_weight",
    "max_weight",
    "word_vocab_size",
    "suffix_vocab_size",
    "features",
    "decoder",
    "min_label_count",
)
_STRIDES = ("prediction_stride", "training_stride")


def training_options(values: Values) -> dict[str, Any]:
    """What the core's train() is to be asked for. An RNNSkolModel by itself takes features and
    labels as they are, and has no parameters of text: those are left to the core's defaults."""
    options = {name: values.wanted(name) for name in _ALIKE if name in values.table}
    if values.wanted("model_type") == "logistic":
        options["num_layers"] = 0
    options.setdefault("decoder", "argmax")
    if "word_vocab_size" in values.table:
        options["word_vocab_size"], options["suffix_vocab_size"] = vocabulary_sizes(values)
    for name in _STRIDES:
        options[name] = values.wanted(name) or 0
    options["labels"] = "collapsed" if values.wanted("collapse_labels") else "all"
    options["class_weights"] = _weights_text(
        values.wanted("class_weights") or values.wanted("weight_strategy")
    )
    options["focal_labels"] = values.wanted("focal_labels") or []
    return options


def _weights_text(weights: str | Mapping[str, float] | None) -> str:
    if weights is None:
        return "none"
    if isinstance(weights, str):
        return weights
    return ",".join(f"{label}={weight!r}" for label, weight in weights.items())


def _weights_value(text: str) -> str | dict[str, float] | None:
    if text == "none" or text in STRATEGIES:
        return None if text == "none" else text
    pairs = (pair.split("=", 1) for pair in text.split(","))
    return {label: float(weight) for label, weight in pairs}


def saved_parameters(model: Model) -> dict[str, Any]:
    """Every parameter that the model carries, whoever trained it."""
    saved = _of_options(model)
    parameters = model.settings.get("parameters", {})
    if not isinstance(parameters, Mapping):
        raise ModelError(f"the model's parameters are {shortened(parameters)}: expected a table")
    for name, value in parameters.items():
        # A later version may have saved more than this one knows, which changes no label.
        if name not in CLASSIFIER or CLASSIFIER[name].kind not in (Kind.RUNTIME, Kind.TRAINING):
            continue
        try:
            saved[name] = CLASSIFIER[name].check(name, value)
        except ParameterError as error:
            raise ModelError(f"the model has a parameter out of range: {error}") from error
    return saved


def _of_options(model: Model) -> dict[str, Any]:
    options = model.options
    saved = {name: options[name] for name in _ALIKE}
    half = max(1, options["window_size"] // 2)
    for name in _STRIDES:
        # Kept as the default, which follows another window size where one is trained next.
        saved[name] = None if options[name] == half else options[name]
    weights = _weights_value(options["class_weights"])
    saved["class_weights"] = weights
    saved["focal_labels"] = list(options["focal_labels"]) or None
    saved["collapse_labels"] = options["labels"] == "collapsed"
    saved["use_suffixes"] = options["suffix_vocab_size"] > 0
    saved["model_type"] = "logistic" if options["num_layers"] == 0 else "rnn"
    saved["num_classes"] = len(model.labels)
    saved["input_size"] = model.input_size
    saved["prediction_batch_size"] = model.prediction_batch_size
    return saved


def with_parameters(model: Model, values: Values) -> Model:
    """The model with what is in force saved in it; itself where that is saved already.

    Only what differs from what the model says anyway is written, so that a model which is loaded
    and saved keeps its bytes. What changes a label, the stride, is the model's own, so that whoever
    loads it gives the same labels.
    """
    lines = stride(values, "prediction_stride", values.in_force("window_size"))
    if lines != model.prediction_stride:
        model = model.with_prediction_stride(lines)
    known = _of_options(model)
    parameters: dict[str, Any] = {}
    for name, parameter in values.table.items():
        if parameter.kind not in (Kind.RUNTIME, Kind.TRAINING) or name == "model_type":
            continue
        value = values.in_force(name)
        a_number_of_the_model = name == "prediction_batch_size" and value != AUTO
        if not a_number_of_the_model and value != known.get(name, parameter.default):
            parameters[name] = value
    settings = {**model.settings, "parameters": parameters}
    if not parameters:
        del settings["parameters"]
    batch = values.in_force("prediction_batch_size")
    if batch == AUTO:
        # The number in the model stays, for whoever knows no 'auto'.
        batch = model.prediction_batch_size
    if settings == model.settings and batch == model.prediction_batch_size:
        return model
    return model.with_settings(settings, prediction_batch_size=batch)
