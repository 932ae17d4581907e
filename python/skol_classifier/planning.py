# SPDX-License-Identifier: Apache-2.0
"""Which prediction batch sizes fit in the memory that executors share: skol plan from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ._core import plan as _plan
from .checks import path

Size: TypeAlias = int | str


def plan(
    *,
    base_memory: Size | None = None,
    window_memory: Size | None = None,
    points: Mapping[int, Size] | str | None = None,
    host_base_memory: Size | None = None,
    host_window_memory: Size | None = None,
    device_memory: Size | None = None,
    host_memory: Size | None = None,
    executors: int | str | None = None,
    batch_sizes: Iterable[int] | str | None = None,
    windows: int | str | None = None,
    report: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """The plan that ``skol plan --json`` prints, from the same figures under the same names.

    Sizes are bytes, or text such as ``"6.6GiB"`` and ``"412MB"``. What an executor takes is
    ``base_memory`` and ``window_memory``, or what was measured: ``points={32: "1.0GB", ...}``.
    ``report`` names a file for the same as a page of HTML, which loads nothing.
    ``ParameterError`` for what is missing or no size, ``OutOfMemoryError`` where nothing fits.
    """
    given = {
        "base_memory": base_memory,
        "window_memory": window_memory,
        "points": _points_text(points),
        "host_base_memory": host_base_memory,
        "host_window_memory": host_window_memory,
        "device_memory": device_memory,
        "host_memory": host_memory,
        "executors": executors,
        "batch_sizes": _list_text(batch_sizes),
        "windows": windows,
    }
    # As on the command line, so that the same values are taken and refused with the same words.
    texts = {name: str(value) for name, value in given.items() if value is not None}
    return _plan(texts, page="" if report is None else path("report", report))


def _points_text(points: Mapping[int, Size] | str | None) -> str | None:
    if points is None or isinstance(points, str):
        return points
    return ",".join(f"{batch_size}={size}" for batch_size, size in points.items())


def _list_text(sizes: Iterable[int] | str | None) -> str | None:
    if sizes is None or isinstance(sizes, str):
        return sizes
    return ",".join(str(size) for size in sizes)
