# SPDX-License-Identifier: Apache-2.0
"""ablation.py [--folds AC] [--seeds 1]: what each group of rich features brings and costs.

Takes one group of the default away at a time, or adds one it lacks, trains on all but a fold of
the documents, scores that fold and labels all 50 documents: macro-F1, and processor time a line,
loading of the model left out.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import mean, median

from engines import processor_seconds
from held_back import files_of, skol

GROUPS = [
    "words",
    "cased",
    "plain",
    "prefixes",
    "suffixes",
    "shapes",
    "ends",
    "bigrams",
    "line",
    "block",
]
NOT_IN_DEFAULT = ["prefixes", "suffixes"]
CHANGES = [
    [],
    *([group] for group in GROUPS),
    NOT_IN_DEFAULT,
    ["words", "cased", "plain"],
    ["line", "block"],
]
RUNS = 3  # of prediction, of which the median counts


def microseconds(model: Path, files: list[Path]) -> float:
    """Of processor time a line: from all files, less what one of them takes."""

    def run(some: list[Path]) -> tuple[float, int]:
        with tempfile.TemporaryDirectory() as out:
            begin = processor_seconds()
            report = skol("predict", model, *some, "-o", out, "--format", "labels")
            lines = report["lines"] - report["blank_lines"]
        return processor_seconds() - begin, lines

    few, few_lines = min(run(files[:1]) for _ in range(RUNS))
    times = [run(files) for _ in range(RUNS)]
    return 1e6 * (median(seconds for seconds, _ in times) - few) / (times[0][1] - few_lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="rich features without one group at a time")
    parser.add_argument("--folds", default="AC")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--change", help="groups with commas between; default: each in turn")
    parser.add_argument("--times-only", action="store_true", help="one short training each")
    asked = parser.parse_args()
    changes = [asked.change.split(",")] if asked.change else CHANGES
    print("| with or without | " + " | ".join(asked.folds) + " | mean | microseconds a line |")
    print("|---" * (len(asked.folds) + 3) + "|")
    for groups in changes:
        kept = ",".join(g for g in GROUPS if (g in groups) == (g in NOT_IN_DEFAULT))
        scores: dict[str, list[float]] = {fold: [] for fold in asked.folds}
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.skol"
            for fold, seed in ((f, s) for f in asked.folds for s in asked.seeds.split(",")):
                rest, held = files_of(fold)
                options = ["--feature-groups", kept, "--seed", seed, "--validation-fraction", 0]
                options += ["--epochs", 1] if asked.times_only else []
                skol("train", *rest, "-o", model, *options)
                scores[fold].append(skol("evaluate", model, *held)["macro_f1"])
            cost = microseconds(model, rest + held)
        cells = [f"{mean(found):.4f}" for found in scores.values()]
        cells.append(f"{mean(mean(found) for found in scores.values()):.4f}")
        name = ", ".join(f"{'+' if g in NOT_IN_DEFAULT else '-'} {g}" for g in groups)
        name = name or "the default"
        print(f"| {name} | {' | '.join(cells)} | {cost:.1f} |", flush=True)


if __name__ == "__main__":
    main()
