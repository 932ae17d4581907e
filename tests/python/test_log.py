# SPDX-License-Identifier: Apache-2.0
"""What is said at which verbosity, and where."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from skol_classifier import RNNClassifier, log

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


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_on_a_terminal_that_goes_away() -> None:
    with redirect_stderr(Terminal()) as terminal, log.Progress(1) as progress:
        progress.show("predict: 10 windows")
        progress.show("short")
    written = terminal.getvalue()
    assert written == "\rpredict: 10 windows\rshort              \r" + " " * 19 + "\r"


def test_progress_is_shown_while_predicting_and_training(
    classifier: RNNClassifier, train_folder: Path, texts: list[str]
) -> None:
    with redirect_stderr(Terminal()) as terminal:
        classifier.set_params(verbosity=1).predict(texts)
        assert "\rpredict: " in terminal.getvalue()
        RNNClassifier(hidden_size=4, num_layers=1, epochs=1).fit(train_folder)
        assert "\rtrain: epoch 1/1" in terminal.getvalue()


def test_silence_shows_no_progress(classifier: RNNClassifier) -> None:
    with redirect_stderr(Terminal()) as terminal:
        classifier.set_params(verbosity=0).predict(["a line"])
    assert terminal.getvalue() == ""


def test_a_file_gets_no_progress(classifier: RNNClassifier) -> None:
    with redirect_stderr(io.StringIO()) as file:
        classifier.set_params(verbosity=1).predict(["a line"])
    assert "\r" not in file.getvalue()


def test_a_gpu_that_is_asked_for_is_said_to_be_missing(
    classifier: RNNClassifier, caplog: pytest.LogCaptureFixture
) -> None:
    classifier.set_params(use_gpu_in_udf=True, verbosity=1).predict(["a line"])
    assert "computes on the CPU" in caplog.text
