# SPDX-License-Identifier: Apache-2.0
"""clf.tune(): measures, sets prediction_batch_size, and saves the choice. No figure is tested."""

from __future__ import annotations

import logging
import pickle
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis_server import RedisServer

from skol_classifier import (
    InputError,
    NotTrainedError,
    ParameterError,
    RNNClassifier,
    RNNSkolModel,
    SkolClassifierV2,
)
from skol_classifier._core import Model

KEYS = [
    "base_bytes",
    "window_bytes",
    "fit_error",
    "points",
    "prediction_batch_size",
    "reason",
    "date",
    "hardware",
    "device",
    "precision",
]
# A moment is enough for a measurement that nobody goes by.
MOMENT = 0.1


def tuned(classifier: SkolClassifierV2, data: Any = None, **how: Any) -> dict[str, Any]:
    return classifier.tune(data, seconds=MOMENT, **how)


def size_of(classifier: SkolClassifierV2) -> int:
    assert classifier._model is not None
    return classifier._model.prediction_batch_size


def record_in(path: Path) -> dict[str, Any]:
    return dict(Model.load(str(path)).tuned)


def test_the_dict_has_the_keys_of_the_command(classifier: RNNClassifier) -> None:
    report = tuned(classifier)
    assert list(report) == KEYS
    assert list(report["hardware"]) == ["processor", "cores", "target", "memory_bytes"]
    sizes = [point["batch_size"] for point in report["points"]]
    assert sizes == sorted(set(sizes))
    assert all(point["windows_per_second"] > 0 for point in report["points"])


def test_the_choice_holds_for_the_next_prediction(
    classifier: RNNClassifier, texts: list[str]
) -> None:
    before = [one.tobytes() for one in classifier.predict_proba(texts)]
    report = tuned(classifier.set_params(prediction_batch_size=3))
    assert size_of(classifier) == report["prediction_batch_size"]
    assert classifier.get_params()["prediction_batch_size"] == report["prediction_batch_size"]
    assert [one.tobytes() for one in classifier.predict_proba(texts)] == before
    assert classifier.stats_["batch_sizes"] == [report["prediction_batch_size"]]


def test_threads_are_those_of_a_prediction(classifier: RNNClassifier) -> None:
    report = tuned(classifier.set_params(num_workers=1))
    assert report["hardware"]["cores"] == 1


def test_measures_on_what_predict_takes(
    classifier: RNNClassifier, texts: list[str], gold_files: list[Path]
) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"doc_id": ["a", "b"], "value": texts[:2]})
    for data in (texts, tuple(texts), gold_files[0], str(gold_files[0]), gold_files[:2], table):
        assert tuned(classifier, data)["points"]


@pytest.mark.parametrize(
    ("data", "says"),
    [([], "no document to tune on"), (["\n \n"], "no line to label"), ([3], "expected a string")],
)
def test_data_without_a_line_is_refused(classifier: RNNClassifier, data: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        tuned(classifier, data)
    assert size_of(classifier) == 64


def test_data_of_another_type_is_refused(classifier: RNNClassifier) -> None:
    with pytest.raises(TypeError, match="int cannot be labelled"):
        tuned(classifier, 3)


class SparkFrame:
    """Stands for one, which takes a session to make."""


def test_a_spark_frame_is_told_what_to_pass(
    classifier: RNNClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skol_classifier import tables

    monkeypatch.setattr(tables, "is_spark_frame", lambda data: isinstance(data, SparkFrame))
    with pytest.raises(TypeError, match=r"toPandas\(\).*None"):
        tuned(classifier, SparkFrame())


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 4000, "20", True, None])
def test_seconds_that_are_none_are_refused(classifier: RNNClassifier, seconds: Any) -> None:
    with pytest.raises(ParameterError, match="seconds is"):
        classifier.tune(seconds=seconds)


def test_without_a_model_there_is_nothing_to_tune() -> None:
    with pytest.raises(NotTrainedError, match="Model not trained"):
        RNNClassifier().tune()
    with pytest.raises(NotTrainedError, match="Model not trained"):
        RNNSkolModel().tune()


def test_without_save_the_store_is_not_written(classifier: RNNClassifier, model_path: Path) -> None:
    before = model_path.read_bytes()
    tuned(classifier)
    assert model_path.read_bytes() == before
    assert record_in(model_path) == {}


def test_save_writes_the_choice_and_its_record(classifier: RNNClassifier, model_path: Path) -> None:
    digest = Model.load(str(model_path)).digest
    report = tuned(classifier, save=True)
    assert record_in(model_path) == report
    loaded = RNNClassifier.load_from_disk(model_path, verbosity=0)
    assert size_of(loaded) == report["prediction_batch_size"]
    assert loaded._model is not None
    assert loaded._model.trained().digest == digest


