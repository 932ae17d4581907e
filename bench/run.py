# SPDX-License-Identifier: Apache-2.0
"""run.py: engines side by side on the same windows and weights; `make bench` runs all of it.

Run by the Python of .venv-peers, after bench/peers/install.sh. Each engine runs in a process of its
own, its answers are compared before it is timed, and the multiply-add peak is measured right before
and after it. Results are kept task by task in --output, so that tasks may be run one at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from end_to_end.skol import measure_end_to_end
from harness.answers import agreement, check, line_probabilities
from harness.engine import Weights, Workload
from harness.machine import about_machine
from harness.processes import (
    BUILD,
    PREDICTION,
    ROOT,
    TRAINING,
    EngineProgram,
    Json,
    output,
    peak_operations,
    run_engine,
)
from memory.peaks import measure_memory
from scaling.curves import CURVES, measure_curves

TASKS = ["predict", "train", "memory", "end_to_end", "scaling"]
CORPUS = Path(os.environ.get("SKOL_CORPUS", ROOT / ".." / "shared" / "corpus"))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="engines side by side")
    parser.add_argument("tasks", nargs="*", choices=[*TASKS, []], help="default: all")
    parser.add_argument("--engines", help="of predict and train, with commas; default: all")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--batch-sizes", default="1,16,64,128,256,1024")
    parser.add_argument("--train-batch-sizes", default="32,64")
    parser.add_argument("--windows", type=int, default=1024)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--pass-seconds", type=float, default=0.3)
    parser.add_argument("--curves", default=",".join(CURVES), help="of scaling, with commas")
    parser.add_argument("--model", type=Path, help="default: one trained on the corpus' train part")
    parser.add_argument("--files", type=Path, nargs="*", help="default: the corpus' test part")
    parser.add_argument("--output", type=Path, default=BUILD / "bench" / "results.json")
    return parser.parse_args()


def part_of_corpus(name: str) -> list[Path]:
    rows = (CORPUS / "split.tsv").read_text().splitlines()[1:]
    return [CORPUS / row.split("\t")[0] for row in rows if row.split("\t")[1] == name]


def trained_model() -> Path:
    path = BUILD / "bench" / "model.skol"
    if not path.exists():
        files = [str(p) for p in part_of_corpus("train")]
        command = [str(BUILD / "skol"), "train", *files, "-o", str(path)]
        command += ["--features", "compact", "--epochs", "4"]
        output(command)
    return path


class Bench:
    def __init__(self, args: argparse.Namespace, folder: Path) -> None:
        self.args, self.folder = args, folder
        self.threads = [int(n) for n in args.threads.split(",")]
        self.model = (args.model or trained_model()).resolve()
        self.files = args.files or part_of_corpus("test")
        self.work_folder = folder / "workload"
        files = [str(p.resolve()) for p in self.files]
        where = ["--windows", str(args.windows), "-o", str(self.work_folder)]
        make = str(BUILD / "bench" / "bench_workload")
        output([make, str(self.model), *files, *where])
        self.work = Workload(str(self.work_folder))
        self._reference: np.ndarray | None = None

    def chosen(self, programs: list[EngineProgram]) -> list[EngineProgram]:
        wanted = self.args.engines.split(",") if self.args.engines else [p.key for p in programs]
        return [p for p in programs if p.key in wanted]

    def common(self) -> list[str]:
        return ["--model", str(self.model), "--workload", str(self.work_folder)]

    def timing(self, batch_sizes: str) -> list[str]:
        passes = ["--passes", str(self.args.passes), "--pass-seconds", str(self.args.pass_seconds)]
        return [*self.common(), "--batch-sizes", batch_sizes, *passes]

    def reference(self) -> np.ndarray:
        """What skol says in fp32."""
        if self._reference is None:
            path = self.folder / "reference.f32"
            only = ["--batch-sizes", "64", "--memory", "--output", str(path)]
            said = run_engine(PREDICTION[0], 1, [*self.common(), *only])
            self._reference = line_probabilities(path, said["answers"], self.work)
        return self._reference

    def predict(self, program: EngineProgram, threads: int) -> Json:
        answers = self.folder / "answers.f32"
        before = peak_operations(threads)
        sizes = self.timing(self.args.batch_sizes)
        result = run_engine(program, threads, [*sizes, "--output", str(answers)])
        said = line_probabilities(answers, result["answers"], self.work)
        found = agreement(said, self.reference(), self.work.labels)
        check(program.key, program.precision, found)
        peaks = around(before, peak_operations(threads))
        return {"key": program.key, **result, "agreement": found, "peak_operations": peaks}

    def train(self, program: EngineProgram, threads: int) -> Json:
        before = peak_operations(threads)
        result = run_engine(program, threads, self.timing(self.args.train_batch_sizes))
        peaks = around(before, peak_operations(threads))
        return {"key": program.key, **result, "peak_operations": peaks}


def around(before: Json, after: Json) -> Json:
    """Of each precision: before an engine ran and after it. They tell of noise from neighbours."""
    return {precision: [before[precision], after[precision]] for precision in before}


# Relative differences between losses of the first steps. Adam's first step moves every weight by
# its rate, however small the gradient, so that rounding in tiny gradients shows. Keras adds Adam's
# epsilon to the root before the bias correction, the others after it: small gradients move less.
MOST_LOSS_DIFFERENCE = {"pytorch": 0.02, "pytorch_bf16": 0.05, "keras": 0.15}


def compare_losses(results: list[Json]) -> None:
    """The first steps from the same weights lose the same, whoever takes them."""
    reference = next((r for r in results if r["key"] == "skol"), None)
    for result in results if reference else []:
        most = MOST_LOSS_DIFFERENCE.get(result["key"], 0.0)
        for mine, its in zip(reference["points"], result["points"], strict=True):
            if not np.allclose(mine["losses"], its["losses"], rtol=most):
                losses = f"{its['losses']}, skol's are {mine['losses']}"
                raise SystemExit(f"{result['key']} trains otherwise: losses {losses}")


def name_of(result: Json) -> tuple[str, int]:
    return result.get("key") or result["curve"], result.get("threads", 0)


def save(path: Path, task: str, results: Json | list[Json]) -> None:
    """Results take the place of those of the same engine or curve, the others stay."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    if isinstance(results, list):
        new = {name_of(r) for r in results}
        results = [r for r in kept.get(task, []) if name_of(r) not in new] + results
    kept[task] = results
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n")


