# SPDX-License-Identifier: Apache-2.0
"""Chance, the expansion of the grammar, and the layout of blocks on pages."""

import random
import re
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple, TypeVar

import sample_words as words

Item = TypeVar("Item")
Syllables = Tuple[Sequence[str], Sequence[str], Sequence[str]]
SLOT = re.compile(r"<([^<>]+)>")
NUMBER = re.compile(r"^(\[)?(\d+)\.\.(\d+)( x)?\]?$")


class Dice:
    """Draws from random() alone: the method whose sequence Python keeps for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def between(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.random() * len(items))]

    def name(self, syllables: Syllables) -> str:
        return "".join(self.pick(part) for part in syllables)


class Writer:
    """Expands the grammar with the names of one document: a paper has its own taxa and people."""

    def __init__(self, dice: Dice, kinds: Sequence[str]) -> None:
        self.dice = dice
        organs = [organ for kind in kinds for organ in words.ORGANS[kind]]
        self.genera = [dice.name(words.GENUS) for _ in range(3)]
        self.epithets = [dice.name(words.EPITHET) for _ in range(12)]
        self.surnames = [dice.name(words.SURNAME) for _ in range(9)]
        self.places = [dice.name(words.PLACE) for _ in range(6)]
        self.plants = [f"{dice.name(words.PLANT)} {dice.name(words.EPITHET)}" for _ in range(4)]
        self.dash = dice.pick(["–", "–", "-"])
        self.times = dice.pick([" × ", " × ", " x ", "×"])
        self.names: Dict[str, Callable[[], str]] = {
            "G": lambda: dice.pick(self.genera),
            "g": lambda: dice.pick(self.genera)[0],
            "s": lambda: dice.pick(self.epithets),
            "organ": lambda: dice.pick(organs),
            "organ_cap": lambda: dice.pick(organs).capitalize(),
            "surname": lambda: dice.pick(self.surnames),
            "place": lambda: dice.pick(self.places),
            "plant": lambda: dice.pick(self.plants),
        }

    def expand(self, text: str) -> str:
        """Replaces the slots of `text`, and those of what replaced them, until none is left."""
        while SLOT.search(text):
            text = SLOT.sub(lambda slot: self.fill(slot.group(1)), text)
        return text

    def fill(self, slot: str) -> str:
        number = NUMBER.match(slot)
        if number:
            low, high = int(number.group(2)), int(number.group(3))
            if number.group(4):
                return (
                    self.span(low, high)
                    + self.times
                    + self.span(max(1, low // 3), max(2, high // 3))
                )
            return self.span(low, high) if number.group(1) else str(self.dice.between(low, high))
        if slot in self.names:
            return self.names[slot]()
        return self.dice.pick(words.GRAMMAR[slot])

    def span(self, low: int, high: int) -> str:
        first = self.dice.between(low, high - 1)
        return f"{first}{self.dash}{self.dice.between(first + 1, high)}"

    def sentences(self, name: str, count: int) -> str:
        """`count` sentences of a kind, none twice as long as there are others."""
        left: List[str] = []
        chosen = []
        for _ in range(count):
            left = left or list(words.GRAMMAR[name])
            chosen.append(self.expand(left.pop(int(self.dice.random() * len(left)))))
        return " ".join(chosen)


class Block(NamedTuple):
    """Neighbouring lines with one label, and whether a blank line follows."""

    label: str
    lines: List[str]
    blank_after: bool


def wrap(text: str, width: int, dice: Dice, hyphenation: float) -> List[str]:
    """Lines of at most `width` characters; `hyphenation`: how often a long last word is broken."""
    lines = []
    line = ""
    for word in text.split():
        room = width - len(line) - 1
        if line and len(word) > room:
            if (
                len(word) > 8
                and 4 <= room <= len(word)
                and word.isalpha()
                and dice.chance(hyphenation)
            ):
                cut = min(room - 1, len(word) - 3)
                lines.append(f"{line} {word[:cut]}-")
                line = word[cut:]
                continue
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line] if line else lines


def paginate(
    blocks: List[Block], page_lines: int, header: Callable[[int], str], first_page: int
) -> List[Block]:
    """Puts a page header after every `page_lines` lines, splitting the block it falls into."""
    paged: List[Block] = []
    used = 0
    page = first_page
    for block in blocks:
        lines = block.lines
        while used + len(lines) > page_lines:
            kept = page_lines - used
            if kept > 0:
                paged.append(Block(block.label, lines[:kept], True))
                lines = lines[kept:]
            page += 1
            paged.append(Block("Page-header", [header(page)], page % 2 == 0))
            used = 0
        if lines:
            paged.append(Block(block.label, lines, block.blank_after))
            used += len(lines)
    return paged


def annotated(blocks: List[Block]) -> str:
    """The blocks as annotated text."""
    pieces = []
    for block in blocks:
        pieces.append(
            "[@ "
            + "\n".join(block.lines)
            + f" #{block.label}*]\n"
            + ("\n" if block.blank_after else "")
        )
    return "".join(pieces)
