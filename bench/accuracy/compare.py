# SPDX-License-Identifier: Apache-2.0
"""compare.py: labels of several engines on one split of the corpus, as JSON and as a table.

    python bench/accuracy/compare.py [--engines NAME,NAME] [--labels all] [--seeds 42,1,2]

Trains on what split.tsv calls train, labels what it calls test, each engine in turn and alone. An
engine that is not installed is left out by name. Needs build/skol and bench/accuracy/requirements.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from typing import Any

from corpus import ROOT, part, scores
from engines import ENGINES

AVERAGES = ("accuracy", "macro_f1", "macro_f1_frequent")


def measure(name: str, all_labels: bool, seed: int) -> dict[str, Any]:
    """In a process of its own, so that its peak of memory is its own."""
    train, test = part("train", all_labels), part("test", all_labels)
    try:
        result = ENGINES[name](train, test, seed)
    except ImportError as error:
        return {"skipped": str(error)}
    predicted = result.pop("predicted", None)
    if predicted is not None:
        gold = [label for document in test for label in document.labels]
        result.update(scores(gold, predicted))
        result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return result


def table(results: dict[str, list[dict[str, Any]]]) -> str:
    head = "| engine | accuracy | macro-F1 | of frequent labels | Nomenclature | Description "
    head += "| lines/s | a processor second | training | processor time | peak |"
    rows = [head, "|---" * 11 + "|"]
    for name, runs in results.items():
        if "skipped" in runs[0]:
            rows.append(f"| {name} | not run: {runs[0]['skipped']} |||||||||| ")
            continue
        cells = [f"{mean(run[key] for run in runs):.4f}" for key in AVERAGES]
        for label in ("Nomenclature", "Description"):
            cells.append(f"{mean(run['f1'].get(label, 0.0) for run in runs):.4f}")
        for key in ("lines_per_second", "lines_per_processor_second"):
            cells.append(f"{mean(run[key] for run in runs):,.0f}")
        for key in ("train_seconds", "train_processor_seconds"):
            cells.append(f"{mean(run[key] for run in runs):.0f} s")
        cells.append(f"{max(run['peak_bytes'] for run in runs) / 2**20:,.0f} MiB")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="labels of several engines on one split")
    parser.add_argument("--engines", default=None, help="names with ';' between; default: all")
    parser.add_argument("--labels", choices=["collapsed", "all"], default="collapsed")
    parser.add_argument("--seeds", default="42")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "accuracy.json")
    asked = parser.parse_args()
    names = asked.engines.split(";") if asked.engines else list(ENGINES)
    results: dict[str, list[dict[str, Any]]] = {}
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in names:
            jobs = [(name, asked.labels == "all", int(seed)) for seed in asked.seeds.split(",")]
            results[name] = [pool.apply(measure, job) for job in jobs]
            print(name, json.dumps(results[name][0]), file=sys.stderr, flush=True)
    asked.output.write_text(json.dumps({"labels": asked.labels, "results": results}, indent=1))
    print(table(results), end="")


if __name__ == "__main__":
    main()
