#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of CONTRIBUTING.md that a script can see, first of all the include rule.

usage: check_includes.py [ROOT]

The ladder of rooms stands once, in CMakeLists.txt: `skol_room(text BELOW base ...)` says that text
may include base and whatever base may. A file under src/ROOM includes its own room and those below.
A public header belongs to the room that implements it (PUBLIC_HEADERS). Prints FILE:LINE: what, and
ends with status 1 if it found anything.
"""

import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set

PUBLIC_HEADERS = {
    "error": "base",
    "memory": "base",
    "document": "text",
    "options": "model",
    "model": "model",
    "tuned": "model",
    "predictor": "prediction",
    "metrics": "training",
    "trainer": "training",
    "store": "storage",
}
MOST_LINES = {"README.md": 150, "CONTRIBUTING.md": 120}
MOST_SOURCE_LINES = 600
SOURCES = (".cc", ".h", ".cu", ".cuh", ".py", ".sh")
CPP = (".cc", ".h", ".cu", ".cuh")

ROOM = re.compile(r"^\s*skol_room\((\w+)([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# What a library may not do: end the process, or write to its standard streams.
ENDS_OR_PRINTS = re.compile(
    r"\b(?:abort|exit|_Exit|quick_exit|printf|fprintf|puts)\s*\("
    r"|\bfmt::print\b|\bstd::(?:cout|cerr|clog)\b"
)
BACKEND_CONDITION = re.compile(
    r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*(?:\bHWY_|__AVX|__FMA|__ARM_NEON|CUDA)"
)
# Comments and literals, so that a word in them is not taken for code. The lengths do not matter,
# the line ends do.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'', re.DOTALL
)


class Finding(NamedTuple):
    path: Path
    line: int
    text: str


def read_ladder(cmake: str) -> Dict[str, Set[str]]:
    """Room -> the rooms it may include, itself among them."""
    ladder: Dict[str, Set[str]] = {}
    for name, arguments in ROOM.findall(cmake):
        words = arguments.split()
        below: Set[str] = {name}
        if "BELOW" in words:
            for word in words[words.index("BELOW") + 1 :]:
                if word.isupper():  # the next keyword
                    break
                if word not in ladder:
                    raise SystemExit(
                        f"CMakeLists.txt: {name} stands on {word}, declared later or nowhere"
                    )
                below |= ladder[word]
        ladder[name] = below
    if not ladder:
        raise SystemExit(
            "CMakeLists.txt: no skol_room(...) found, so there is no include rule to check"
        )
    return ladder


def without_comments(text: str) -> str:
    def blank(match: "re.Match[str]") -> str:
        return " " + "\n" * match.group().count("\n")

    return NOT_CODE.sub(blank, text)


def check_include(path: str, room: str, target: str, ladder: Dict[str, Set[str]]) -> Iterator[str]:
    """`path` and `target` as written in the sources; `room` is where `path` lives."""
    folder, _, rest = target.partition("/")
    if folder == "skol":
        header = rest[: -len(".h")]
        if header not in PUBLIC_HEADERS:
            yield f'"{target}" has no room: name it in PUBLIC_HEADERS of tools/check_includes.py'
            return
        folder = PUBLIC_HEADERS[header]
    elif folder not in ladder:
        yield f'"{target}": ours are "room/x.h" or "skol/x.h", all others stand in <>'
        return
    elif path.startswith("include/"):
        yield f'"{target}" in a public header, which may include only "skol/x.h" of ours'
    if folder not in ladder[room]:
        allowed = ", ".join(sorted(ladder[room]))
        yield f'"{target}" is of {folder}, which {room} may not know (it knows {allowed})'


def room_of(relative: Path, ladder: Dict[str, Set[str]]) -> str:
    """The room of a source under src/ or include/skol/, "" for one that has none."""
    if relative.parts[0] == "include":
        return PUBLIC_HEADERS.get(relative.stem, "")
    return relative.parts[1] if relative.parts[1] in ladder else ""


def check_cpp(relative: Path, text: str, ladder: Dict[str, Set[str]]) -> Iterator[Finding]:
    room = room_of(relative, ladder)
    if not room:
        yield Finding(relative, 1, "belongs to no room of CMakeLists.txt or PUBLIC_HEADERS")
        return
    lines = text.split("\n")
    if lines[0] != "// SPDX-License-Identifier: Apache-2.0":
        yield Finding(relative, 1, "the first line is not the SPDX licence line")
    code = without_comments(text).split("\n")
    for number, (line, code_line) in enumerate(zip(lines, code), start=1):
        include = INCLUDE.match(line) if code_line.strip() else None
        if include and include.group(1) == '"':
            for problem in check_include(str(relative), room, include.group(2), ladder):
                yield Finding(relative, number, problem)
        if room not in ("kernels", "cuda") and (
            BACKEND_CONDITION.match(code_line) or (include and include.group(2).startswith("hwy/"))
        ):
            yield Finding(relative, number, "SIMD and backend conditions belong to src/kernels and src/cuda")
        if room != "cli" and ENDS_OR_PRINTS.search(code_line):
            yield Finding(
                relative,
                number,
                "the library prints nothing and ends no process: " + code_line.strip(),
            )


def check_tree(root: Path) -> List[Finding]:
    ladder = read_ladder((root / "CMakeLists.txt").read_text(encoding="utf-8"))
    findings: List[Finding] = []
    for folder in ("src", "include", "tests", "tools", "bench", "fuzz"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SOURCES or not path.is_file():
                continue
            relative = path.relative_to(root)
            text = path.read_text(encoding="utf-8")
            if folder in ("src", "include") and path.suffix in CPP:
                findings += check_cpp(relative, text, ladder)
            if text.count("\n") > MOST_SOURCE_LINES:
                findings.append(
                    Finding(relative, MOST_SOURCE_LINES + 1, f"more than {MOST_SOURCE_LINES} lines")
                )
    for name, most in MOST_LINES.items():
        path = root / name
        if path.is_file() and path.read_text(encoding="utf-8").count("\n") > most:
            findings.append(Finding(Path(name), most + 1, f"more than {most} lines"))
    return findings


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    findings = check_tree(root)
    for finding in findings:
        print(f"{finding.path}:{finding.line}: {finding.text}")
    print(
        f"check_includes: {len(findings)} findings"
        if findings
        else "check_includes: the rules hold"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
