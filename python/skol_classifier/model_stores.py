# SPDX-License-Identifier: Apache-2.0
"""Where models are kept: a file, or a value in Redis through the client the user passes in."""

from __future__ import annotations

import inspect
import itertools
from typing import TYPE_CHECKING, Any, Protocol

from ._core import Model
from .errors import ModelError, ModelNotFoundError, ParameterError, StorageError
from .redis_faults import describe, explain, is_redis_fault

if TYPE_CHECKING:
    from .values import Values

# proto-max-bulk-len of a Redis server: the largest value of a command.
LARGEST_REDIS_VALUE = 512 * 1024 * 1024

# A miss names keys that look alike, found among at most so many.
_MOST_KEYS_SCANNED = 10_000
_MOST_NEAR_KEYS = 3


class ModelStore(Protocol):
    name: str

    def load(self) -> Model: ...

    def save(self, model: Model) -> None: ...


class DiskStore:
    """One file, exactly at the path given."""

    def __init__(self, path: str) -> None:
        self.name = path
        self._path = path

    def load(self) -> Model:
        return Model.load(self._path)

    def save(self, model: Model) -> None:
        model.save(self._path)


class RedisStore:
    """One string value under exactly the key given, read in one command and written in one."""

    def __init__(self, client: Any, key: str, expire: int | None) -> None:
        for method in ("get", "set"):
            if not callable(getattr(client, method, None)):
                raise ParameterError(
                    f"redis_client is a {type(client).__name__} without {method}(): "
                    "pass a client such as redis.Redis(...)"
                )
        self.name = f"Redis key '{key}'"
        self._client = client
        self._key = key
        self._expire = expire

    def load(self) -> Model:
        value = self._value()
        try:
            return Model.from_bytes(value)
        except ModelError as error:
            raise ModelError(f"{self.name}: {error}") from error

    def save(self, model: Model) -> None:
        data = model.to_bytes()
        if len(data) > LARGEST_REDIS_VALUE:
            raise StorageError(
                f"{self.name}: the model has {len(data):,} bytes, more than the "
                f"{LARGEST_REDIS_VALUE:,} of a Redis value: save it to disk"
            )
        expiry = {} if self._expire is None else {"ex": self._expire}
        try:
            done = _at_once(self._client.set(self._key, data, **expiry))
        except Exception as error:
            if not is_redis_fault(error):
                raise
            raise explain(error, self._client, f"saving {self.name}") from error
        if not done:
            raise StorageError(f"{self.name}: the client answered {done!r} to SET: not saved")

    def _value(self) -> bytes:
        try:
            value = _at_once(self._client.get(self._key))
        except UnicodeDecodeError as error:
            raise self._decoding_client() from error
        except Exception as error:
            if not is_redis_fault(error):
                raise
            raise explain(error, self._client, f"loading {self.name}") from error
        if value is None:
            raise ModelNotFoundError(
                f"No model found in Redis under key '{self._key}' at {describe(self._client)}"
                f" (never saved, removed or expired){self._near_keys()}"
            )
        if isinstance(value, str):
            raise self._decoding_client()
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise StorageError(f"{self.name}: the client gave a {type(value).__name__}, not bytes")
        return bytes(value)

    def _decoding_client(self) -> ParameterError:
        return ParameterError(
            f"{self.name}: the client decodes its answers and a model is bytes: "
            "make it with decode_responses=False"
        )

    def _near_keys(self) -> str:
        """A help for typing slips. That it cannot be had, for want of rights say, is no matter:
        the miss is what gets told."""
        from difflib import get_close_matches

        scan = getattr(self._client, "scan_iter", None)
        if not callable(scan):
            return ""
        try:
            found = list(itertools.islice(scan(count=1000), _MOST_KEYS_SCANNED))
        except Exception as error:
            if not is_redis_fault(error):
                raise
            return ""
        names = [k.decode("utf-8", "replace") if isinstance(k, bytes) else str(k) for k in found]
        near = get_close_matches(self._key, names, n=_MOST_NEAR_KEYS)
        return "; keys like it: " + ", ".join(map(repr, near)) if near else ""


def _at_once(answer: Any) -> Any:
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise ParameterError("redis_client is asynchronous: pass a client such as redis.Redis(...)")
    return answer


def store_of(values: Values) -> ModelStore | None:
    """The store that the parameters name; None where none is configured."""
    storage = values.wanted("model_storage")
    if storage == "redis":
        client, key = values.wanted("redis_client"), values.wanted("redis_key")
        if client is None or key is None:
            raise ParameterError(
                "redis_client and redis_key must be provided for model_storage='redis'"
            )
        return RedisStore(client, key, values.wanted("redis_expire"))
    if storage == "disk":
        path = values.wanted("model_path")
        if path is None:
            raise ParameterError("model_path must be provided for model_storage='disk'")
        return DiskStore(path)
    return None
