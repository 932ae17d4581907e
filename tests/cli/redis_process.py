# SPDX-License-Identifier: Apache-2.0
"""A real redis-server on a free port, and servers that misbehave."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Callable, List, Optional

HAS_REDIS = bool(shutil.which("redis-server") and shutil.which("redis-cli"))
needs_redis = unittest.skipUnless(HAS_REDIS, "redis-server is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """In memory only; stopped by stop()."""

    def __init__(self, *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skol_redis_"))
        self.port = free_port()
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
            + ["--dir", str(self.folder), *options],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            if "PONG" in self.cli("PING") or "NOAUTH" in self.cli("PING"):
                return
            time.sleep(0.05)
        self.stop()
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cli(self, *arguments: str, password: str = "", stdin: Optional[bytes] = None) -> str:
        """What redis-cli says, errors too."""
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port), *arguments],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(os.environ, REDISCLI_AUTH=password) if password else None,
            timeout=60,
            check=False,
        )
        return done.stdout.decode(errors="replace").strip()

    def uri(self, key: str = "", database: int = 0, who: str = "") -> str:
        return f"redis://{who}127.0.0.1:{self.port}/{database}" + (f"/{key}" if key else "")


class FakeServer:
    """Accepts, reads, and does as it is told with each connection."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.behave = behave
        self.open: List[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:  # stopped
                return
            self.open.append(connection)
            # A client may be gone by then; the next one is served all the same.
            with contextlib.suppress(OSError):
                connection.recv(1 << 16)
                self.behave(connection)

    def stop(self) -> None:
        # A thread that waits in accept() is woken by a shutdown, not by a close.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            connection.close()
