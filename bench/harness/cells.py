# SPDX-License-Identifier: Apache-2.0
"""What the tables of harness/tables.py are made of: names, numbers, and finding a result."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

Json = dict[str, Any]

NAMES = {
    "skol": "skol",
    "skol_bf16": "skol, bf16",
    "keras": "Keras",
    "keras_xla": "Keras, XLA",
    "pytorch": "PyTorch",
    "pytorch_bf16": "PyTorch, bf16",
    "onnxruntime": "ONNX Runtime",
    "onednn": "oneDNN",
    "onednn_bf16": "oneDNN, bf16",
}
ORDER = list(NAMES)


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """The first column to the left, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def count(x: float) -> str:
    return f"{x:,.0f}"


def spread(values: list[float]) -> str:
    """Median and, behind it, half the range as a share."""
    middle = median(values)
    return f"{count(middle)} ±{50 * (max(values) - min(values)) / middle:.0f} %"


def megabytes(size: float) -> str:
    return count(size / 1e6)


def in_order(results: list[Json]) -> list[Json]:
    return sorted(results, key=lambda r: (r["threads"], ORDER.index(r["key"])))


def rate(result: Json, batch_size: int) -> float | None:
    for point in result["points"]:
        if point["batch_size"] == batch_size:
            return median(point["windows_per_second"])
    return None


def best(result: Json) -> tuple[float, int]:
    """Windows a second and batch size."""
    return max((median(p["windows_per_second"]), p["batch_size"]) for p in result["points"])


def find(results: list[Json], key: str, threads: int) -> Json | None:
    return next((r for r in results if (r["key"], r["threads"]) == (key, threads)), None)


def window_operations(units: int, layers: int = 2, entries: float = 30) -> float:
    """Of one window of 50 lines, as in bench/speed.cc: half of them are new in it."""
    recurrent = layers * 2 * units * 4 * units
    upper = (layers - 1) * 2 * units * 8 * units
    return 2 * 50 * (recurrent + upper + entries * 8 * units / 2 + 2 * units * 16)
