# SPDX-License-Identifier: Apache-2.0
"""Features by hand for engines that need them."""

from __future__ import annotations

import re

YEAR = re.compile(r"\b1[789]\d\d\b|\b20\d\d\b")
MEASURE = re.compile(r"\d\s*(?:[µu]m|mm|cm)\b")


def shape(word: str) -> str:
    kinds = re.sub(r"[A-Z]+", "X", re.sub(r"[a-z]+", "x", re.sub(r"\d+", "9", word)))
    return kinds[:8]


def of_line(line: str) -> list[str]:
    words = line.split()
    lower = [word.lower() for word in words]
    out = [f"w={word}" for word in lower]
    out += [f"s={word[-n:]}" for word in lower for n in (2, 3, 4) if len(word) >= n]
    out += [f"b={a} {b}" for a, b in zip(lower, lower[1:], strict=False)]
    out += [f"h={shape(word)}" for word in words]
    out += [f"first={lower[0]}", f"last={lower[-1]}"] if words else []
    out += ["year"] if YEAR.search(line) else []
    out += ["measure"] if MEASURE.search(line) else []
    return sorted({*out, f"length={min(len(line) // 10, 9)}"})


def of_document(lines: list[str]) -> list[list[str]]:
    """The same with the words of both neighbours."""
    own = [of_line(line) for line in lines]
    words = [[f for f in features if f.startswith("w=")] for features in own]
    empty: list[str] = ["edge"]
    return [
        [
            *features,
            *("-1:" + f for f in (words[i - 1] if i > 0 else empty)),
            *("+1:" + f for f in (words[i + 1] if i + 1 < len(own) else empty)),
        ]
        for i, features in enumerate(own)
    ]
