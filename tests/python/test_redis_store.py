# SPDX-License-Identifier: Apache-2.0
"""Models in a real Redis, and every way in which it can fail: one line that names the cause."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from redis_server import RedisServer, free_port, running_redis

from skol_classifier import (
    ModelError,
    NotFoundError,
    ParameterError,
    RNNClassifier,
    SkolClassifierV2,
    StorageError,
    model_stores,
)
from skol_classifier._core import Model


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[Any]:
    with redis_server.client() as client:
        client.flushall()
        yield client


@pytest.fixture
def stored(client: Any, model_bytes: bytes) -> Any:
    client.set("my_model", model_bytes)
    return client


def load(client: Any, key: str = "my_model", **given: Any) -> RNNClassifier:
    return RNNClassifier.load_from_redis(client, key, verbosity=0, **given)


def saver(classifier: RNNClassifier, client: Any, **given: Any) -> RNNClassifier:
    return classifier.set_params(
        model_storage="redis", redis_client=client, redis_key="my_model", **given
    )


def one_line(error: pytest.ExceptionInfo[BaseException]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


def test_the_value_has_the_bytes_of_the_file(
    client: Any, classifier: RNNClassifier, model_path: Path
) -> None:
    saver(classifier, client).save_model()
    classifier.set_params(model_storage="disk")
    classifier.save_model()
    assert client.keys() == [b"my_model"]
    assert client.get("my_model") == model_path.read_bytes()
    assert client.ttl("my_model") == -1


def test_a_loaded_model_predicts_as_the_saved_one(
    stored: Any, classifier: RNNClassifier, texts: list[str]
) -> None:
    ours, theirs = classifier.predict_proba(texts), load(stored).predict_proba(texts)
    assert [one.tobytes() for one in ours] == [one.tobytes() for one in theirs]


def test_expiry_goes_with_the_value_in_one_command(client: Any, classifier: RNNClassifier) -> None:
    client.config_resetstat()
    saver(classifier, client, redis_expire=172_800).save_model()
    assert 172_790 < client.ttl("my_model") <= 172_800
    calls = {k: v["calls"] for k, v in client.info("commandstats").items()}
    assert calls["cmdstat_set"] == 1
    assert "cmdstat_expire" not in calls


def test_loading_writes_nothing(stored: Any) -> None:
    stored.config_resetstat()
    load(stored, prediction_batch_size=128)
    calls = stored.info("commandstats")
    assert calls["cmdstat_get"]["calls"] == 1
    assert "cmdstat_set" not in calls


def test_a_key_that_is_absent_is_told_with_keys_like_it(stored: Any) -> None:
    with pytest.raises(ValueError, match="No model found in Redis .*'my_modle'") as caught:
        load(stored, "my_modle")
    assert "'my_model'" in one_line(caught)
    assert isinstance(caught.value, NotFoundError)


def test_a_key_that_expired_is_absent(stored: Any) -> None:
    assert stored.exists("my_model")
    stored.pexpireat("my_model", 1)
    with pytest.raises(ValueError, match="never saved, removed or expired"):
        load(stored)


def test_a_decoding_client_is_told_to_be_another(stored: Any, redis_server: RedisServer) -> None:
    with pytest.raises(ParameterError, match="decode_responses=False") as caught:
        load(redis_server.client(decode_responses=True))
    assert "my_model" in one_line(caught)


def test_a_decoding_client_is_found_out_by_text_too(client: Any, redis_server: RedisServer) -> None:
    client.set("my_model", "plain text")
    with pytest.raises(ParameterError, match="decode_responses=False"):
        load(redis_server.client(decode_responses=True))


def test_a_key_of_another_type_is_no_model(client: Any) -> None:
    client.rpush("my_model", "a", "b")
    with pytest.raises(ModelError, match="no string there") as caught:
        load(client)
    assert "my_model" in one_line(caught)


@pytest.mark.parametrize("cut", [0, 10, 5000, -1])
def test_a_value_that_was_cut_is_refused_by_key(client: Any, model_bytes: bytes, cut: int) -> None:
    client.set("my_model", model_bytes[:cut])
    with pytest.raises(ModelError, match="Redis key 'my_model'") as caught:
        load(client)
    one_line(caught)


def test_a_value_of_the_ancestor_is_named(client: Any) -> None:
    client.set("my_model", b"\x1f\x8b\x08" + bytes(100))
    with pytest.raises(ModelError, match="'my_model'.*gzip"):
        load(client)


def test_a_server_that_refuses_is_named_with_host_and_port() -> None:
    port = free_port()
    with pytest.raises(StorageError, match=f"127.0.0.1:{port} refused.*redis-server") as caught:
        load(RedisServer(port).client())
    one_line(caught)
    assert caught.value.__cause__ is not None


def test_a_silent_server_ends_in_the_time_of_the_client() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        silent = RedisServer(listener.getsockname()[1]).client(socket_timeout=0.2)
        with pytest.raises(StorageError, match="did not answer in the client's time") as caught:
            load(silent)
        one_line(caught)


def test_rights_are_asked_for_by_name(
    stored: Any, redis_server: RedisServer, classifier: RNNClassifier
) -> None:
    stored.execute_command("ACL", "SETUSER", "reader", "on", ">pass word", "~*", "+get")
    stored.execute_command("ACL", "SETUSER", "nobody", "on", ">x", "-@all")
    try:
        reader = redis_server.client(username="reader", password="pass word")
        assert load(reader)._model is not None
        with pytest.raises(StorageError, match="NOPERM") as caught:
            saver(classifier, reader).save_model()
        assert "pass word" not in one_line(caught)
        with pytest.raises(ValueError, match="No model found in Redis"):
            load(reader, "another")
        nobody = redis_server.client(username="nobody", password="x")
        with pytest.raises(StorageError, match="loading Redis key 'my_model'.*NOPERM"):
            load(nobody)
        wrong = redis_server.client(username="reader", password="wrong")
        with pytest.raises(StorageError, match="WRONGPASS") as caught:
            load(wrong)
        one_line(caught)
    finally:
        stored.execute_command("ACL", "DELUSER", "reader", "nobody")


def test_a_password_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    with (
        running_redis(tmp_path, "--requirepass", "secret") as server,
        pytest.raises(StorageError, match="NOAUTH.*username and password") as caught,
    ):
        load(server.client())
    one_line(caught)


def test_a_replica_refuses_writes(tmp_path: Path, classifier: RNNClassifier) -> None:
    with running_redis(tmp_path, "--replicaof", "127.0.0.1", str(free_port())) as server:
        with pytest.raises(StorageError, match="READONLY.*primary") as caught:
            saver(classifier, server.client()).save_model()
        one_line(caught)


def test_a_full_server_keeps_the_old_model(stored: Any, classifier: RNNClassifier) -> None:
    before = stored.get("my_model")
    stored.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(StorageError, match="OOM.*maxmemory") as caught:
            saver(classifier, stored, redis_expire=5).save_model()
    finally:
        stored.config_set("maxmemory", "0")
    one_line(caught)
    assert stored.get("my_model") == before
    assert stored.ttl("my_model") == -1


def test_a_value_too_large_for_redis_is_not_sent(
    client: Any, classifier: RNNClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert model_stores.LARGEST_REDIS_VALUE == 512 * 1024 * 1024
    monkeypatch.setattr(model_stores, "LARGEST_REDIS_VALUE", 1000)
    with pytest.raises(StorageError, match="more than the 1,000 of a Redis value"):
        saver(classifier, client).save_model()
    assert not client.exists("my_model")


def test_a_limit_of_the_server_itself_is_one_line_too(
    client: Any, classifier: RNNClassifier
) -> None:
    limit = client.config_get("proto-max-bulk-len")["proto-max-bulk-len"]
    client.config_set("proto-max-bulk-len", "1mb")
    try:
        big = Model.from_bytes(classifier._model.trained().to_bytes())  # type: ignore[union-attr]
        padded = big.with_settings({"note": "x" * 1_000_000})
        store = model_stores.RedisStore(client, "my_model", None)
        with pytest.raises(StorageError, match="saving Redis key 'my_model'") as caught:
            store.save(padded)
        one_line(caught)
    finally:
        client.config_set("proto-max-bulk-len", limit)


class Shaped:
    """A client of redis-py's shape that answers as it is told."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer

    def get(self, key: str) -> Any:
        return self._answer()

    def set(self, key: str, value: bytes, ex: int | None = None) -> Any:
        return self._answer()


