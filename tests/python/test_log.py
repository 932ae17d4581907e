# SPDX-License-Identifier: Apache-2.0
"""What is said at which verbosity, and where."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from skol_classifier import RNNClassifier

SESSION = """
import sys
from pathlib import Path
from skol_classifier import RNNClassifier
{before}
classifier = RNNClassifier.load_from_disk({path!r}, verbosity={verbosity})
classifier.predict(["a line of text"])
"""


def said(path: Path, verbosity: int, before: str = "") -> tuple[str, str]:
    code = SESSION.format(path=str(path), verbosity=verbosity, before=before)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout, done.stderr


def test_without_logging_configured_stderr_gets_it(model_path: Path) -> None:
    assert said(model_path, 0) == ("", "")
    out, major = said(model_path, 1)
    assert out == ""
    assert major.startswith(f"loaded {model_path}: ")
    assert major.count("\n") == 1
    _, counts = said(model_path, 2)
    assert "1 windows in 1 calls" in counts


def test_a_configuration_of_logging_is_obeyed(model_path: Path) -> None:
    before = (
        "import logging; logging.basicConfig("
        "level='{}', stream=sys.stdout, format='[%(name)s] %(message)s')"
    )
    out, err = said(model_path, 2, before.format("INFO"))
    assert err == ""
    assert out.startswith("[skol_classifier] loaded ")
    assert "windows" not in out
    assert said(model_path, 2, before.format("ERROR")) == ("", "")
    mute = "import logging; logging.getLogger('skol_classifier').setLevel('ERROR')"
    assert said(model_path, 2, mute) == ("", "")
    disabled = "import logging; logging.disable(logging.CRITICAL)"
    assert said(model_path, 2, disabled) == ("", "")


def test_no_handler_is_attached_to_anything(classifier: RNNClassifier) -> None:
    classifier.set_params(verbosity=3).predict(["a line"])
    assert logging.getLogger("skol_classifier").handlers == []


def test_a_gpu_that_is_asked_for_is_said_to_be_missing(
    classifier: RNNClassifier, caplog: pytest.LogCaptureFixture
) -> None:
    classifier.set_params(use_gpu_in_udf=True, verbosity=1).predict(["a line"])
    assert "computing on the CPU" in caplog.text
