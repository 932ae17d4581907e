# SPDX-License-Identifier: Apache-2.0
"""Tables of lines or of whole texts: what a DataFrame must hold, and pandas in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ._core import Document, LabelledDocument
from .checks import shortened
from .documents import Reader
from .errors import InputError, SkolError

if TYPE_CHECKING:
    import pandas as pd

ATTACHMENT = "attachment_name"
MAIN_ATTACHMENT = "main.txt"
OUTPUT_COLUMNS = ("prediction", "probabilities", "predicted_label", "annotated_value")

# Names under which users have these columns; taken for a slip, never for the column itself.
_SLIPS = {
    "doc_id": ("docid", "document_id", "document", "doc", "file", "file_name", "path", "id"),
    "line_number": (
        "line_no",
        "lineno",
        "line",
        "line_num",
        "linenumber",
        "pos",
        "row_number",
        "line_id",
    ),
    "value": ("text", "line_text", "content", "sentence", "values", "txt"),
    "label": ("labels", "tag", "class", "target", "y"),
    ATTACHMENT: ("attachment", "attachmentname"),
}


def _is_frame(value: object, package: str) -> bool:
    return any(
        kind.__name__ == "DataFrame" and f"{kind.__module__}.".startswith(f"{package}.")
        for kind in type(value).__mro__
    )


def is_spark_frame(value: object) -> bool:
    """Told by the name of its type, so that pyspark need not be imported; Connect's too."""
    return _is_frame(value, "pyspark.sql")


def is_pandas_frame(value: object) -> bool:
    return _is_frame(value, "pandas")


