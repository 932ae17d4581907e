#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed against the batch size, and what auto chooses: python3 bench/budget/sizes.py [64x1 ...]

For each model `auto` is asked a few times; then every size of a grid from 1 to 4096 and the size
that auto chose most often take turns in labelling the same text with the same output. Printed are
medians of windows per second, start and output included. Ends with status 1 where the chosen size
is more than 5 % slower than the best, took more than 5 s to be found, or sizes from 24 on differ
by more than 10 %. To be run on a machine that does nothing else.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from runs import Shape, make_model, make_text, predict

GRID = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096]
# Three of the largest batches: documents are read while another batch is computed.
WINDOWS = 3 * 4_096
ASKED = 3


def rates(model: Path, text: Path, out: Path, sizes: list[int], rounds: int) -> dict[int, float]:
    found: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            run = predict(model, text, out, "--prediction-batch-size", str(size))
            if run.status != 0:
                sys.exit(run.err)
            found[size].append(run.report["windows"] / run.report["seconds"])
    return {size: statistics.median(values) for size, values in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("models", nargs="*", default=["64x1", "128x1", "128x2"])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    ok = True
    with tempfile.TemporaryDirectory(prefix="skol_sizes_") as name:
        folder = Path(name)
        text = make_text(folder / "text", WINDOWS)
        line = make_text(folder / "line", 1)
        for word in arguments.models:
            hidden, layers = word.split("x")
            model = make_model(folder, Shape(int(hidden), int(layers)))
            asked = [
                predict(model, line, folder / "out", "--prediction-batch-size", "auto").report
                for _ in range(ASKED)
            ]
            chosen = statistics.mode(report["prediction_batch_size"] for report in asked)
            seconds = max(report["seconds"] for report in asked)
            found = rates(model, text, folder / "out", sorted({*GRID, chosen}), arguments.rounds)
            best = max(found, key=lambda size: found[size])
            share = found[chosen] / found[best]
            from_24 = [rate for size, rate in found.items() if size >= 24]
            spread = 1 - min(from_24) / max(from_24)
            ok = ok and share >= 0.95 and seconds <= 5 and spread <= 0.10
            print(f"{word}: " + ", ".join(f"{size}: {rate:,.0f}" for size, rate in found.items()))
            print(
                f"  auto: {[r['prediction_batch_size'] for r in asked]} in at most {seconds:.2f} s;"
                f" {chosen} has {share:.1%} of the best, {best}; from 24 on within {spread:.1%}",
                flush=True,
            )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
