# SPDX-License-Identifier: Apache-2.0
"""differences.py draw LABELS... > judged_lines.tsv; differences.py count [LABELS...]

draw: lines to read, from documents that models labelled which had not seen them (held_back.py
--labels DIR): a systematic sample of the lines on which annotation and model differ, from each kind
of difference, by itself and in runs of 5 lines or more. count: what a reader's judgements of those
lines say of all of them: s, a slip of the annotation; c, a convention that differs from one
document to the next, or content between two labels; m, a mistake of the model, of a kind that
MISTAKES names. With LABELS it also tells the scores of
those as they are and with slips, and conventions too, put right in proportion. No text of the
corpus is in judged_lines.tsv.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from corpus import CORPUS, ROOT, Document, collapsed, read

JUDGED = ROOT / "bench" / "accuracy" / "judged_lines.tsv"
LONG = 5  # lines of one difference on end, from which they are called a run
SEED = 7
# How many lines to draw, by share of the lines of their kind, and no fewer than 4 where there are.
DRAWN, LEAST = 150, 4
MISTAKES = {
    "p": "description in running prose, of the paper on Alternaria or the one on Amanita",
    "d": "other lines of a description",
    "n": "name, synonym or heading of a taxon",
    "e": "last line of a citation",
    "t": "key, table or bibliography",
    "r": "remarks and other text that has no label of its own",
}
HEAD = ("document", "line", "annotation", "model", "run", "of", "judgement")


Kind = tuple[str, str, bool]  # annotation, model, whether in a run


@dataclass
class Difference:
    document: str
    line: int
    annotation: str
    model: str
    run: int  # lines of the run it stands in

    def kind(self) -> Kind:
        return self.annotation, self.model, self.run >= LONG


def differences(document: Document, labels: Path) -> list[Difference]:
    """In order; a run is neighbouring labelled lines with the same two labels."""
    rows = [row.split("\t") for row in labels.read_text().splitlines()[1:]]
    predicted = {int(row[1]): row[2] for row in rows}
    runs: list[list[Difference]] = []
    before = None
    for number, label in zip(document.numbers, document.labels, strict=True):
        now = (collapsed(label), predicted[number])
        if now[0] != now[1]:
            if now != before:
                runs.append([])
            runs[-1].append(Difference(document.path.name, number, *now, 0))
        before = now
    for run in runs:
        for difference in run:
            difference.run = len(run)
    return [difference for run in runs for difference in run]


def draw(found: list[Difference]) -> list[tuple[Difference, int]]:
    """Each with how many of its kind there are. Half of the shares go by square root, so that a
    kind of few lines is not known by four."""
    kinds: dict[Kind, list[Difference]] = defaultdict(list)
    for difference in found:
        kinds[difference.kind()].append(difference)
    roots = sum(math.sqrt(len(lines)) for lines in kinds.values())
    chosen = []
    for number, kind in enumerate(sorted(kinds)):
        lines = kinds[kind]
        share = len(lines) / len(found) / 2 + math.sqrt(len(lines)) / roots / 2
        count = min(max(LEAST, round(DRAWN * share)), len(lines))
        step = len(lines) / count
        start = random.Random(SEED + number).uniform(0, step)
        chosen += [(lines[int(start + i * step)], len(lines)) for i in range(count)]
    return chosen


def find(labels: list[str]) -> list[Difference]:
    files = sorted(file for folder in labels for file in Path(folder).rglob("*.tsv"))
    found = []
    for file in files:
        found += differences(read(CORPUS / f"{file.name.removesuffix('.tsv')}.ann", True), file)
    return found


def agreed(labels: list[str]) -> Counter[str]:
    """Lines of each label on which annotation and model agree."""
    counts: Counter[str] = Counter()
    for file in (file for folder in labels for file in Path(folder).rglob("*.tsv")):
        document = read(CORPUS / f"{file.name.removesuffix('.tsv')}.ann", True)
        counts.update(map(collapsed, document.labels))
    for difference in find(labels):
        counts[difference.annotation] -= 1
    return counts


def macro_f1(agree: Counter[str], lines: dict[Kind, float]) -> float:
    wrong: Counter[str] = Counter()  # missed, and found too much
    for (annotation, model, _), count in lines.items():
        wrong[annotation] += count
        wrong[model] += count
    return sum(2 * agree[k] / (2 * agree[k] + wrong[k]) for k in agree) / len(agree)


def interval(shares: list[tuple[int, float, int]]) -> tuple[float, float]:
    """Lines and half the width of their 95 % interval, from (lines, share, read) of each kind. A
    share is drawn half a line towards 1/2, so that 4 of 4 are not certainty."""
    total = sum(lines * share for lines, share, _ in shares)
    variance = 0.0
    for lines, share, count in shares:
        p = (share * count + 0.5) / (count + 1)
        variance += lines**2 * p * (1 - p) / count * (1 - min(count / lines, 1))
    return total, 1.96 * math.sqrt(variance)


def count(labels: list[str]) -> None:
    table = [row.split("\t") for row in JUDGED.read_text().splitlines()]
    rows = [dict(zip(HEAD, row, strict=True)) for row in table]
    kinds: dict[Kind, Counter[str]] = defaultdict(Counter)
    mistakes: dict[Kind, Counter[str]] = defaultdict(Counter)
    lines: dict[Kind, int] = {}
    for row in rows[1:]:
        kind = row["annotation"], row["model"], int(row["run"]) >= LONG
        kinds[kind][row["judgement"][0]] += 1
        mistakes[kind][row["judgement"][1:]] += 1
        lines[kind] = int(row["of"])
    print("| annotation | model | in runs | lines | read | slips | conventions | mistakes |")
    print("|---" * 8 + "|")
    every: dict[str, list[tuple[int, float, int]]] = defaultdict(list)
    for kind in sorted(kinds, key=lambda kind: -lines[kind]):
        judged = kinds[kind]
        read_lines = judged.total()
        cells = [kind[0], kind[1], "yes" if kind[2] else "no", str(lines[kind]), str(read_lines)]
        for judgement in "scm":
            every[judgement].append((lines[kind], judged[judgement] / read_lines, read_lines))
            cells.append(str(judged[judgement]))
        print("| " + " | ".join(cells) + " |")
    for judgement, name in (("s", "slips"), ("c", "conventions"), ("m", "mistakes")):
        total, width = interval(every[judgement])
        print(f"{name}: {total:,.0f} ± {width:,.0f} of {sum(lines.values()):,} lines")
    for letter, name in MISTAKES.items():
        shares = [
            (lines[k], mistakes[k][letter] / kinds[k].total(), kinds[k].total()) for k in kinds
        ]
        total, _ = interval(shares)
        seen = sum(counts[letter] for counts in mistakes.values())
        print(f"- {name}: {seen} read, about {total:,.0f} lines")
    if not labels:
        return
    agree = agreed(labels)
    for kept, name in (("scm", "as it is"), ("cm", "without slips"), ("m", "mistakes alone")):
        left: dict[Kind, float] = {}
        right = Counter(agree)
        for kind, judged in kinds.items():
            left[kind] = lines[kind] * sum(judged[k] for k in kept) / judged.total()
            right[kind[0]] += lines[kind] - left[kind]
        print(f"macro-F1 {name}: {macro_f1(right, left):.3f}")


def main() -> None:
    match sys.argv[1:]:
        case ["draw", *labels] if labels:
            print("\t".join(HEAD))
            for d, of in draw(find(labels)):
                print(d.document, d.line, d.annotation, d.model, d.run, of, "?", sep="\t")
        case ["count", *labels]:
            count(labels)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
