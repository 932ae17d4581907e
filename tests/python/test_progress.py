# SPDX-License-Identifier: Apache-2.0
"""The bar of a run: on a terminal, in a notebook, and nowhere else."""

from __future__ import annotations

import io
import re
import sys
from contextlib import redirect_stderr
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from skol_classifier import RNNClassifier
from skol_classifier.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Notebook:
    """What IPython shows, as far as the bar uses it: outputs, each of which may be replaced."""

    def __init__(self) -> None:
        self.outputs: list[list[Any]] = []

    def display(self, what: Any, display_id: bool) -> Any:
        assert display_id
        states = [what]
        self.outputs.append(states)
        return SimpleNamespace(update=states.append)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    shown = Notebook()
    ipython, displays = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    displays.display = shown.display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", displays)
    return shown


def test_a_terminal_gets_one_line_with_share_rate_and_time_left_that_goes_away() -> None:
    clock = Clock()
    with redirect_stderr(Terminal()) as terminal, Progress(1, "predict", clock=clock) as progress:
        clock.now += 2
        progress.update(1_000, 4_000)
        clock.now += 0.05
        progress.update(1_001, 4_000)  # too soon to be drawn
        clock.now += 2
        progress.update(4_000, 4_000)
    first, second, blank, end = terminal.getvalue().split("\r")[1:]
    text = "predict: 1,000 of 4,000 windows, 500 windows/s, 0:06 left"
    assert first == f"######.................. {' 25%'}  {text}"
    assert second.rstrip() == (
        f"{'#' * 24} 100%  predict: 4,000 of 4,000 windows, 988 windows/s, 0:00 left"
    )
    assert len(blank) == max(len(first), len(second))
    assert (blank.strip(), end) == ("", "")


def test_without_a_total_there_is_a_rate_alone() -> None:
    clock = Clock()
    with redirect_stderr(Terminal()) as terminal, Progress(1, "predict", clock=clock) as progress:
        clock.now += 4
        progress.update(1_000, None, status="3 partitions")
    shown = terminal.getvalue().split("\r")[1]
    assert shown == "predict: 1,000 windows, 250 windows/s, 3 partitions"


def test_hours_are_told_as_such() -> None:
    clock = Clock()
    with redirect_stderr(Terminal()) as terminal, Progress(1, "train", clock=clock) as progress:
        clock.now += 100
        progress.update(1, 100)
    assert "2:45:00 left" in terminal.getvalue()


def test_a_notebook_gets_one_output_that_is_replaced(
    notebook: Notebook, classifier: RNNClassifier, texts: list[str]
) -> None:
    classifier.set_params(verbosity=1, prediction_batch_size=1).predict(texts)
    (states,) = notebook.outputs
    text, html = repr(states[-1]), states[-1]._repr_html_()
    assert re.fullmatch(r"predict: \d+ of \d+ windows, [\d,]+ windows/s(, 0:00 left)?", text), text
    assert "<progress" in html
    assert text in html
    assert not re.search(r"https?:|<script|<link", html)


def test_a_terminal_of_ipython_is_a_terminal(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: SimpleNamespace())
    with redirect_stderr(Terminal()) as terminal, Progress(1, "predict") as progress:
        progress.update(1, 2)
    assert notebook.outputs == []
    assert "predict: 1 of 2 windows" in terminal.getvalue()


def test_silence_shows_nothing_anywhere(notebook: Notebook, classifier: RNNClassifier) -> None:
    with redirect_stderr(Terminal()) as terminal:
        classifier.set_params(verbosity=0).predict(["a line"])
    assert terminal.getvalue() == ""
    assert notebook.outputs == []


def test_a_file_gets_nothing(classifier: RNNClassifier) -> None:
    with redirect_stderr(io.StringIO()) as file:
        classifier.set_params(verbosity=1).predict(["a line"])
    assert "\r" not in file.getvalue()


def test_windows_are_counted_to_the_last_and_epochs_named(
    classifier: RNNClassifier, train_folder: Path, texts: list[str]
) -> None:
    counted = []
    with redirect_stderr(Terminal()) as terminal:
        classifier.set_params(verbosity=1, prediction_batch_size=1).predict(texts)
        counted = re.findall(r"predict: (\d+) of (\d+) windows", terminal.getvalue())
        RNNClassifier(hidden_size=4, num_layers=1, epochs=1, final_refit=True).fit(train_folder)
    windows = classifier.stats_["windows"]
    assert counted
    assert {int(total) for _, total in counted} == {windows}
    assert all(int(done) <= windows for done, _ in counted)
    assert re.search(r"\rtrain: |  train: .* windows/s.*, epoch 1/1, loss ", terminal.getvalue())
    assert "refit, epoch 1/1" in terminal.getvalue()