def pandas() -> Any:
    """The package, imported when a table is asked for."""
    try:
        import pandas
    except ImportError as error:
        raise SkolError("this needs pandas: install it, or pass texts or paths") from error
    return pandas


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are what."""

    document: str  # doc_id, or filename in its stead
    attachment: str | None
    line_number: str | None  # None: each row is a whole text
    label: str | None


def find_columns(present: Sequence[object]) -> Columns:
    """Errors name the columns there are, those needed, and the renaming that would do."""
    document = next((name for name in ("doc_id", "filename") if name in present), None)
    if document is None:
        raise _missing("doc_id", present)
    if "value" not in present:
        raise _missing("value", present)
    if "line_number" not in present and _slip("line_number", present) is not None:
        raise _missing("line_number", present)
    return Columns(
        document,
        ATTACHMENT if ATTACHMENT in present else None,
        "line_number" if "line_number" in present else None,
        "label" if "label" in present else None,
    )


def _slip(name: str, present: Sequence[object]) -> object | None:
    return next((one for one in present if str(one).strip().lower() in (name, *_SLIPS[name])), None)


def _missing(name: str, present: Sequence[object]) -> InputError:
    slip = _slip(name, present)
    advice = "" if slip is None else f"; did you mean {slip!r}? rename it to '{name}'"
    found = ", ".join(map(str, present)) or "none"
    return InputError(
        f"no column '{name}'{advice} (columns found: {found}; needed: doc_id or filename, value, "
        "and line_number unless each row is a whole text)"
    )


def document_name(doc_id: str, attachment: str | None) -> str:
    """One name for messages and for the split: the attachment is told where it is not the usual."""
    return doc_id if attachment in (None, MAIN_ATTACHMENT) else f"{doc_id}/{attachment}"


def _is_null(value: object) -> bool:
    nan = isinstance(value, float) and value != value
    return value is None or nan or type(value).__name__ in ("NAType", "NaTType")


def _texts(frame: pd.DataFrame, name: str) -> list[str | None]:
    kept: list[str | None] = []
    for row, value in enumerate(frame[name].tolist()):
        if _is_null(value):
            kept.append(None)
        elif isinstance(value, str):
            kept.append(value)
        else:
            raise InputError(
                f"row {row} has {name} {shortened(value)}: expected text; "
                f"convert the column with astype(str)"
            )
    return kept


def _line_numbers(frame: pd.DataFrame, name: str) -> list[int]:
    kept: list[int] = []
    for row, value in enumerate(frame[name].tolist()):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise InputError(f"row {row} has {name} {shortened(value)}: expected a whole number")
        kept.append(int(value))
    return kept


class LineTable:
    """The documents of a table with a row a line, and which row each line came from."""

    def __init__(self, frame: pd.DataFrame, columns: Columns) -> None:
        if not frame.columns.is_unique:
            twice = frame.columns[frame.columns.duplicated()].tolist()
            raise InputError(f"columns stand twice in the table: {twice}; rename or drop them")
        self.frame = frame
        self.columns = columns
        self.values = _texts(frame, "value")
        self.rows = self._rows_by_document()  # in line order, documents as they first appear

    def _rows_by_document(self) -> dict[tuple[str, str | None], list[int]]:
        columns, frame = self.columns, self.frame
        ids = _texts(frame, columns.document)
        attachments: Sequence[str | None] = [None] * len(ids)
        if columns.attachment is not None:
            attachments = [one or MAIN_ATTACHMENT for one in _texts(frame, columns.attachment)]
        numbers = (
            _line_numbers(frame, columns.line_number) if columns.line_number else [0] * len(ids)
        )
        groups: dict[tuple[str, str | None], list[int]] = {}
        for row, doc_id in enumerate(ids):
            if doc_id is None:
                raise InputError(f"row {row} has no {columns.document}: every row needs one")
            groups.setdefault((doc_id, attachments[row]), []).append(row)
        for (doc_id, attachment), rows in groups.items():
            rows.sort(key=numbers.__getitem__)
            for before, row in pairwise(rows):
                if numbers[before] == numbers[row]:
                    self._refuse_repeated(document_name(doc_id, attachment), before, row, numbers)
        return groups

    def _refuse_repeated(self, name: str, before: int, row: int, numbers: list[int]) -> None:
        if self.columns.line_number is None:
            raise InputError(
                f"document {name!r} stands in rows {before} and {row}: a table of lines needs a "
                "column line_number, a table of whole texts one row a document"
            )
        raise InputError(
            f"document {name!r} has line_number {numbers[row]} twice, in rows {before} and {row}: "
            "every line needs its own"
        )

    def documents(self, labelled: bool = False) -> list[Document]:
        labels = _texts(self.frame, "label") if labelled else None
        return [
            Document(
                document_name(*key),
                [self.values[row] for row in rows],
                None if labels is None else [labels[row] for row in rows],
            )
            for key, rows in self.rows.items()
        ]

    def output(self, labelled: Iterable[LabelledDocument]) -> pd.DataFrame:
        """The table with the four columns of a prediction; a blank line has null in three."""
        import numpy as np

        count = len(self.frame)
        prediction = np.full(count, np.nan)
        probabilities = np.full(count, None, dtype=object)
        labels = np.full(count, None, dtype=object)
        annotated = np.full(count, None, dtype=object)
        for rows, document in zip(self.rows.values(), labelled, strict=True):
            matrix = document.probabilities()
            cells = zip(
                rows,
                document.label_indices,
                document.labels,
                document.annotated_lines(),
                strict=True,
            )
            for line, (row, index, label, text) in enumerate(cells):
                annotated[row] = text
                if index >= 0:
                    prediction[row], labels[row] = index, label
                    probabilities[row] = matrix[line]
        added = (prediction, probabilities, labels, annotated)
        return self.frame.assign(**dict(zip(OUTPUT_COLUMNS, added, strict=True)))


def refuse_output_columns(present: Iterable[object]) -> None:
    clash = [name for name in present if name in OUTPUT_COLUMNS]
    if clash:
        raise InputError(f"the table has columns {clash} already: drop or rename them")


def split_texts(frame: pd.DataFrame, reader: Reader) -> pd.DataFrame:
    """A row a line of a table with a row a text; every other column is repeated."""
    table = LineTable(frame, find_columns(frame.columns.tolist()))
    texts: list[list[str]] = [[] for _ in range(len(frame))]
    for key, rows in table.rows.items():
        for row in rows:
            name = document_name(*key)
            texts[row] = reader.text(name, table.values[row] or "", annotated=False).lines
    counts = [len(lines) for lines in texts]
    rows_of_lines = [row for row, count in enumerate(counts) for _ in range(count)]
    lines = frame.iloc[rows_of_lines].reset_index(drop=True)
    lines["line_number"] = [number for count in counts for number in range(count)]
    lines["value"] = [line for text in texts for line in text]
    return lines


def line_table(frame: pd.DataFrame, reader: Reader) -> LineTable:
    """A table of lines, made from one of whole texts where line_number is absent."""
    columns = find_columns(frame.columns.tolist())
    if columns.line_number is None:
        frame = split_texts(frame, reader)
        columns = find_columns(frame.columns.tolist())
    return LineTable(frame, columns)


def annotated_documents(frame: pd.DataFrame, reader: Reader) -> list[Document]:
    """Documents to train on: lines with labels, or whole annotated texts. Sorted by name, so that
    the order of rows does not change the model."""
    columns = find_columns(frame.columns.tolist())
    table = LineTable(frame, columns)
    if columns.label is not None and columns.line_number is not None:
        documents = table.documents(labelled=True)
    elif columns.label is not None or columns.line_number is not None:
        raise _missing("line_number" if columns.label else "label", frame.columns.tolist())
    else:
        documents = [
            reader.text(document_name(*key), table.values[rows[0]] or "", annotated=True)
            for key, rows in table.rows.items()
        ]
    return sorted(documents, key=lambda document: document.id)


def shaped(frame: Any, output_format: str, select: Callable[[Any, list[str]], Any]) -> Any:
    """The columns of an output format, of a pandas or Spark table."""
    if output_format == "annotated":
        return frame
    columns = find_columns(list(frame.columns))
    kept = [columns.document, columns.attachment, columns.line_number]
    kept.append("predicted_label" if output_format == "labels" else "probabilities")
    return select(frame, [name for name in kept if name is not None])
