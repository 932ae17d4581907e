# SPDX-License-Identifier: Apache-2.0
"""Documents from what a user has at hand: strings, paths, folders and globs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from . import log
from ._core import Document, find_inputs, parse_text, read_document
from .checks import shortened
from .errors import InputError, NotFoundError

# How many alternatives {a,b}{c,d}... may make of one glob.
_MOST_ALTERNATIVES = 1000


def find_paths(patterns: Iterable[str | os.PathLike[str]]) -> list[tuple[str, bool]]:
    """The files that paths, folders and globs name, as written, each once, in sorted order within
    each; with whether the name says it is annotated. Each must name at least one."""
    found: dict[str, bool] = {}
    for pattern in patterns:
        name = os.fspath(pattern)
        found.update(find_inputs([name] if os.path.lexists(name) else _matches(name)))
    return list(found.items())


def _matches(pattern: str) -> list[str]:
    matches = {m for one in _alternatives(pattern) for m in glob.glob(one, recursive=True)}
    if not matches:
        raise NotFoundError(
            f"{shortened(pattern)} is no file or folder and matches none; "
            "texts are passed as a list of strings"
        )
    return sorted(matches)


def _alternatives(pattern: str) -> list[str]:
    """a{b,c}d as abd and acd, which Python's glob does not know and Spark's does."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        one = waiting.pop()
        opened = one.find("{")
        closed = one.find("}", opened)
        if opened < 0 or closed < 0:
            done.append(one)
            continue
        choices = one[opened + 1 : closed].split(",")
        waiting.extend(one[:opened] + choice + one[closed + 1 :] for choice in choices)
        if len(waiting) + len(done) > _MOST_ALTERNATIVES:
            raise InputError(
                f"{shortened(pattern)} has more than {_MOST_ALTERNATIVES} alternatives"
            )
    return done


class Reader:
    """Reads documents; tells of the irregularities met when it is left."""

    def __init__(self, errors: str, verbosity: int) -> None:
        self._errors = errors
        self._verbosity = verbosity
        self._diagnostics: list[str] = []

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        log.irregularities(self._verbosity, self._diagnostics)

    def files(self, files: Iterable[tuple[str, bool]]) -> list[Document]:
        return [self._kept(read_document(path, marked, self._errors)) for path, marked in files]

    def texts(self, texts: Sequence[object], annotated: bool) -> list[Document]:
        return [self.text(f"text[{i}]", one, annotated) for i, one in enumerate(texts)]

    def text(self, doc_id: str, text: object, annotated: bool) -> Document:
        if not isinstance(text, str):
            raise InputError(f"{doc_id} is {shortened(text)}: expected a string")
        # A lone surrogate has no UTF-8: it is passed on, for the reader to refuse or replace.
        data = text.encode("utf-8", "surrogatepass")
        return self._kept(parse_text(doc_id, data, annotated, self._errors))

    def _kept(self, read: tuple[Document, list[str]]) -> Document:
        self._diagnostics.extend(read[1])
        return read[0]


def is_paths(data: object) -> bool:
    """Whether `data` names files: a string, a Path, or a list of Paths. Strings in a list are
    texts."""
    if isinstance(data, (str, os.PathLike)):
        return True
    if not isinstance(data, (list, tuple)) or not any(isinstance(one, os.PathLike) for one in data):
        return False
    if all(isinstance(one, os.PathLike) for one in data):
        return True
    raise InputError("the list has paths and texts: pass paths as Path objects alone, or texts")


def paths_of(data: str | os.PathLike[str] | Sequence[os.PathLike[str]]) -> Iterator[str]:
    many = [data] if isinstance(data, (str, os.PathLike)) else data
    return (os.fspath(one) for one in many)


def annotated_files(patterns: Iterable[str | os.PathLike[str]]) -> list[tuple[str, bool]]:
    """The files to train on: those whose names say that they are annotated; one that is named
    itself is read as annotated whatever its name."""
    listed = [os.fspath(pattern) for pattern in patterns]
    named = {name for name in listed if Path(name).is_file()}
    files = [path for path, marked in find_paths(listed) if marked or path in named]
    if not files:
        raise NotFoundError(f"no annotated file (*.ann) in {shortened(listed)}")
    return [(path, True) for path in files]