def main() -> None:
    args = parse()
    with tempfile.TemporaryDirectory(prefix="skol-bench-") as folder:
        bench = Bench(args, Path(folder))
        about = about_machine()
        weights = Weights(str(bench.model))
        about |= {"units": weights.units, "layers": weights.layers, "inputs": bench.work.inputs}
        about["windows"] = len(bench.work)
        about["entries_per_line"] = round(bench.work.entries / len(bench.work.labels), 1)
        save(args.output, "about", about)
        for task in args.tasks or TASKS:
            begin = time.perf_counter()
            if task == "predict":
                for program in bench.chosen(PREDICTION):
                    for threads in bench.threads:
                        result = bench.predict(program, threads)
                        save(args.output, task, [result])
                        best = max(np.median(p["windows_per_second"]) for p in result["points"])
                        print(f"predict {program.key}, {threads} threads: {best:.0f} windows/s")
            elif task == "train":
                results = [
                    bench.train(program, threads)
                    for program in bench.chosen(TRAINING)
                    for threads in bench.threads[-1:]
                ]
                compare_losses(results)
                save(args.output, task, results)
            elif task == "memory":
                programs = bench.chosen(PREDICTION)
                sizes = args.batch_sizes
                results = measure_memory(programs, bench.common(), sizes)
                save(args.output, task, results)
            elif task == "end_to_end":
                precisions = [p.precision for p in bench.chosen(PREDICTION[:2])]
                results = measure_end_to_end(bench.model, CORPUS, args.passes, precisions)
                save(args.output, task, results)
            else:
                curves = measure_curves(bench.model, bench.files, args.curves.split(","))
                save(args.output, task, curves)
            print(f"{task}: {time.perf_counter() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
