# SPDX-License-Identifier: Apache-2.0
"""Which columns are what in a DataFrame whose lines have their features with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.ml.linalg import VectorUDT
from pyspark.sql.types import ArrayType, IntegralType, NumericType, StringType, StructType

from skol_classifier.errors import InputError

from .column_names import DOCUMENT, FILE_NAME, SORTED_LINES, VALUE
from .columns import InputColumns, document_columns, require

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def recognise_vectors(df: DataFrame, features: str, line_number: str) -> InputColumns:
    """Lines with vectors, or the sequencer's output of such; InputError where it is neither."""
    document, attachment = document_columns(df)
    lines = _lines(df)
    _require_vectors(lines, features)
    forms = f"needed are {DOCUMENT} (or {FILE_NAME}), {line_number} and {features}, one row a line"
    require(lines, line_number, IntegralType, "int or bigint", forms)
    if VALUE in lines.names:
        require(lines, VALUE, StringType, "string")
    return InputColumns(
        "sequences" if SORTED_LINES in df.columns else "lines",
        document,
        attachment,
        line_number,
        VALUE if VALUE in lines.names else None,
        features,
    )


def require_labels(df: DataFrame, label: str) -> None:
    forms = "needed is the index of its label beside every line, as StringIndexer makes it"
    require(_lines(df), label, NumericType, "double", forms)


def _lines(df: DataFrame) -> StructType:
    """The columns of the lines: in sequences, those of their elements."""
    if SORTED_LINES not in df.columns:
        return df.schema
    found = df.schema[SORTED_LINES].dataType
    if not isinstance(found, ArrayType) or not isinstance(found.elementType, StructType):
        raise InputError(
            f"column {SORTED_LINES!r} is {found.simpleString()}, expected an array of structs as "
            "SequencePreprocessor.transform makes it"
        )
    return found.elementType


def _require_vectors(lines: StructType, features: str) -> None:
    if features not in lines.names:
        others = [field.name for field in lines.fields if isinstance(field.dataType, VectorUDT)]
        raise InputError(
            f"no column {features!r} among {', '.join(lines.names)}; name the column of vectors by "
            f"features_col{f', {others[0]!r} say' if others else ''}"
        )
    found = lines[features].dataType
    if not isinstance(found, VectorUDT):
        raise InputError(
            f"column {features!r} is {found.simpleString()}, expected a vector of pyspark.ml; "
            "VectorAssembler or pyspark.ml.functions.array_to_vector makes one"
        )
