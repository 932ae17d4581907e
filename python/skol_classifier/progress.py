# SPDX-License-Identifier: Apache-2.0
"""How far a run is: one line on a terminal that is written over, one output in a notebook.

Nothing is shown anywhere else, as in a file or a pipe, nor at verbosity 0.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from html import escape
from typing import Any, Protocol

_BAR_COLUMNS = 24
_SECONDS_BETWEEN_DRAWS = 0.1  # a notebook sends each over the network


class _Place(Protocol):
    def draw(self, share: float | None, text: str) -> None: ...
    def end(self) -> None: ...


class Progress:
    """For one run. `title` says what runs, `unit` what is counted."""

    def __init__(
        self,
        verbosity: int,
        title: str,
        unit: str = "windows",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title, self._unit, self._clock = title, unit, clock
        self._place = _place() if verbosity >= 1 else None
        self.restart()

    @property
    def shown(self) -> bool:
        return self._place is not None

    def restart(self, seconds_ago: float = 0) -> None:
        """Rate and time left are those from now on, or from a while ago."""
        self._next_draw = self._clock()
        self._begin = self._next_draw - seconds_ago

    def update(
        self, done: int, total: int | None, *, share: float | None = None, status: str = ""
    ) -> None:
        """`share` of the run, 0 to 1: done / total where it is not given; None without either."""
        if self._place is None:
            return
        if share is None and total:
            share = done / total
        finished = share is not None and share >= 1
        now = self._clock()
        if now < self._next_draw and not finished:
            return
        self._next_draw = now + _SECONDS_BETWEEN_DRAWS
        seconds = max(now - self._begin, 1e-3)
        of = f" of {total:,}" if total else ""
        facts = [f"{done:,}{of} {self._unit}", f"{done / seconds:,.0f} {self._unit}/s"]
        if share:
            facts.append(f"{_clock_text(seconds * max(0.0, 1 - share) / share)} left")
        if status:
            facts.append(status)
        self._place.draw(share, f"{self._title}: {', '.join(facts)}")

    def end(self) -> None:
        if self._place is not None:
            self._place.end()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def _clock_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _place() -> _Place | None:
    display = _notebook_display()
    if display is not None:
        return _Notebook(display)
    if sys.stderr is not None and sys.stderr.isatty():
        return _Terminal()
    return None


class _Terminal:
    def __init__(self) -> None:
        self._width = 0

    def draw(self, share: float | None, text: str) -> None:
        line = text
        if share is not None:
            full = round(min(share, 1) * _BAR_COLUMNS)
            line = f"{'#' * full}{'.' * (_BAR_COLUMNS - full)} {min(share, 1):4.0%}  {text}"
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = max(self._width, len(line))

    def end(self) -> None:
        """The line goes away: what a run has to tell that stays is a message of its own."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


def _notebook_display() -> Callable[..., Any] | None:
    """IPython's display() where a notebook runs this. IPython is never imported for it: where it is
    not there already, this is no notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or getattr(shell, "kernel", None) is None:
        return None
    from IPython.display import display

    shown: Callable[..., Any] = display
    return shown


class _Bar:
    """One state of the bar, for a notebook. Nothing is loaded; colours are the page's own."""

    def __init__(self, share: float | None, text: str) -> None:
        self._share, self._text = share, text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        value = "" if self._share is None else f' value="{min(self._share, 1):.4f}"'
        return f'<div><progress max="1"{value}></progress> {escape(self._text)}</div>'


class _Notebook:
    def __init__(self, display: Callable[..., Any]) -> None:
        self._display = display
        self._handle: Any = None

    def draw(self, share: float | None, text: str) -> None:
        bar = _Bar(share, text)
        if self._handle is None:
            self._handle = self._display(bar, display_id=True)
        else:
            self._handle.update(bar)

    def end(self) -> None:
        """The last state stays, as outputs of a notebook do."""
