# SPDX-License-Identifier: Apache-2.0
"""Models, text and runs of the command for the measurements of memory in this folder."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("SKOL_COMMAND", ROOT / "build" / "skol"))
MAKE_MODEL = ROOT / "build" / "skol_make_model"
# Lines of a document: an issue of a journal has some 3,000.
LINES = 3_000
STRIDE = 25


class Shape(NamedTuple):
    hidden_size: int
    num_layers: int

    def __str__(self) -> str:
        return f"{self.hidden_size}x{self.num_layers}"


def make_model(folder: Path, shape: Shape) -> Path:
    path = folder / f"{shape}.skol"
    if not path.exists():
        command = [MAKE_MODEL, path, "--hidden-size", str(shape.hidden_size)]
        subprocess.run([*command, "--num-layers", str(shape.num_layers)], check=True)
    return path


def make_text(folder: Path, windows: int) -> Path:
    """Documents of some `windows` windows in all: lines of 60 characters with 25 to 40 terms that
    the models know, as the lines of the corpus have 50 and 35."""
    folder.mkdir(parents=True, exist_ok=True)
    left = windows * STRIDE + STRIDE
    number = 0
    while left > 0:
        lines = min(left, LINES)
        text = []
        for line in range(lines):
            words = (f"w{(7 * (line + number) + w * w) % 800}" for w in range(13))
            text.append(" ".join(words))
        (folder / f"{number:04}.txt").write_text("\n".join(text) + "\n")
        left -= lines
        number += 1
    return folder


class Run(NamedTuple):
    status: int
    report: dict[str, Any]
    err: str


def predict(
    model: Path,
    text: Path,
    output: Path,
    *options: str,
    before: Callable[[], None] | None = None,
) -> Run:
    command: list[str] = [str(COMMAND), "predict", str(model), str(text), "-o", str(output)]
    done = subprocess.run(
        [*command, "--json", *options],
        capture_output=True,
        text=True,
        preexec_fn=before,
        check=False,
    )
    report = json.loads(done.stdout) if done.returncode == 0 else {}
    return Run(done.returncode, report, done.stderr)
