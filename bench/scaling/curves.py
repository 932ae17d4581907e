# SPDX-License-Identifier: Apache-2.0
"""The curves of bench_scaling_skol, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

from harness.processes import BUILD, Json, json_output

CURVES = ["document_lines", "vocabulary", "hidden_size", "window_size", "stride", "threads"]
# The network of a vocabulary of 1,000,000 words is 4 GB, which is twice in memory for a moment.
BYTES_PER_WORD = 12 * 1024


def measure_curves(model: Path, files: list[Path], curves: list[str]) -> list[Json]:
    free = int(Path("/proc/meminfo").read_text().partition("MemAvailable:")[2].split()[0]) * 1024
    program = str(BUILD / "bench" / "bench_scaling_skol")
    texts = ["--files", *map(str, files)]
    common = ["--model", str(model), "--most", str(free // BYTES_PER_WORD), *texts]
    return [json_output([program, curve, *common]) for curve in curves]