def test_a_later_save_has_the_record_too(classifier: RNNClassifier, model_path: Path) -> None:
    report = tuned(classifier)
    classifier.save_model()
    assert record_in(model_path) == report


def test_a_size_set_by_hand_later_leaves_the_record(
    classifier: RNNClassifier, model_path: Path
) -> None:
    report = tuned(classifier, save=True)
    classifier.set_params(prediction_batch_size=48).save_model()
    core = Model.load(str(model_path))
    assert (core.prediction_batch_size, core.tuned) == (48, report)


def test_a_model_loaded_and_saved_keeps_its_bytes(
    classifier: RNNClassifier, model_path: Path
) -> None:
    tuned(classifier, save=True)
    before = model_path.read_bytes()
    RNNClassifier.load_from_disk(model_path, verbosity=0).save_model()
    assert model_path.read_bytes() == before


def test_a_pickle_keeps_the_record(classifier: RNNClassifier) -> None:
    report = tuned(classifier)
    twin = pickle.loads(pickle.dumps(classifier))
    assert twin._model.trained().tuned == report
    assert size_of(twin) == report["prediction_batch_size"]


def test_a_new_fit_is_not_tuned(classifier: RNNClassifier, train_folder: Path) -> None:
    tuned(classifier)
    classifier.set_params(epochs=1).fit(train_folder)
    assert classifier._model is not None
    assert classifier._model.trained().tuned == {}


def test_saving_needs_a_store_before_time_is_spent(model_bytes: bytes) -> None:
    classifier = SkolClassifierV2(verbosity=0)
    with pytest.raises(NotTrainedError):
        classifier.tune(save=True)
    trained = pickle.loads(pickle.dumps(classifier))
    trained._rnn = RNNSkolModel._sharing(trained._values, Model.from_bytes(model_bytes))
    with pytest.raises(ParameterError, match="model_storage not configured"):
        trained.tune(save=True, seconds=3000)


def test_redis_gets_the_model_in_one_command(redis_server: RedisServer, model_bytes: bytes) -> None:
    with redis_server.client() as client:
        client.flushall()
        client.set("my_model", model_bytes)
        classifier = RNNClassifier.load_from_redis(client, "my_model", verbosity=0)
        client.config_resetstat()
        report = tuned(classifier.set_params(redis_expire=9_000), save=True)
        assert client.info("commandstats")["cmdstat_set"]["calls"] == 1
        assert 8_900 < client.ttl("my_model") <= 9_000
        loaded = RNNClassifier.load_from_redis(client, "my_model", verbosity=0)
        assert size_of(loaded) == report["prediction_batch_size"]
        assert loaded._model is not None
        assert loaded._model.trained().tuned == report


def test_a_model_by_itself_is_tuned_and_saved(model_path: Path, tmp_path: Path) -> None:
    model = RNNSkolModel(verbosity=0).load(model_path)
    report = model.tune(["a line of text"], seconds=MOMENT)
    assert list(report) == KEYS
    assert model.prediction_batch_size == report["prediction_batch_size"]
    model.save(tmp_path / "tuned")
    assert record_in(tmp_path / "tuned") == report


@pytest.fixture
def elsewhere(model_path: Path) -> Path:
    """A model that was tuned with one thread, where a load will want more."""
    RNNClassifier.load_from_disk(model_path, verbosity=0, num_workers=1).tune(
        save=True, seconds=MOMENT
    )
    core = Model.load(str(model_path))
    core.with_settings({}, core.prediction_batch_size).save(str(model_path))
    return model_path


def warnings_of(caplog: pytest.LogCaptureFixture, action: Any) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.INFO, "skol_classifier"):
        action()
    return [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skol_classifier.prediction.usable_cores", lambda: 2)


@pytest.mark.usefixtures("two_cores")
def test_a_load_on_other_hardware_is_one_warning_that_names_both(
    elsewhere: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for load in (
        lambda: RNNClassifier.load_from_disk(elsewhere),
        lambda: RNNSkolModel().load(elsewhere),
    ):
        (warning,) = warnings_of(caplog, load)
        assert " 1 core, " in warning
        assert " 2 cores, " in warning
        assert "skol tune --save" in warning


@pytest.mark.usefixtures("two_cores")
def test_no_warning_where_it_does_not_matter(
    elsewhere: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for given in ({"num_workers": 1}, {"prediction_batch_size": 48}, {"verbosity": 0}):
        load = partial(RNNClassifier.load_from_disk, elsewhere, **given)
        assert warnings_of(caplog, load) == []


def test_says_what_was_chosen(classifier: RNNClassifier, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "skol_classifier"):
        report = tuned(classifier.set_params(verbosity=1))
    expected = f"tuned: prediction_batch_size {report['prediction_batch_size']}, before 64: "
    assert expected + report["reason"] in caplog.text
