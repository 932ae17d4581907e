# SPDX-License-Identifier: Apache-2.0
"""Fenced blocks of code in Markdown files, and running them so that errors name file and line."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# CommonMark's fence of backticks: an info string holds none itself.
_OPENING = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,})[ \t]*(?P<language>[^\s`]*)[^`]*$")


@dataclass(frozen=True)
class Snippet:
    path: Path
    line: int  # of the first line of the code in the file, from 1
    code: str

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


def snippets(path: Path, language: str) -> list[Snippet]:
    """The blocks of `language` in a file, in order; ValueError for a block without an end."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found: list[Snippet] = []
    number = 0
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        number += 1
        if opening is None:
            continue
        end = _end_of_block(lines, number, opening["fence"])
        if end is None:
            raise ValueError(f"{path}:{number}: a block of code begins here and has no end")
        if opening["language"] == language:
            code = textwrap.dedent("\n".join(lines[number:end])) + "\n"
            found.append(Snippet(path, number + 1, code))
        number = end + 1
    return found


def _end_of_block(lines: list[str], begin: int, fence: str) -> int | None:
    for number in range(begin, len(lines)):
        text = lines[number].strip()
        if len(text) >= len(fence) and set(text) == {"`"}:
            return number
    return None


def run(blocks: Iterable[Snippet], namespace: dict[str, Any]) -> None:
    """Runs blocks one after another in one namespace, which keeps what they define."""
    for block in blocks:
        # Empty lines before the code give its lines the numbers they have in the file, so that
        # tracebacks show the lines of the file itself.
        shifted = "\n" * (block.line - 1) + block.code
        exec(compile(shifted, str(block.path), "exec"), namespace)
