# SPDX-License-Identifier: Apache-2.0
"""get_params, set_params, clone, cross-validation, pickle, joblib, copy."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_score

from skol_classifier import RNNClassifier, SkolClassifierV2

SMALL = {"hidden_size": 4, "num_layers": 1, "epochs": 1, "verbosity": 0}


def test_a_clone_has_the_parameters_and_no_model(classifier: RNNClassifier) -> None:
    client = object()
    classifier.set_params(redis_client=client)
    classifier._model.prediction_batch_size = 7  # type: ignore[union-attr]
    twin = clone(classifier)
    assert type(twin) is RNNClassifier
    assert twin._model is None
    assert classifier._model is not None
    theirs = twin.get_params()
    assert theirs == classifier.get_params()
    assert theirs["window_size"] == 20
    assert theirs["prediction_batch_size"] == 7
    assert theirs["redis_client"] is client


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"model_type": "logistic"},
        {"input_size": 100},
        {"input_size": 50, "use_suffixes": False},
        {"input_size": 100, "word_vocab_size": 90},
        {"use_suffixes": False},
        {"window_size": 10, "prediction_stride": 5},
        {"class_weights": {"Nomenclature": 2.0}},
        {"weight_strategy": "balanced", "num_classes": 3},
        {"input_source": "files", "file_paths": None, "output_dest": "files", "output_path": None},
        {"input_source": "dataframe", "output_dest": "strings"},
        {"model_storage": "disk", "model_path": "m", "line_level": True},
    ],
)
def test_the_constructor_takes_what_get_params_gives(given: dict[str, Any]) -> None:
    classifier = RNNClassifier(**{"verbosity": 0, **given})
    twin = RNNClassifier(**classifier.get_params())
    assert twin.get_params() == classifier.get_params()


def test_what_get_params_gives_of_a_trained_classifier_trains_the_same_model(
    classifier: RNNClassifier, train_folder: Path
) -> None:
    for trained in (classifier, RNNClassifier(**SMALL, input_size=100)):
        trained.set_params(epochs=1, auto_load_model=False)
        trained.fit(train_folder)
        twin = RNNClassifier(**trained.get_params())
        twin.fit(train_folder)
        assert twin._model is not None
        assert twin._model.trained().digest == trained._model.trained().digest  # type: ignore[union-attr]


def test_the_parameters_of_a_loaded_model_are_taken_whoever_repeats_its_width(
    model_path: Path,
) -> None:
    width = RNNClassifier.load_from_disk(model_path, verbosity=0)._model.input_size  # type: ignore[union-attr]
    loaded = RNNClassifier.load_from_disk(model_path, verbosity=0, input_size=width)
    parameters = {**loaded.get_params(), "auto_load_model": False}
    twin = RNNClassifier(**parameters)
    assert twin.get_params() == parameters
    assert twin.get_params()["word_vocab_size"] == 800


def test_places_that_are_still_to_come_are_asked_for_when_they_are_needed() -> None:
    twin = RNNClassifier(**RNNClassifier(verbosity=0).get_params())
    with pytest.raises(ValueError, match="file_paths must be provided"):
        twin.load_raw()
    with pytest.raises(ValueError, match="file_paths must be provided"):
        twin.fit()


def test_a_clone_goes_its_own_way(classifier: RNNClassifier) -> None:
    twin = clone(classifier).set_params(epochs=77)
    assert classifier.get_params()["epochs"] == 6
    assert clone(twin).get_params()["epochs"] == 77


def test_a_clone_trains_the_same_model(train_folder: Path) -> None:
    first = RNNClassifier(**SMALL, input_size=100)
    first.fit(train_folder)
    twin = clone(first)
    twin.fit(train_folder)
    assert twin._model is not None
    assert first._model is not None
    assert twin._model.trained().digest == first._model.trained().digest


def test_cross_validation_and_grid_search_run(train_folder: Path) -> None:
    texts = [path.read_text() for path in sorted(train_folder.glob("*.ann"))[:6]]
    classifier = RNNClassifier(**SMALL)
    assert is_classifier(classifier)
    scores = cross_val_score(classifier, texts, cv=3)
    assert len(scores) == 3
    assert all(0.2 < score <= 1 for score in scores)
    search = GridSearchCV(classifier, {"window_size": [10, 20]}, cv=2)
    search.fit(texts)
    assert search.best_params_["window_size"] in (10, 20)
    assert search.best_estimator_.classes_


def same(a: SkolClassifierV2, b: SkolClassifierV2, texts: list[str]) -> bool:
    pairs = zip(a.predict_proba(texts), b.predict_proba(texts), strict=True)
    return all(x.tobytes() == y.tobytes() for x, y in pairs)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_takes_model_and_parameters_along(
    classifier: RNNClassifier, texts: list[str], protocol: int
) -> None:
    classifier._model.prediction_batch_size = 7  # type: ignore[union-attr]
    twin = pickle.loads(pickle.dumps(classifier, protocol))
    assert type(twin) is RNNClassifier
    assert twin.get_params() == classifier.get_params()
    assert same(classifier, twin, texts)
    twin._model.prediction_batch_size = 9
    assert classifier._model.prediction_batch_size == 7  # type: ignore[union-attr]


def test_clients_and_sessions_stay_behind(classifier: RNNClassifier) -> None:
    class Client:
        def get(self, key: str) -> None: ...

        def set(self, key: str, value: bytes) -> None: ...

        def __reduce__(self) -> Any:
            raise TypeError("cannot pickle a client")

    classifier.set_params(
        model_storage="redis", redis_client=Client(), redis_key="k", spark=Client()
    )
    twin = pickle.loads(pickle.dumps(classifier))
    assert twin.get_params()["redis_client"] is None
    assert twin.get_params()["spark"] is None
    with pytest.raises(ValueError, match="redis_client and redis_key must be provided"):
        twin.load_model()
    twin.set_params(redis_client=Client())
    with pytest.raises(ValueError, match="No model found"):
        twin.load_model()


def test_joblib_keeps_it_too(classifier: RNNClassifier, texts: list[str], tmp_path: Path) -> None:
    joblib.dump(classifier, tmp_path / "classifier.joblib")
    assert same(classifier, joblib.load(tmp_path / "classifier.joblib"), texts)


def test_copies_work(classifier: RNNClassifier, texts: list[str]) -> None:
    assert same(classifier, copy.deepcopy(classifier), texts)
    assert same(classifier, copy.copy(classifier), texts)


def test_an_untrained_one_pickles_as_well() -> None:
    twin = pickle.loads(pickle.dumps(RNNClassifier(window_size=20)))
    assert twin.get_params()["window_size"] == 20
    assert twin._model is None
