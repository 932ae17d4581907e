#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the sample: made-up taxonomic papers, annotated, to train on and to score on.

usage: make_sample.py [--check] FOLDER

The same bytes on every run. --check writes nothing and ends with status 1 where FOLDER differs from
what would be written. Papers differ in the organisms, the order of their parts, their typography
and in what their annotator called a description, so that a model that knows the training papers
still errs on the others.
"""

import sys
from pathlib import Path
from typing import Dict, List

import sample_words as words
from sample_text import Block, Dice, Writer, annotated, paginate, wrap

SEED = 20110901
PARTS = {"train": 24, "gold": 6}


class Paper:
    """A document in the making: its style is drawn once, its blocks come in reading order."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = Dice(seed)
        self.blocks: List[Block] = []
        self.kinds = [
            dice.pick(["agaric", "ascomycete", "hyphomycete", "lichen"]) for _ in range(2)
        ]
        self.write = Writer(dice, self.kinds)
        self.width = dice.between(60, 88)
        self.hyphenation = dice.pick([0.0, 0.3, 0.6])
        self.airy = dice.pick([0.3, 0.6, 0.9])
        self.latin = dice.chance(0.4)
        self.inline_heading = dice.chance(0.5)
        self.organs_apart = dice.chance(0.25)
        self.ends_with_habitat = dice.chance(0.35)
        self.culture_label = dice.pick(["Description", "Misc-exposition"])
        self.type_label = dice.pick(["Nomenclature", "Misc-exposition"])
        self.habitat_label = dice.pick(["Habitat-distribution", "Misc-exposition"])

    def add(self, label: str, *texts: str) -> None:
        """A block; every text starts a line of its own."""
        lines = [
            line for text in texts for line in wrap(text, self.width, self.dice, self.hyphenation)
        ]
        self.blocks.append(Block(label, lines, self.dice.chance(self.airy)))

    def prose(self, heading: str, kind: str, count: int) -> None:
        text = self.write.sentences(kind, count)
        if self.inline_heading:
            self.add("Misc-exposition", f"{heading} {self.write.dash} {text}")
        else:
            self.add("Misc-exposition", heading)
            self.add("Misc-exposition", text)

    def front_matter(self) -> None:
        expand = self.write.expand
        self.add("Misc-exposition", expand("<title>"))
        self.add(
            "Misc-exposition",
            expand("<initials> <surname> & <initials> <surname>"),
            expand("Herbarium <herbarium>, <place>, <country>"),
        )
        self.add(
            "Abstract", "Abstract " + self.write.dash + " " + self.write.sentences("abstract", 2)
        )
        self.prose("Introduction", "intro", self.dice.between(3, 9))
        self.prose(
            self.dice.pick(["Materials and methods", "Methods"]), "methods", self.dice.between(2, 5)
        )

    def nomenclature(self) -> None:
        """The accepted name with its citation, or a new name, then the names it replaces."""
        expand, dice = self.write.expand, self.dice
        if dice.chance(0.4):
            name = [expand("<G> <s> <author>, <rank_note>"), expand("MycoBank MB <500000..599999>")]
            self.add("Nomenclature", *(name if dice.chance(0.6) else name[:1]))
        else:
            self.add("Nomenclature", expand("<G> <s> <author>, <citation>."))
        for sign in ["≡", "=", "Basionym:", "="]:
            if dice.chance(0.35):
                self.add("Nomenclature", expand(f"{sign} <G> <s> <author>, <citation>."))
        if dice.chance(0.4):
            self.add(
                self.type_label,
                expand(
                    "Typus: <country>, <place>, on <plant>, <month> <1900..2010>, "
                    "<surname> <100..9999> (holotypus, <herbarium>)."
                ),
            )

    def description(self) -> None:
        kind = self.dice.pick(self.kinds)
        sentences = [
            self.write.expand(text) for text in words.GRAMMAR[kind] if self.dice.chance(0.85)
        ]
        if self.ends_with_habitat and self.dice.chance(0.5):
            sentences.append(self.write.sentences("habitat", 1))
        if self.organs_apart:
            self.add("Description", *sentences)
        else:
            self.add("Description", " ".join(sentences))
        if self.dice.chance(0.3):
            self.add(self.culture_label, self.write.sentences("culture", 1))

    def treatment(self) -> None:
        """All about one species."""
        dice, expand = self.dice, self.write.expand
        self.nomenclature()
        if self.latin and dice.chance(0.7):
            self.add("Diagnosis", self.write.sentences("latin", 1))
        if dice.chance(0.4):
            self.add("Misc-exposition", expand("<etymology>"))
        self.description()
        if dice.chance(0.6):
            self.add(self.habitat_label, self.write.sentences("habitat", 1))
        if dice.chance(0.7):
            self.add(
                "Misc-exposition",
                expand("<specimen_head>. ") + self.write.sentences("specimen", dice.between(1, 4)),
            )
        discussion = self.write.sentences("discussion", dice.between(2, 6))
        heading = dice.pick(["Notes", "Remarks", "Discussion", ""])
        self.add(
            "Misc-exposition",
            f"{heading} {self.write.dash} {discussion}" if heading else discussion,
        )
        if dice.chance(0.3):
            self.add("Figure", expand("<figure>"))

    def key(self) -> None:
        self.add("Misc-exposition", self.write.expand("Key to the species of <G> treated here"))
        for number in range(1, self.dice.between(4, 8)):
            first, second = self.write.expand("<couplet>").split("|")
            for letter, lead in (("a", first), ("b", second)):
                goal = str(number + 1) if letter == "b" else self.write.expand("<g>. <s>")
                self.add(
                    "Key",
                    f"{number}{letter}. {lead} " + "." * self.dice.between(4, 20) + f" {goal}",
                )

    def table(self) -> None:
        self.add("Table", self.write.expand("Table <1..4>. Size of <organ> in species of <G>."))
        for _ in range(self.dice.between(4, 9)):
            self.add("Table", self.write.expand("<g>. <s> <[8..30 x]> µm <septa> <place>"))

    def checklist(self) -> None:
        """Names alone: lines like those of nomenclature that are none."""
        self.add("Misc-exposition", self.write.expand("Other species recorded from <place>"))
        names = [
            self.write.expand("<G> <s> <author>, on <substrate>, <surname> <100..9999>.")
            for _ in range(self.dice.between(5, 12))
        ]
        self.add("Misc-exposition", *names)

    def back_matter(self) -> None:
        self.prose("Acknowledgements", "acknowledgement", 2)
        self.add(
            "Misc-exposition", self.dice.pick(["References", "Literature cited", "Literature"])
        )
        for reference in sorted(
            self.write.expand("<reference>") for _ in range(self.dice.between(7, 15))
        ):
            self.add("Bibliography", reference)

    def text(self) -> str:
        self.front_matter()
        parts = [self.treatment] * self.dice.between(4, 8)
        for extra in (self.key, self.table, self.checklist):
            if self.dice.chance(0.5):
                parts.insert(self.dice.between(0, len(parts)), extra)
        for part in parts:
            part()
        self.back_matter()
        title = self.write.expand("<group> of <place>")
        authors = self.write.expand("<surname> & <surname>")

        def header(page: int) -> str:
            return (
                f"{page} ... {authors}"
                if page % 2 == 0
                else f"{title[0].upper()}{title[1:]} ... {page}"
            )

        return annotated(
            paginate(self.blocks, self.dice.between(36, 46), header, self.dice.between(1, 400))
        )


def make_files() -> Dict[str, str]:
    """Path below the sample's folder -> text."""
    files: Dict[str, str] = {}
    for part, count in PARTS.items():
        for number in range(1, count + 1):
            files[f"{part}/paper_{len(files) + 1:02d}.txt.ann"] = Paper(SEED + len(files)).text()
    return files


def differences(folder: Path, files: Dict[str, str]) -> List[str]:
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.ann")}
    found = [f"{name}: the generator does not write it" for name in sorted(there - set(files))]
    for name, text in files.items():
        if name not in there:
            found.append(f"{name}: missing")
        elif (folder / name).read_bytes() != text.encode("utf-8"):
            found.append(f"{name}: differs from what the generator writes")
    return found


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        print("usage: make_sample.py [--check] FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    files = make_files()
    if "--check" in sys.argv:
        found = differences(folder, files)
        for line in found:
            print(f"{folder}/{line}")
        print(
            f"make_sample: {len(found)} differences"
            if found
            else "make_sample: the sample is what the generator writes"
        )
        return 1 if found else 0
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
