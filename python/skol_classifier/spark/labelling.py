# SPDX-License-Identifier: Apache-2.0
"""A DataFrame of lines, or of whole texts, to the same rows with labels. Nothing runs here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DoubleType, FloatType, StringType, StructField, StructType

from skol_classifier.log import COUNTS, say

from .broadcasting import model_key, weights_for
from .column_names import LINE_NUMBER, OUTPUT_COLUMNS, SORTED_LINES, VALUE
from .columns import InputColumns, column, recognise, refuse_output_columns
from .entry import in_worker
from .environment import check_workers
from .partitions import partition_count
from .run_statistics import RunStatistics
from .worker import LabellingJob
from .worker_memory import worker_memory

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from skol_classifier import _core

    from .entry import Batches

# Of the digest of a model that is kept nowhere: enough to tell those of one host apart.
_DIGITS_OF_A_NAME = 12

_OUTPUT_TYPES = (DoubleType(), ArrayType(FloatType()), StringType(), StringType())
_OUTPUT_FIELDS = [
    StructField(name, kind) for name, kind in zip(OUTPUT_COLUMNS, _OUTPUT_TYPES, strict=True)
]


def label_lines(
    df: DataFrame,
    model: _core.Model,
    *,
    prediction_batch_size: int | str,
    prediction_stride: int,
    num_workers: int,
    memory_budget: int | str | None = None,
    device: str = "cpu",
    precision: str = "fp32",
    model_name: str = "",
    verbosity: int = 0,
) -> tuple[DataFrame, Callable[[], dict[str, Any]]]:
    """The labelled DataFrame, and a function for the statistics of the jobs it has been in."""
    model.check_takes_text()
    return label_rows(
        df,
        recognise(df),
        model,
        prediction_batch_size=prediction_batch_size,
        prediction_stride=prediction_stride,
        num_workers=num_workers,
        memory_budget=memory_budget,
        device=device,
        precision=precision,
        model_name=model_name,
        verbosity=verbosity,
    )


def label_rows(
    df: DataFrame,
    columns: InputColumns,
    model: _core.Model,
    *,
    prediction_batch_size: int | str,
    prediction_stride: int,
    num_workers: int,
    memory_budget: int | str | None = None,
    device: str = "cpu",
    precision: str = "fp32",
    model_name: str = "",
    verbosity: int,
) -> tuple[DataFrame, Callable[[], dict[str, Any]]]:
    """As label_lines(), of a table whose columns are known."""
    refuse_output_columns(df.columns)
    spark = df.sparkSession
    check_workers(spark)
    lines = documents_together(df, columns)
    statistics = RunStatistics(spark, verbosity)
    key = model_key(model)
    plain = _plain_names(lines.columns)
    memory = worker_memory(spark, memory_budget)
    job = LabellingJob(
        document=columns.document,
        attachment=columns.attachment,
        line_number=plain[columns.line_number],
        value=columns.value,
        features=plain[columns.features] if columns.features is not None else None,
        rows_are_texts=columns.form == "texts",
        prediction_batch_size=prediction_batch_size,
        prediction_stride=prediction_stride,
        num_workers=num_workers,
        memory_budget=memory.memory_budget,
        workers_of_a_host=memory.workers,
        device=device,
        precision=precision,
        model_name=model_name or key[:_DIGITS_OF_A_NAME],
    )
    say(verbosity, COUNTS, f"the input is {columns.form}; {job}")
    entry = in_worker(
        "worker",
        "label_partition",
        vars(job),
        key,
        weights_for(spark, model),
        statistics.accumulator,
    )
    # Without the text there is nothing to write a block around: no annotated_value.
    added = _OUTPUT_FIELDS if columns.value is not None else _OUTPUT_FIELDS[:-1]
    return _mapped(lines, [*plain.values()], added, entry), statistics.merged


def _plain_names(names: list[str]) -> dict[str, str]:
    """mapInArrow takes a dot in a column's name for a field of a struct: such columns go through
    it under other names."""
    return {n: f"_{i}" if set(".`") & set(n) else n for i, n in enumerate(names)}


def _mapped(
    lines: DataFrame,
    plain: list[str],
    added: list[StructField],
    entry: Callable[[Batches], Batches],
) -> DataFrame:
    names = lines.columns
    if plain != names:
        lines = lines.toDF(*plain)
    labelled = lines.mapInArrow(entry, StructType([*lines.schema.fields, *added]))
    return labelled if plain == names else labelled.toDF(*names, *(field.name for field in added))


def documents_together(df: DataFrame, columns: InputColumns) -> DataFrame:
    """One row a line; the lines of a document in one partition, neighbours, in order."""
    if columns.form == "sequences":
        return sequences_to_lines(df, columns)
    identity = columns.identity()
    count = partition_count(df)
    numbers: list[Any] = [] if count is None else [max(1, count)]
    together = df.repartition(*numbers, *identity)
    if columns.form == "lines":
        return together.sortWithinPartitions(*identity, column(columns.line_number))
    # Two rows of one document are neighbours then, and the second is found to begin it anew.
    return texts_to_lines(together.sortWithinPartitions(*identity))


def texts_to_lines(df: DataFrame) -> DataFrame:
    """One row a line in place of one row a text, split as _core.parse_text does."""
    split = F.posexplode(lines_of_text(column(VALUE))).alias(LINE_NUMBER, VALUE)
    return df.select(*(split if name == VALUE else column(name) for name in df.columns))


def lines_of_text(text: Column) -> Column:
    """LF ends a line, with the one CR before it; a last line without LF counts; BOM dropped."""
    pieces = F.split(F.regexp_replace(text, "^\ufeff", ""), "\r?\n", -1)
    # After a last LF, and in an empty text, stands an empty piece that is no line.
    no_line = F.when(F.element_at(pieces, -1) == "", 1).otherwise(0)
    return F.slice(pieces, F.lit(1), F.size(pieces) - no_line)


def sequences_to_lines(df: DataFrame, columns: InputColumns) -> DataFrame:
    """A document is one row already, so that nothing has to move."""
    elements = df.schema[SORTED_LINES].dataType
    assert isinstance(elements, ArrayType) and isinstance(elements.elementType, StructType)
    in_lines = {name.lower() for name in elements.elementType.names} | {SORTED_LINES, VALUE}
    keys = columns.keys()
    kept = [
        column(name)
        for name in df.columns
        if name.lower() not in in_lines and name not in (columns.document, columns.attachment)
    ]
    return df.select(*keys, *kept, F.inline(column(SORTED_LINES)))