def test_any_client_of_that_shape_will_do(model_bytes: bytes) -> None:
    assert load(Shaped(lambda: bytearray(model_bytes)))._model is not None
    with pytest.raises(ValueError, match="No model found in Redis under key 'my_model' at Redis"):
        load(Shaped(lambda: None))


def test_an_answer_that_is_no_bytes_is_refused(classifier: RNNClassifier) -> None:
    with pytest.raises(StorageError, match="gave a int, not bytes"):
        load(Shaped(lambda: 3))
    with pytest.raises(StorageError, match="answered None to SET: not saved"):
        saver(classifier, Shaped(lambda: None)).save_model()


def test_an_asynchronous_client_is_refused() -> None:
    async def answer() -> bytes:
        return b""

    with pytest.raises(ParameterError, match="asynchronous"):
        load(Shaped(answer))


def test_what_is_not_the_fault_of_redis_is_passed_on() -> None:
    def broken() -> Any:
        raise KeyError("a bug of the client")

    with pytest.raises(KeyError):
        load(Shaped(broken))


def test_many_writers_and_readers_see_whole_versions(
    redis_server: RedisServer, client: Any, model_bytes: bytes
) -> None:
    base = Model.from_bytes(model_bytes)
    versions = [base.with_settings({"parameters": {"epochs": i + 1}}) for i in range(16)]
    client.set("my_model", versions[0].to_bytes())
    start = threading.Barrier(16 + 64)

    def write(version: Model) -> None:
        with redis_server.client() as mine:
            store = model_stores.RedisStore(mine, "my_model", 1000)
            start.wait()
            for _ in range(5):
                store.save(version)

    def read() -> list[int]:
        with redis_server.client() as mine:
            start.wait()
            loads = [SkolClassifierV2(model_storage="redis", redis_client=mine,
                                      redis_key="my_model", auto_load_model=True, verbosity=0)
                     for _ in range(3)]  # fmt: skip
            return [one.get_params()["epochs"] for one in loads]

    with ThreadPoolExecutor(80) as pool:
        written = [pool.submit(write, version) for version in versions]
        reads = [pool.submit(read) for _ in range(64)]
        for one in written:
            one.result(timeout=60)
        seen = {epochs for one in reads for epochs in one.result(timeout=60)}
    assert seen <= set(range(1, 17))
