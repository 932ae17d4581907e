# SPDX-License-Identifier: Apache-2.0
"""Documents as one row each, with their lines in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from skol_classifier.checks import text
from skol_classifier.errors import InputError

from .column_names import ATTACHMENT, DOCUMENT, FILE_NAME, LINE_NUMBER, SORTED_LINES, VALUE
from .columns import column, recognise
from .labelling import texts_to_lines

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


class SequencePreprocessor:
    """Lines (or whole texts) to documents: doc_id[, attachment_name], sorted_data, value.

    sorted_data holds the lines in ascending line_number with all their other columns, value the
    text of the document. `predict` takes the result, in any partitioning, for the lines in it.
    Columns that go by other names in your table are given here and renamed.
    """

    def __init__(
        self,
        *,
        doc_id_col: str = DOCUMENT,
        attachment_col: str = ATTACHMENT,
        line_no_col: str = LINE_NUMBER,
        value_col: str = VALUE,
    ) -> None:
        self.doc_id_col = text("doc_id_col", doc_id_col)
        self.attachment_col = text("attachment_col", attachment_col)
        self.line_no_col = text("line_no_col", line_no_col)
        self.value_col = text("value_col", value_col)

    def __repr__(self) -> str:
        usual = {
            "doc_id_col": DOCUMENT,
            "attachment_col": ATTACHMENT,
            "line_no_col": LINE_NUMBER,
            "value_col": VALUE,
        }
        given = (f"{key}={value!r}" for key, value in vars(self).items() if value != usual[key])
        return f"SequencePreprocessor({', '.join(given)})"

    def transform(self, df: DataFrame) -> DataFrame:
        """Lazy; the documents are gathered by a shuffle when the result is used."""
        lines = self._renamed(df)
        columns = recognise(lines)
        if columns.form == "sequences":
            raise InputError(f"the input has {SORTED_LINES!r} already; pass it on as it is")
        if columns.form == "texts":
            lines = texts_to_lines(lines)
        keys = [name for name in (columns.document, columns.attachment) if name is not None]
        others = [name for name in lines.columns if name not in (*keys, LINE_NUMBER)]
        line = F.struct(*map(column, [LINE_NUMBER, *others]))
        documents = (
            lines.groupBy(*map(column, keys))
            .agg(F.array_sort(F.collect_list(line), _by_line_number).alias(SORTED_LINES))
            .withColumn(VALUE, _text_of(column(SORTED_LINES)))
        )
        return documents.withColumnRenamed(FILE_NAME, DOCUMENT)

    def _renamed(self, df: DataFrame) -> DataFrame:
        wanted = {
            self.doc_id_col: DOCUMENT,
            self.attachment_col: ATTACHMENT,
            self.line_no_col: LINE_NUMBER,
            self.value_col: VALUE,
        }
        for given, name in wanted.items():
            if given == name:
                continue
            if given not in df.columns:
                raise InputError(f"no column {given!r} among {', '.join(df.columns)}")
            if name in df.columns:
                raise InputError(f"both {given!r} and {name!r} are columns; drop {name!r}")
            df = df.withColumnRenamed(given, name)
        return df


def _by_line_number(a: Column, b: Column) -> Column:
    """A comparator, because lines may hold columns that have no order, such as maps. A null comes
    first, and is refused when the lines are labelled."""
    left, right = a[LINE_NUMBER], b[LINE_NUMBER]
    return (
        F.when(left.isNull() & right.isNull(), 0)
        .when(left.isNull(), -1)
        .when(right.isNull(), 1)
        .when(left < right, -1)
        .when(left > right, 1)
        .otherwise(0)
    )


def _text_of(lines: Column) -> Column:
    empty = F.lit("")
    return F.array_join(F.transform(lines, lambda line: F.coalesce(line[VALUE], empty)), "\n")
