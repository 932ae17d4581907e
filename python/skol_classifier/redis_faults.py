# SPDX-License-Identifier: Apache-2.0
"""What a Redis client raises, in one line that says what to do.

redis-py is not imported: its exceptions are told by the names of their classes, which other clients
of its shape raise as well.
"""

from __future__ import annotations

from typing import Any

from .errors import ModelError, SkolError, StorageError

# Beginnings of a server's error replies; what they mean and what helps.
_REPLIES = (
    ("NOAUTH", "the server asks for a password: give the client username and password"),
    ("WRONGPASS", "the server refuses the username or password of the client"),
    ("NOPERM", "the client's user may not do this: grant it GET and SET on the key"),
    ("READONLY", "the server is a read-only replica: use the primary"),
    ("OOM", "the server's memory is full (maxmemory): make room there or save to disk"),
    ("MISCONF", "the server cannot write its snapshot and refuses changes: see its log"),
    ("LOADING", "the server is still loading its data: try again later"),
    ("MASTERDOWN", "the replica has lost its primary: try again later"),
    ("CLUSTERDOWN", "the cluster does not serve this key now: try again later"),
    ("MOVED", "the key is on another node of a cluster: use redis.RedisCluster"),
)

# redis-py cuts the code off these replies and gives them a class of their own.
_CODE_OF_CLASS = {
    "AuthenticationWrongNumberOfArgsError": "WRONGPASS",
    "NoPermissionError": "NOPERM",
    "ReadOnlyError": "READONLY",
    "OutOfMemoryError": "OOM",
    "BusyLoadingError": "LOADING",
    "MasterDownError": "MASTERDOWN",
    "ClusterDownError": "CLUSTERDOWN",
    "MovedError": "MOVED",
}


def _class_names(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def is_redis_fault(error: BaseException) -> bool:
    """Whether the server or the way to it failed, rather than a program."""
    return isinstance(error, OSError) or "RedisError" in _class_names(error)


def describe(client: Any) -> str:
    """host:port or the socket of a client; never its password."""
    pool = getattr(client, "connection_pool", None)
    kwargs = getattr(pool, "connection_kwargs", None)
    if not isinstance(kwargs, dict):
        return "Redis"
    if kwargs.get("path"):
        return f"Redis at {kwargs['path']}"
    return f"Redis at {kwargs.get('host', 'localhost')}:{kwargs.get('port', 6379)}"


def explain(error: BaseException, client: Any, doing: str) -> SkolError:
    """The error to raise instead; `doing` names what was tried and the key."""
    where = describe(client)
    names = _class_names(error)
    text = " ".join(str(error).split())
    if text.startswith("WRONGTYPE"):
        return ModelError(f"{doing}: {where} has no string there, so no model: use another key")
    code = next((_CODE_OF_CLASS[name] for name in names if name in _CODE_OF_CLASS), text)
    for reply, meaning in _REPLIES:
        if code.startswith(reply):
            return StorageError(f"{doing}: {where}: {reply}: {meaning}")
    if "AuthenticationError" in names:
        code = "WRONGPASS" if "invalid" in text.lower() else "NOAUTH"
        return StorageError(f"{doing}: {where}: {code}: {dict(_REPLIES)[code]}")
    if "TimeoutError" in names or isinstance(error, TimeoutError):
        return StorageError(f"{doing}: {where} did not answer in the client's time limit")
    if "refused" in text.lower() or isinstance(error, ConnectionRefusedError):
        return StorageError(
            f"{doing}: {where} refused the connection: is it running? redis-server starts one"
        )
    return StorageError(f"{doing}: {where}: {text[:200] or type(error).__name__}")
