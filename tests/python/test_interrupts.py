# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C ends a prediction soon, and the classifier can still be used (fit: test_threads)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# Either call would take minutes.
CALLS = {
    "predict": "classifier.predict(texts)",
    "one large batch": (
        "setattr(classifier._model, 'prediction_batch_size', 1_000_000), classifier.predict(texts)"
    ),
}

PROGRAM = """
import sys
from skol_classifier import RNNClassifier
classifier = RNNClassifier.load_from_disk(sys.argv[1], verbosity=0)
texts = ["spores smooth, hyaline, thick-walled\\n" * 1_000_000] * 20
print("begin", flush=True)
try:
    CALL
except KeyboardInterrupt:
    print("interrupted", len(classifier.predict(["Amanita nova sp. nov."])), flush=True)
"""


@pytest.mark.parametrize("call", CALLS)
def test_ctrl_c_ends_it(call: str, model_path: Path) -> None:
    program = PROGRAM.replace("CALL", CALLS[call])
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(model_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    time.sleep(1.5)
    assert process.poll() is None, "ended before it could be interrupted"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert out == "interrupted 1\n"
