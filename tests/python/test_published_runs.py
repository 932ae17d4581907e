# SPDX-License-Identifier: Apache-2.0
"""`skol top` sees what this package predicts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from skol_command import skol_command

from skol_classifier import _core

# predict() would take minutes.
PROGRAM = """
import sys
from skol_classifier import RNNClassifier
classifier = RNNClassifier.load_from_disk(sys.argv[1], verbosity=0, prediction_batch_size=32)
texts = ["spores smooth, hyaline, thick-walled\\n" * 1_000_000] * 20
try:
    classifier.predict(texts)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "published"
    monkeypatch.setenv("SKOL_STATUS", str(folder))
    return folder


def runs() -> list[dict[str, Any]]:
    top = [skol_command(), "top", "--once", "--json"]
    told = subprocess.run(top, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in told.splitlines()]


def test_a_prediction_is_seen_until_it_ends(model_path: Path, published: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(model_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + 60
        while not (seen := [run for run in runs() if run["windows_done"] > 0]):
            assert process.poll() is None and time.monotonic() < end, "no run was seen"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    (run,) = seen
    assert (run["pid"], run["what"]) == (process.pid, "python")
    assert (run["model"], run["prediction_batch_size"]) == (str(model_path), 32)
    assert run["windows_done"] <= run["windows"]
    assert out == "interrupted\n"
    assert list(published.iterdir()) == []


def test_a_model_that_is_kept_nowhere_has_no_name(model_bytes: bytes) -> None:
    seen: list[dict[str, Any]] = []
    _core.predict(
        _core.Model.from_bytes(model_bytes),
        [_core.Document("a", ["spores smooth"] * 10)],
        progress=lambda documents, lines: seen.extend(runs()),
    )
    assert [(run["what"], run["model"], run["documents"]) for run in seen] == [("python", None, 1)]


def test_a_stream_is_seen_by_its_name_while_it_lives(model_bytes: bytes, published: Path) -> None:
    stream = _core.LineStream(
        _core.Model.from_bytes(model_bytes), run_name="spark worker", model_name="key", threads=1
    )
    (run,) = runs()
    assert (run["what"], run["model"], run["threads"]) == ("spark worker", "key", 1)
    stream.finish()
    assert list(published.iterdir()) == []
