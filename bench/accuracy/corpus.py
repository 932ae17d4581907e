# SPDX-License-Identifier: Apache-2.0
"""Documents of the corpus as every engine of this comparison gets them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("SKOL_CORPUS", ROOT / ".." / "shared" / "corpus")).resolve()

BLOCK = re.compile(r"\[@((?:(?!\[@).)*?)#([A-Za-z][A-Za-z0-9_-]*)\*\]", re.DOTALL)
KEPT = ("Nomenclature", "Description")
OTHER = "Misc-exposition"
FREQUENT = 100  # lines of a label whose F1 says something, as in skol's macro_f1_frequent


@dataclass
class Document:
    path: Path
    lines: list[str]  # annotated ones that are not blank
    labels: list[str]
    numbers: list[int]  # of these lines in the text without markup, from 0


def collapsed(label: str) -> str:
    return label if label in KEPT else OTHER


def read(path: Path, all_labels: bool) -> Document:
    """The lines in blocks. A line with two blocks gets the label of the longer part."""
    text = path.read_text("utf-8-sig")
    parts: dict[int, dict[str, int]] = {}
    plain, line = [], 0
    at = 0

    def take(piece: str, label: str | None) -> None:
        nonlocal line
        plain.append(piece)
        for i, part in enumerate(piece.split("\n")):
            line += i > 0
            if label is not None and part.strip():
                counts = parts.setdefault(line, {})
                counts[label] = counts.get(label, 0) + len(part)

    for block in BLOCK.finditer(text):
        take(text[at : block.start()], None)
        take(block.group(1), block.group(2) if all_labels else collapsed(block.group(2)))
        at = block.end()
    take(text[at:], None)
    lines = "".join(plain).split("\n")
    return Document(
        path,
        [lines[number] for number in parts],
        [max(counts, key=counts.__getitem__) for counts in parts.values()],
        list(parts),
    )


def part(name: str, all_labels: bool) -> list[Document]:
    rows = (CORPUS / "split.tsv").read_text().splitlines()[1:]
    files = [row.split("\t")[0] for row in rows if row.split("\t")[1] == name]
    return [read(CORPUS / file, all_labels) for file in files]


def scores(gold: list[str], predicted: list[str]) -> dict[str, float | dict[str, float]]:
    """Accuracy, and F1 by label, macro-averaged over the labels that occur in either, and over
    those of 100 gold lines or more."""
    by_label = {}
    for label in sorted({*gold, *predicted}):
        pairs = [(g == label, p == label) for g, p in zip(gold, predicted, strict=True)]
        right = sum(g and p for g, p in pairs)
        by_label[label] = 2 * right / sum(g + p for g, p in pairs)
    right = sum(g == p for g, p in zip(gold, predicted, strict=True))
    macro = sum(by_label.values()) / len(by_label)
    frequent = [f1 for label, f1 in by_label.items() if gold.count(label) >= FREQUENT]
    return {
        "accuracy": right / len(gold),
        "macro_f1": macro,
        "macro_f1_frequent": sum(frequent) / max(len(frequent), 1),
        "f1": by_label,
    }
