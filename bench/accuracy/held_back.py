# SPDX-License-Identifier: Apache-2.0
"""held_back.py [--folds AB] [--seeds 42] [--labels DIR] -- TRAIN OPTION...: choosing without the
test part.

Trains on the documents that split.tsv calls train but for one fold of them, and scores that fold.
A fold is a volume of Mycotaxon, two or three issues of Persoonia and ten single papers; D is what
the others leave, without such a volume. --labels also writes the labels of each fold's documents.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any

from corpus import CORPUS, ROOT

SINGLE = "mycotaxon_117_s{}"
FOLDS = {
    "A": ["mycotaxon_56_n1", "persoonia_17_n3", "persoonia_17_n4"]
    + [SINGLE.format(i) for i in range(30, 40)],
    "B": ["mycotaxon_54_n1", "persoonia_16_n1", "persoonia_16_n2"]
    + [SINGLE.format(i) for i in range(1, 11)],
    "C": ["mycotaxon_55_n1", "persoonia_16_n3", "persoonia_17_n1"]
    + [SINGLE.format(i) for i in range(11, 21)],
}


def skol(*words: object) -> Any:
    command = [str(ROOT / "build" / "skol"), *(str(word) for word in words), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def document(file: Path) -> str:
    return file.name.removesuffix(".txt.ann")


def files_of(fold: str) -> tuple[list[Path], list[Path]]:
    """To train on, and held back."""
    rows = [row.split("\t") for row in (CORPUS / "split.tsv").read_text().splitlines()[1:]]
    files = [CORPUS / file for file, part, *_ in rows if part == "train"]
    named = {name for names in FOLDS.values() for name in names}
    folds = {**FOLDS, "D": [name for name in map(document, files) if name not in named]}
    held = [file for file in files if document(file) in folds[fold]]
    return [file for file in files if file not in held], held


def main() -> None:
    parser = argparse.ArgumentParser(description="scores on documents held back")
    parser.add_argument("--folds", default="AB")
    parser.add_argument("--seeds", default="42")
    parser.add_argument("--labels", type=Path, help="folder for DIR/FOLD/SEED/DOCUMENT.tsv")
    parser.add_argument("options", nargs="*", help="of skol train, behind --")
    asked = parser.parse_args()
    scores = []
    for fold in asked.folds:
        rest, held = files_of(fold)
        for seed in asked.seeds.split(","):
            with tempfile.TemporaryDirectory() as folder:
                model = Path(folder) / "model.skol"
                trained = skol("train", *rest, "-o", model, "--seed", seed, *asked.options)
                found = skol("evaluate", model, *held)
                if asked.labels:
                    out = asked.labels / fold / seed
                    skol("predict", model, *held, "-o", out, "--format", "labels")
            labels = {name: round(label["f1"], 4) for name, label in found["labels"].items()}
            print(
                f"{fold} {seed}: macro-F1 {found['macro_f1']:.4f}, accuracy "
                f"{found['accuracy']:.4f}, calibration error "
                f"{found['expected_calibration_error']:.4f}, training {trained['seconds']:.0f} s "
                f"in {trained['epochs']} epochs, {labels}",
                flush=True,
            )
            scores.append(found["macro_f1"])
    print(f"mean macro-F1 {mean(scores):.4f}")


if __name__ == "__main__":
    main()
