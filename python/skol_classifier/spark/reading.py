# SPDX-License-Identifier: Apache-2.0
"""Documents out of DataFrames, and DataFrames out of files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from skol_classifier import _core
from skol_classifier.errors import InputError, NotFoundError
from skol_classifier.tables import document_name

from .column_names import LABEL, LINE_NUMBER, VALUE
from .columns import InputColumns, require_lines
from .entry import in_worker
from .environment import check_workers
from .file_lines import local_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# document, attachment, line number, text, label
Row: TypeAlias = tuple[str | None, str | None, int | None, str | None, str | None]

_LINES_SCHEMA = "doc_id string, line_number int, value string"
# Characters of Hadoop's globs, which a file name may hold as themselves.
_GLOB_CHARACTERS = set("*?[]{}\\")


def annotated_documents(df: DataFrame) -> list[_core.Document]:
    """The documents of (doc_id or filename, line_number, value, label), sorted by their names.

    They are brought to the driver, where training happens. A label of null is no label.
    """
    columns = require_lines(df, LABEL)
    rows = sorted(_collected(df, columns), key=_place)
    return [
        _document(name, list(lines))
        for name, lines in groupby(rows, key=lambda row: document_name(row[0] or "", row[1]))
    ]


def _collected(df: DataFrame, columns: InputColumns) -> Iterator[Row]:
    from pyspark.sql import functions as F

    keys = columns.identity()
    attachment = keys[1] if columns.attachment is not None else F.lit(None).cast("string")
    narrow = df.select(keys[0], attachment, *(df[name] for name in (LINE_NUMBER, VALUE, LABEL)))
    if hasattr(narrow, "toArrow"):  # Spark 4
        return zip(*(values.to_pylist() for values in narrow.toArrow().columns), strict=True)
    return map(tuple, narrow.collect())


def _place(row: Row) -> tuple[str, str, int]:
    """Where a row belongs; a row that belongs nowhere is an error."""
    document, attachment, number, value, _ = row
    if document is None:
        raise InputError(f"a row has no document: line_number {number}, value {value!r:.80}")
    if number is None:
        raise InputError(f"document {document!r}: a line has no line_number: value {value!r:.80}")
    return document, attachment or "", number


def _document(name: str, rows: Sequence[Row]) -> _core.Document:
    numbers = [row[2] for row in rows]
    for before, number in zip(numbers, numbers[1:], strict=False):
        if before == number:
            raise InputError(
                f"document {name!r} has line_number {number} twice; every line needs its own"
            )
    return _core.Document(name, [row[3] for row in rows], [row[4] for row in rows])


def read_files(spark: SparkSession, paths: Iterable[str]) -> DataFrame:
    """Files as rows of lines: doc_id (the path as given), line_number, value.

    Annotated files (*.ann) come without their markup. Spark reads the files where its executors
    run; each has to fit a worker.
    """
    given = _by_place(paths)
    if not given:
        raise NotFoundError("no files to read: give at least one path")
    check_workers(spark)
    places = [_escaped(place) for place in given]
    files = spark.read.format("binaryFile").load(places).select("path", "content")
    return files.mapInArrow(in_worker("file_lines", "lines_of_files", given), _LINES_SCHEMA)


def _by_place(paths: Iterable[str]) -> dict[str, str]:
    """Where each file is, as a URI that does not depend on anybody's working directory, and how
    the caller names it. A file named twice is read once."""
    given: dict[str, str] = {}
    for path in paths:
        if os.path.basename(path).startswith(("_", ".")):
            raise InputError(
                f"{path!r}: Spark passes over files whose names begin with '_' or '.'; rename it"
            )
        if "://" in path and not path.startswith("file:"):
            given.setdefault(path, path)
            continue
        local = os.path.abspath(local_path(path))
        if not os.path.isfile(local):
            raise NotFoundError(f"{path!r}: no such file")
        given.setdefault(f"file://{local}", path)
    return given


def _escaped(path: str) -> str:
    return "".join("\\" + c if c in _GLOB_CHARACTERS else c for c in path)
