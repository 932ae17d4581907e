# SPDX-License-Identifier: Apache-2.0
"""Which of the forms of input a DataFrame has, and named errors where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, IntegralType, StringType, StructType

from skol_classifier.errors import InputError

from .column_names import (
    ATTACHMENT,
    DOCUMENT,
    FILE_NAME,
    LABEL,
    LINE_NUMBER,
    MAIN_ATTACHMENT,
    OUTPUT_COLUMNS,
    SORTED_LINES,
    VALUE,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# What people call these columns; anything else is found by likeness of spelling.
_OTHER_NAMES = {
    DOCUMENT: {"id", "doc", "docid", "document", "document_id", "file", "file_name", "path"},
    LINE_NUMBER: {
        "line",
        "line_no",
        "line_nr",
        "line_num",
        "line_index",
        "lineno",
        "linenumber",
        "pos",
        "row",
        "row_number",
    },
    VALUE: {"content", "line_text", "raw_text", "text", "txt"},
    LABEL: {"class", "gold", "gold_label", "labels", "tag"},
}

_KNOWN = {DOCUMENT, FILE_NAME, ATTACHMENT, LINE_NUMBER, VALUE, LABEL, SORTED_LINES, *OUTPUT_COLUMNS}
# line_numbr is 0.95 like line_number, page_number 0.73: a slip of a letter or two.
_LIKENESS = 0.8

_FORMS = (
    f"needed are {DOCUMENT} (or {FILE_NAME}), {LINE_NUMBER} and {VALUE}, one row a line, "
    f"or {DOCUMENT} and {VALUE}, one row a text"
)

Form = Literal["lines", "texts", "sequences"]


@dataclass(frozen=True)
class InputColumns:
    """How a DataFrame is to be read."""

    form: Form
    document: str
    attachment: str | None
    line_number: str = LINE_NUMBER
    value: str | None = VALUE  # None: only where there are features, and the text is not known
    features: str | None = None  # None: they are made from the text

    def keys(self) -> list[Column]:
        """What identifies a document."""
        return [column(name) for name in (self.document, self.attachment) if name is not None]

    def identity(self) -> list[Column]:
        """The keys, with the name that an absent attachment stands for."""
        keys = [column(self.document)]
        if self.attachment is not None:
            keys.append(F.coalesce(column(self.attachment), F.lit(MAIN_ATTACHMENT)))
        return keys


def column(name: str) -> Column:
    """A column by its exact name, dots and backticks included."""
    return F.col("`" + name.replace("`", "``") + "`")


def recognise(df: DataFrame) -> InputColumns:
    """Lines, whole texts or the sequencer's output; InputError where it is none of them."""
    document, attachment = document_columns(df)
    return InputColumns(_form(df), document, attachment)


def document_columns(df: DataFrame) -> tuple[str, str | None]:
    """The columns that name a row's document, and its attachment where there is one."""
    names = df.columns
    _refuse_repeated(names)
    document = FILE_NAME if FILE_NAME in names and DOCUMENT not in names else DOCUMENT
    require(df.schema, document, StringType, "string")
    attachment = ATTACHMENT if ATTACHMENT in names else None
    if attachment is not None:
        require(df.schema, attachment, StringType, "string")
    return document, attachment


def require_lines(df: DataFrame, *others: str) -> InputColumns:
    """As recognise(), and one row a line with the string columns `others`."""
    columns = recognise(df)
    if columns.form != "lines":
        raise InputError(missing(LINE_NUMBER, df.columns))
    for name in others:
        require(df.schema, name, StringType, "string")
    return columns


def refuse_output_columns(names: Sequence[str]) -> None:
    """Spark compares names without case, so do we."""
    taken = [name for name in names if name.lower() in OUTPUT_COLUMNS]
    if taken:
        raise InputError(
            f"the input already has the column{'s' if len(taken) > 1 else ''} "
            f"{', '.join(taken)}, which the result will add; drop or rename "
            f"{'them' if len(taken) > 1 else 'it'}: df.drop({', '.join(map(repr, taken))})"
        )


def missing(needed: str, names: Sequence[str], forms: str = _FORMS) -> str:
    """The message for a column that is not there."""
    message = f"no column {needed!r} among {', '.join(names) or 'no columns at all'}"
    meant = _meant(needed, names)
    if meant:
        return f"{message}; rename it: df.withColumnRenamed({meant!r}, {needed!r})"
    return f"{message}; {forms}"


def _form(df: DataFrame) -> Form:
    if SORTED_LINES in df.columns:
        _require_sorted_lines(df.schema[SORTED_LINES].dataType)
        return "sequences"
    require(df.schema, VALUE, StringType, "string")
    if LINE_NUMBER in df.columns:
        require(df.schema, LINE_NUMBER, IntegralType, "int or bigint")
        return "lines"
    # A misspelt line_number must not turn lines into texts of one line each.
    if _meant(LINE_NUMBER, df.columns):
        raise InputError(missing(LINE_NUMBER, df.columns))
    return "texts"


def require(
    schema: StructType, name: str, expected: type[DataType], words: str, forms: str = _FORMS
) -> None:
    """A column of that type; `words` are the type's, those of a cast last."""
    if name not in schema.names:
        raise InputError(missing(name, schema.names, forms))
    _require_type(name, schema[name].dataType, expected, words)


def _require_type(name: str, found: DataType, expected: type[DataType], words: str) -> None:
    if not isinstance(found, expected):
        raise InputError(
            f"column {name!r} is {found.simpleString()}, expected {words}; cast it: "
            f"df.withColumn({name!r}, df[{name!r}].cast({words.split()[-1]!r}))"
        )


def _require_sorted_lines(found: DataType) -> None:
    expected = f"array<struct<{LINE_NUMBER}:int,{VALUE}:string,...>>"
    fields = found.elementType if isinstance(found, ArrayType) else None
    if not isinstance(fields, StructType) or not {LINE_NUMBER, VALUE} <= set(fields.names):
        raise InputError(
            f"column {SORTED_LINES!r} is {found.simpleString()}, expected {expected} as "
            f"SequencePreprocessor.transform makes it"
        )
    in_line = f"{SORTED_LINES}.{{}}".format
    _require_type(in_line(LINE_NUMBER), fields[LINE_NUMBER].dataType, IntegralType, "int or bigint")
    _require_type(in_line(VALUE), fields[VALUE].dataType, StringType, "string")
    refuse_output_columns(fields.names)


def _refuse_repeated(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise InputError(
                f"the column {name!r} stands twice among {', '.join(names)}; select or rename "
                f"so that every name is there once"
            )
        seen.add(name.lower())


def _meant(needed: str, names: Sequence[str]) -> str:
    """The column that was probably meant, or ""."""
    others = {name.lower(): name for name in names if name.lower() not in _KNOWN}
    for lower, name in others.items():
        if lower in _OTHER_NAMES.get(needed, ()):
            return name
    near = get_close_matches(needed, others, n=1, cutoff=_LIKENESS)
    if near:
        return others[near[0]]
    # A name right but for its case is nobody's other name.
    return next((name for name in names if name.lower() == needed and name != needed), "")
