#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The memory model against measured peaks: python3 bench/budget/peaks.py

For thirty pairs of model and batch size, `skol plan --model` says before anything is loaded what
the process will take, `skol predict` what it planned once the model was loaded (planned_bytes) and
what it took (peak_bytes: VmHWM, the most the process ever held). Ends with status 1 where the
median error is above 5 % or a plan is more than 3 % under.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from runs import COMMAND, Shape, make_model, make_text, predict

# Batches of many windows with small models, for such a model takes seconds for what a large one
# takes minutes for.
PAIRS = [
    *((Shape(64, 1), batch) for batch in (1, 16, 64, 256, 1024, 4096)),
    *((Shape(64, 3), batch) for batch in (1, 48, 333, 2048)),
    *((Shape(128, 1), batch) for batch in (1, 7, 96, 4096)),
    *((Shape(128, 2), batch) for batch in (1, 24, 64, 128, 1000, 4096)),
    *((Shape(256, 1), batch) for batch in (1, 64, 512)),
    *((Shape(256, 3), batch) for batch in (3, 32, 256)),
    *((Shape(512, 1), batch) for batch in (1, 64, 300)),
    *((Shape(512, 3), batch) for batch in (32,)),
]
MOST_UNDER = 0.03
MEDIAN = 0.05


def plan(model: Path, text: Path, batch: int) -> int:
    command = [COMMAND, "plan", text, "--model", model, "--batch-sizes", str(batch), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["rows"][0]["executor_bytes"]


def main() -> int:
    errors, early = [], []
    print(f"{'model':>8}{'batch':>7}{'plan':>12}{'planned':>12}{'peak':>12}{'error':>9}")
    with tempfile.TemporaryDirectory(prefix="skol_peaks_") as name:
        folder = Path(name)
        for shape, batch in PAIRS:
            # A batch and a quarter, or a few: what waits for a batch is there, and no more work.
            windows = max(batch + batch // 4, 120 if shape.hidden_size < 512 else 60)
            text = make_text(folder / f"text{windows}", windows)
            model = make_model(folder, shape)
            before = plan(model, text, batch)
            size = ["--prediction-batch-size", str(batch)]
            run = predict(model, text, folder / "out", *size)
            if run.status != 0:
                sys.exit(run.err)
            planned, peak = run.report["planned_bytes"], run.report["peak_bytes"]
            errors.append(planned / peak - 1)
            early.append(before / peak - 1)
            print(
                f"{shape!s:>8}{batch:>7}{before:>12}{planned:>12}{peak:>12}{errors[-1]:>+9.1%}",
                flush=True,
            )
    ok = True
    for name, found in (("planned", errors), ("plan", early)):
        median, least = statistics.median(map(abs, found)), min(found)
        ok = ok and median <= MEDIAN and least >= -MOST_UNDER
        print(
            f"{name}: {len(found)} pairs, median error {median:.1%}, most under {least:+.1%}, "
            f"most over {max(found):+.1%}"
        )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
