# SPDX-License-Identifier: Apache-2.0
"""Annotated files to annotated files by the command, and how long one waits for a first label."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from harness.processes import BUILD, Json, json_output, output

SKOL = str(BUILD / "skol")


def whole_corpus(model: Path, corpus: Path, passes: int, precision: str) -> Json:
    """Passes over the whole corpus with 2 threads, each a process with an empty folder to fill."""
    reports = []
    more = [] if precision == "fp32" else ["--precision", precision]
    with tempfile.TemporaryDirectory(prefix="skol-bench-") as folder:
        for _ in range(passes + 1):
            out = Path(folder) / "out"
            shutil.rmtree(out, ignore_errors=True)
            command = [SKOL, "predict", str(model), str(corpus), "-o", str(out), "--json"]
            begin = time.perf_counter()
            report = json.loads(output([*command, "--threads", "2", *more]))
            reports.append({**report, "process_seconds": time.perf_counter() - begin})
    first, *timed = reports  # the first finds the files' pages cold
    return {
        "precision": precision,
        "documents": first["documents"],
        "lines": first["lines"],
        "classified_lines": first["lines"] - first["blank_lines"],
        "windows": first["windows"],
        "seconds": [r["process_seconds"] for r in timed],
        "peak_bytes": max(r["peak_bytes"] for r in timed),
    }


def first_label(model: Path, corpus: Path, passes: int) -> list[float]:
    """Seconds from the start of a process to the first label of 50 lines on standard input."""
    text = next(iter(sorted(corpus.glob("*.ann")))).read_bytes()
    lines = [line for line in text.splitlines(keepends=True) if line.strip()][:50]
    command = [SKOL, "predict", str(model), "-", "--format", "jsonl", "--threads", "2"]
    seconds = []
    for _ in range(passes + 1):
        begin = time.perf_counter()
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdin and process.stdout
            process.stdin.write(b"".join(lines))
            process.stdin.close()
            process.stdout.readline()
            seconds.append(time.perf_counter() - begin)
            process.stdout.read()
    return seconds[1:]


def model_loads(model: Path, passes: int) -> list[float]:
    """Seconds from the path of the model's file to a model, its page cache warm."""
    program = str(BUILD / "bench" / "bench_load_skol")
    return json_output([program, str(model), str(passes)])["seconds"]


def measure_end_to_end(model: Path, corpus: Path, passes: int, precisions: list[str]) -> Json:
    return {
        "corpus": [whole_corpus(model, corpus, passes, precision) for precision in precisions],
        "first_label_seconds": first_label(model, corpus, 2 * passes),
        "load_seconds": model_loads(model, 2 * passes),
    }
