# SPDX-License-Identifier: Apache-2.0
"""A real redis-server of the tests' own: on a free port, in a folder that goes away."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

redis = pytest.importorskip("redis")

_SECONDS_TO_START = 20


@dataclass(frozen=True)
class RedisServer:
    port: int

    def client(self, **options: Any) -> Any:
        # Without the client's own retries, which would only make failures slow.
        settings = {"socket_timeout": 10, "retry": None, **options}
        return redis.Redis(host="127.0.0.1", port=self.port, **settings)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running_redis(folder: Path, *options: str) -> Iterator[RedisServer]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(free_port())
    command = [program, "--port", str(server.port), "--bind", "127.0.0.1", "--save", ""]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--dir", str(folder), *options], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(server: RedisServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < end:
        assert process.poll() is None, "redis-server ended; its log is in its folder"
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"redis-server does not listen on port {server.port}")
