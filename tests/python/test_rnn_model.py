# SPDX-License-Identifier: Apache-2.0
"""RNNSkolModel: parameters as attributes, weights, labels, save and load."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from skol_classifier import NotTrainedError, RNNClassifier, RNNSkolModel
from skol_classifier._core import Model


def test_training_and_prediction_batches_are_two_things() -> None:
    model = RNNSkolModel(batch_size=32, prediction_batch_size=96)
    assert (model.batch_size, model.prediction_batch_size) == (32, 96)
    model.prediction_batch_size = 16
    assert model.batch_size == 32
    model.batch_size = 8
    assert model.prediction_batch_size == 16


def test_every_parameter_is_an_attribute() -> None:
    from skol_classifier.parameters import RNN

    model = RNNSkolModel()
    for name in RNN:
        assert hasattr(model, name)
        assert name in dir(model)
    assert model.prediction_stride == 25


def test_a_misspelt_attribute_is_told_with_the_nearest() -> None:
    model = RNNSkolModel()
    with pytest.raises(AttributeError, match="did you mean 'prediction_batch_size'"):
        model.predicton_batch_size = 3  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="did you mean 'prediction_batch_size'"):
        model.predicton_batch_size  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", ["keras_model", "model_weights"])
def test_keras_names_point_to_weights(name: str, classifier: RNNClassifier) -> None:
    with pytest.raises(AttributeError, match=r"weights\(\)"):
        getattr(classifier._model, name)


def test_without_weights_there_is_no_model_to_save(tmp_path: Path) -> None:
    model = RNNSkolModel()
    assert model.core is None
    assert model.classifier_model is None
    assert model.labels is None
    with pytest.raises(NotTrainedError, match="Model not trained"):
        model.save(tmp_path / "m")
    with pytest.raises(NotTrainedError):
        model.weights()


def test_save_writes_exactly_one_file_with_the_same_bytes(model_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    for name in ("a.v1", "a.v2"):
        RNNSkolModel().load(model_path).save(folder / name)
        assert (folder / name).read_bytes() == model_path.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["a.v1", "a.v2"]


def test_weights_are_arrays_by_name(model_path: Path) -> None:
    model = RNNSkolModel().load(model_path)
    weights = model.weights()
    core = model.trained()
    assert weights["lstm.0.forward.recurrent_weights"].shape == (16, 64)
    assert weights["dense.weights"].shape == (32, 3)
    assert weights["dense.weights"].dtype == np.float32
    assert weights["embedding.weights"].shape[0] == core.input_size
    assert len(weights["vocabulary.keys"]) == 8 * core.input_size


def test_compact_features_have_their_words_among_the_weights(train_folder: Path) -> None:
    params = {"hidden_size": 8, "num_layers": 1, "epochs": 1, "word_vocab_size": 50, "verbosity": 0}
    classifier = RNNClassifier(model_params=params)
    classifier.fit(train_folder)
    assert classifier._model is not None
    weights, core = classifier._model.weights(), classifier._model.trained()
    np.testing.assert_array_equal(weights["vocabulary.idf"], core.idf)
    words = weights["vocabulary.words"].tobytes().decode().split("\n")[:-1]
    assert words == core.words
    assert len(words) == 50


@pytest.mark.parametrize("size", [{"input_size": 100}, {"use_suffixes": True}])
def test_who_gives_a_size_of_compact_features_means_them(size: dict[str, int]) -> None:
    assert RNNClassifier(model_params=size).get_params()["features"] == "compact"
    both = RNNClassifier(model_params={**size, "features": "rich"})
    assert both.get_params()["features"] == "rich"
    assert RNNClassifier().get_params()["features"] == "rich"


def test_weights_open_with_safetensors_too(model_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    theirs = safetensors.load_file(model_path)
    ours = RNNSkolModel().load(model_path).weights()
    assert theirs.keys() == ours.keys()
    for name, array in theirs.items():
        np.testing.assert_array_equal(array, ours[name])


def test_labels_of_trained_weights_cannot_be_renamed(model_path: Path) -> None:
    model = RNNSkolModel()
    model.set_labels(["a", "b"])
    assert model.labels == ["a", "b"]
    model.load(model_path)
    assert model.labels == ["Misc-exposition", "Description", "Nomenclature"]
    model.set_labels(model.labels)
    with pytest.raises(ValueError, match="in the trained weights"):
        model.set_labels(["Description", "Misc-exposition", "Nomenclature"])


def test_get_model_and_set_model(model_path: Path) -> None:
    core = Model.load(str(model_path))
    model = RNNSkolModel()
    model.set_model(core)
    assert model.get_model() is core
    assert model.classifier_model is core


def test_pickle_keeps_weights_and_parameters(model_path: Path) -> None:
    model = RNNSkolModel(prediction_batch_size=7).load(model_path)
    twin = pickle.loads(pickle.dumps(model))
    assert twin.prediction_batch_size == 7
    assert twin.trained().to_bytes() == model.trained().to_bytes()


def test_repr_is_short(model_path: Path) -> None:
    assert repr(RNNSkolModel(window_size=20)) == "RNNSkolModel(window_size=20) [not trained]"
    assert "Nomenclature" in repr(RNNSkolModel().load(model_path))
