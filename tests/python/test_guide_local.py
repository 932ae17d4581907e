# SPDX-License-Identifier: Apache-2.0
"""What the guide's snippets ask for, on local data and a real Redis, and its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from redis_server import RedisServer

from skol_classifier import RNNClassifier, RNNSkolModel, SkolClassifierV2


@pytest.fixture
def redis_client(redis_server: RedisServer, model_bytes: bytes) -> Any:
    client = redis_server.client()
    client.mset({"my_model": model_bytes, "model_name": model_bytes})
    return client


def test_a_new_model_is_made_with_the_guides_parameters(train_folder: Path) -> None:
    rnn_classifier = RNNClassifier(
        model_type="rnn",
        model_params={
            "input_size": 100,
            "window_size": 50,
            "prediction_stride": 25,
            "prediction_batch_size": 64,
        },
    )
    rnn_classifier.set_params(hidden_size=8, num_layers=1, epochs=1, verbosity=0)
    rnn_classifier.fit(train_folder)
    model = rnn_classifier._model
    assert model is not None
    assert model.input_size == 100
    assert (model.window_size, model.prediction_stride, model.prediction_batch_size) == (50, 25, 64)
    assert (len(model.trained().words), len(model.trained().suffixes)) == (80, 20)


def test_a_load_overrides_run_time_parameters(redis_client: Any, texts: list[str]) -> None:
    rnn_classifier = SkolClassifierV2(
        model_storage="redis",
        redis_client=redis_client,
        redis_key="my_model",
        auto_load_model=True,
        model_params={"prediction_batch_size": 128, "num_workers": 8, "verbosity": 2},
    )
    model = rnn_classifier._model
    assert model is not None
    assert (model.prediction_batch_size, model.num_workers, model.verbosity) == (128, 8, 2)
    assert len(rnn_classifier.predict(texts)) == len(texts)
    assert set(rnn_classifier.stats_["batch_sizes"]) == {128}


def test_load_then_adjust(redis_client: Any, texts: list[str]) -> None:
    rnn_classifier = SkolClassifierV2(
        model_storage="redis", redis_client=redis_client, redis_key="my_model"
    )
    rnn_classifier.load_model()
    before = rnn_classifier.predict(texts)
    assert set(rnn_classifier.stats_["batch_sizes"]) == {64}
    for size in (128, 32, 96):
        rnn_classifier._model.prediction_batch_size = size
        assert rnn_classifier.predict(texts) == before
        assert set(rnn_classifier.stats_["batch_sizes"]) == {size}


def test_the_classmethod_gives_a_ready_classifier(redis_client: Any, texts: list[str]) -> None:
    model = RNNClassifier.load_from_redis(redis_client, "model_name")
    model._model.prediction_batch_size = 64
    assert len(model.predict(texts)) == len(texts)


def test_a_model_by_itself_takes_both_batch_sizes() -> None:
    assert RNNSkolModel(batch_size=32, prediction_batch_size=96).prediction_batch_size == 96


@pytest.mark.parametrize(("size", "calls"), [(64, 8), (128, 4), (32, 16)])
def test_500_windows_of_100_sequences_are_pooled(
    classifier: RNNClassifier, size: int, calls: int
) -> None:
    # A window of 20 lines by 10: 60 lines have 5 windows.
    sequences = ["\n".join(f"line {i} of text" for i in range(60))] * 100
    assert classifier._model is not None
    classifier._model.prediction_batch_size = size
    classifier.predict(sequences)
    assert classifier.stats_["windows"] == 500
    assert classifier.stats_["predict_calls"] == calls
