# SPDX-License-Identifier: Apache-2.0
"""Annotated text from tables of predictions: a string a document, or a file a document."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from .errors import InputError, StorageError
from .tables import MAIN_ATTACHMENT, LineTable, find_columns, is_spark_frame

_NEEDED = ("value", "predicted_label", "annotated_value")


@dataclass(frozen=True)
class LabelledLine:
    value: str
    label: str | None  # None: a blank line or page marker, written verbatim
    annotated: str


@dataclass(frozen=True)
class LabelledText:
    doc_id: str
    attachment: str | None
    lines: list[LabelledLine]


def labelled_texts(frame: Any) -> Iterator[LabelledText]:
    """The documents of a table that predict() gave, lines in order; one at a time in memory where
    the table is Spark's."""
    columns = find_columns(list(frame.columns))
    for name in _NEEDED:
        if name not in frame.columns:
            raise InputError(
                f"no column '{name}': pass what predict gives with output_format='annotated'"
            )
    if columns.line_number is None:
        raise InputError("no column 'line_number': pass what predict gives")
    if not is_spark_frame(frame):
        yield from _of_pandas(LineTable(frame, columns))
        return
    keys = [columns.document, *([columns.attachment] if columns.attachment else [])]
    rows = frame.select(*keys, columns.line_number, *_NEEDED)
    ordered = rows.orderBy(*keys, columns.line_number).toLocalIterator()
    for key, group in groupby(ordered, lambda row: tuple(row[name] for name in keys)):
        lines = [_line(*(row[name] for name in _NEEDED)) for row in group]
        yield LabelledText(key[0], key[1] if len(key) > 1 else None, lines)


def _of_pandas(table: LineTable) -> Iterator[LabelledText]:
    cells = list(zip(*(table.frame[name].tolist() for name in _NEEDED), strict=True))
    for (doc_id, attachment), rows in table.rows.items():
        yield LabelledText(doc_id, attachment, [_line(*cells[row]) for row in rows])


def _line(value: Any, label: Any, annotated: Any) -> LabelledLine:
    def text(cell: Any) -> str | None:
        return cell if isinstance(cell, str) else None

    return LabelledLine(text(value) or "", text(label), text(annotated) or "")


def annotated_text(lines: Iterable[LabelledLine], coalesce: bool) -> str:
    """As the core writes it: with `coalesce`, lines that follow each other under one label share a
    block, and every line written verbatim breaks it."""
    if not coalesce:
        return "\n".join(line.annotated for line in lines)
    written: list[str] = []
    for label, run in groupby(lines, lambda line: line.label):
        text = "\n".join(line.value for line in run)
        written.append(text if label is None else f"[@ {text} #{label}*]")
    return "\n".join(written)


def write_files(texts: Iterable[LabelledText], folder: str, coalesce: bool) -> None:
    """NAME.ann in `folder` for each document, each file whole or not at all."""
    written: dict[Path, str] = {}
    os.makedirs(folder, exist_ok=True)
    for text in texts:
        path = Path(folder) / _file_name(text)
        if path in written:
            raise StorageError(
                f"{written[path]!r} and {text.doc_id!r} would both be written to {path}: "
                "save them to different folders"
            )
        source = Path(text.doc_id)
        if path.exists() and source.exists() and path.samefile(source):
            raise StorageError(f"{path} is the document itself: give another output_path")
        written[path] = text.doc_id
        content = annotated_text(text.lines, coalesce)
        _write_whole(path, content + "\n" if text.lines else "")


def _file_name(text: LabelledText) -> str:
    """From the last part of the document's name, which cannot lead out of the folder."""
    attached = text.attachment not in (None, MAIN_ATTACHMENT)
    parts = [text.doc_id, str(text.attachment)] if attached else [text.doc_id]
    name = ".".join(part.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] for part in parts)
    for ending in (".ann", ".txt"):
        name = name.removesuffix(ending)
    if not name.strip(".") or "\0" in name:
        raise StorageError(f"document {text.doc_id!r} has no name that a file could have")
    return f"{name}.ann"


def _write_whole(path: Path, content: str) -> None:
    beside = path.with_name(f".skol-{secrets.token_hex(8)}.tmp")
    try:
        try:
            # newline="": text keeps the line ends it has.
            with open(beside, "x", encoding="utf-8", newline="") as file:
                file.write(content)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}") from error
