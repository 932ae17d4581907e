# SPDX-License-Identifier: Apache-2.0
"""The benchmark's harness on a small model: it runs, engines agree, and pages say what it measured.

No figure is looked at. The peers are in an environment of their own, which `make bench` makes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from skol_classifier import RNNClassifier

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
PROGRAMS = ROOT / "build" / "bench"
PAGES = ["README.md", "docs/performance.md"]
RESULTS = ROOT / "bench" / "results.json"


# The peers have the guide's network, which reads words and suffixes without an embedding.
@pytest.fixture(scope="module")
def compact_path(
    train_folder: Path, small: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("compact") / "model.skol"
    classifier = RNNClassifier(
        model_params={**small, "features": "compact"}, model_storage="disk", model_path=path
    )
    classifier.fit(train_folder)
    classifier.save_model()
    return path


def run_bench(model: Path, files: list[Path], output: Path, *more: str) -> dict:
    if not (PROGRAMS / "bench_predict_skol").exists():
        pytest.skip("the programs of bench/ are not built")
    if not PEERS.exists():
        pytest.skip(".venv-peers is not there: bench/peers/install.sh makes it")
    small = ["--windows", "12", "--batch-sizes", "1,4", "--passes", "1", "--pass-seconds", "0"]
    inputs = ["--model", str(model), "--output", str(output), "--files", *map(str, files)]
    command = [str(PEERS), str(ROOT / "bench" / "run.py"), *more, *small, "--threads", "1", *inputs]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(output.read_text())


def test_engines_agree_on_probabilities(
    compact_path: Path, gold_files: list[Path], tmp_path: Path
) -> None:
    engines = ["predict", "--engines", "skol,onnxruntime"]
    results = run_bench(compact_path, gold_files, tmp_path / "results.json", *engines)["predict"]
    assert [r["key"] for r in results] == ["skol", "onnxruntime"]
    for result in results:
        assert [p["batch_size"] for p in result["points"]] == [1, 4]
        assert result["agreement"]["equal_labels"] == 1
        assert result["agreement"]["largest_difference"] < 1e-5


def test_engines_agree_on_losses(
    compact_path: Path, gold_files: list[Path], tmp_path: Path
) -> None:
    more = ["train", "--engines", "skol,pytorch", "--train-batch-sizes", "3"]
    results = run_bench(compact_path, gold_files, tmp_path / "results.json", *more)["train"]
    mine, its = (r["points"][0]["losses"] for r in results)
    assert mine[0] == pytest.approx(its[0], rel=1e-4)
    assert len(mine) == len(its) == 4


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_what_was_measured(page: str) -> None:
    report = [sys.executable, "-B", str(ROOT / "bench" / "report.py"), str(RESULTS)]
    subprocess.run([*report, "--check", str(ROOT / page)], check=True)
