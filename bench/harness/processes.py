# SPDX-License-Identifier: Apache-2.0
"""Which program is which engine, and running it: each in a process of its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
BUILD = ROOT / "build"

Json = dict[str, Any]


class EngineProgram(NamedTuple):
    """One engine of a task, in one precision."""

    key: str
    command: list[str]
    precision: str = "fp32"


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _built(name: str) -> list[str]:
    return [str(BUILD / "bench" / name)]


PREDICTION = [
    EngineProgram("skol", _built("bench_predict_skol")),
    EngineProgram("skol_bf16", _built("bench_predict_skol"), "bf16"),
    EngineProgram("keras", _module("predict.keras")),
    EngineProgram("keras_xla", _module("predict.keras_xla")),
    EngineProgram("pytorch", _module("predict.pytorch")),
    EngineProgram("pytorch_bf16", _module("predict.pytorch"), "bf16"),
    EngineProgram("onnxruntime", _module("predict.onnxruntime")),
    EngineProgram("onednn", _built("bench_predict_onednn")),
    EngineProgram("onednn_bf16", _built("bench_predict_onednn"), "bf16"),
]
TRAINING = [
    EngineProgram("skol", _built("bench_train_skol")),
    EngineProgram("keras", _module("train.keras")),
    EngineProgram("pytorch", _module("train.pytorch")),
    EngineProgram("pytorch_bf16", _module("train.pytorch"), "bf16"),
]


def output(command: list[str], **environment: str) -> str:
    """What a program prints; its last words where it fails."""
    done = subprocess.run(
        command, cwd=BENCH, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(command)}\n{done.stderr[-4000:]}")
    return done.stdout


def json_output(command: list[str], **environment: str) -> Json:
    """The last line it prints."""
    return json.loads(output(command, **environment).splitlines()[-1])


def run_engine(program: EngineProgram, threads: int, arguments: list[str]) -> Json:
    settings = ["--threads", str(threads), "--precision", program.precision]
    return json_output([*program.command, *settings, *arguments], OMP_NUM_THREADS=str(threads))


def peak_operations(threads: int) -> Json:
    """Floating-point operations a second of multiply-adds alone: fp32, and bf16 where it is."""
    return json_output([*_built("bench_peak"), "--threads", str(threads)])
