# SPDX-License-Identifier: Apache-2.0
"""DataFrames whose lines have their features with them, as vectors of Spark ML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from skol_classifier import _core
from skol_classifier.errors import InputError, ParameterError
from skol_classifier.parameters import RNN
from skol_classifier.statistics import prediction_statistics
from skol_classifier.training import train
from skol_classifier.values import Values

from .arrow_rows import number_column, text_column, vector_column
from .column_names import MAIN_ATTACHMENT, VALUE, VECTOR_FIELDS
from .columns import InputColumns, column
from .labelling import label_rows, sequences_to_lines
from .vector_columns import recognise_vectors, require_labels

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# The smallest normal float32, which the core takes for a probability below it.
_LEAST_PROBABILITY = float(np.finfo(np.float32).tiny)

_MOST_LABELS = 2048  # of a model

# What training collects: columns of these names and types.
_COLLECTED = pa.schema(
    [
        ("document", pa.string()),
        ("line_number", pa.int64()),
        ("label", pa.float64()),
        ("value", pa.string()),
        ("type", pa.int8()),
        ("size", pa.int32()),
        ("indices", pa.list_(pa.int32())),
        ("values", pa.list_(pa.float64())),
    ]
)


def label_vectors(
    df: DataFrame, model: _core.Model, *, features_col: str, line_no_col: str, **settings: int
) -> tuple[DataFrame, Callable[[], dict[str, Any]]]:
    """As label_lines(), of lines with features; without their text there is no annotated_value."""
    model.check_takes_features()
    return label_rows(df, recognise_vectors(df, features_col, line_no_col), model, **settings)


def fit_vectors(
    values: Values, df: DataFrame, names: Iterable[str] | None
) -> tuple[_core.Model, dict[str, Any]]:
    """A model trained on lines with features, and the statistics of fit(). The lines are brought
    to the driver, where training happens."""
    columns = recognise_vectors(df, values.wanted("features_col"), values.wanted("line_no_col"))
    label_col = values.wanted("label_col")
    require_labels(df, label_col)
    lines = _collected(df, columns, label_col)
    width = _width(lines)
    asked = values.given.get("input_size")
    if asked is not None and asked != width:
        raise ParameterError(
            f"input_size is {asked}, but the vectors have {width} columns: leave it out"
        )
    labels = _indices(lines.column("label"), label_col)
    names = list(names or _names_in_metadata(df, label_col) or _index_names(labels, values))
    builder = _core.DocumentRows(width, names)
    for begin, batch in _batches(lines):
        builder.add(
            batch.num_rows,
            text_column(batch.column("document")),
            number_column(batch.column("line_number")),
            text_column(batch.column("value")) if columns.value is not None else None,
            vector_column(batch.column("type"), *(batch.column(name) for name in VECTOR_FIELDS)),
            number_column(labels.slice(begin, batch.num_rows)),
        )
    # Of a model inside a classifier, what is about text has no say here.
    own = Values(RNN, {name: value for name, value in values.given.items() if name in RNN})
    own.saved = {name: value for name, value in values.saved.items() if name in RNN}
    return train(own, builder.finish(), names)


def statistics_of_predictions(df: DataFrame, labels: list[str], label_col: str) -> dict[str, Any]:
    """The scores of the rows that have a label. A row without a prediction is blank or an error."""
    require_labels(df, label_col)
    gold, predicted = column(label_col).cast("double"), column("prediction").cast("double")
    text = column(VALUE) if VALUE in df.columns else F.lit("?")
    counted = (
        df.where(gold.isNotNull())
        .select(
            gold.alias("gold"),
            predicted.alias("predicted"),
            F.when(predicted.isNull(), text).alias("line"),
            _loss(df, gold).alias("loss"),
        )
        .groupBy("gold", "predicted", "line")
        .agg(F.count(F.lit(1)), F.sum("loss"))
        .collect()
    )
    groups = []
    for gold_index, predicted_index, line, count, loss in counted:
        if predicted_index is None and not _core.is_classified(line or ""):
            continue
        groups.append(
            (
                _label(gold_index, labels, label_col),
                _label(predicted_index, labels, "prediction"),
                count,
                loss,
            )
        )
    if not groups:
        raise InputError(f"no row has both a label in {label_col!r} and a prediction")
    return prediction_statistics(labels, _core.score(labels, groups))


def _loss(df: DataFrame, gold: Column) -> Column:
    if "probabilities" not in df.columns:
        return F.lit(None).cast("double")
    probability = F.get(column("probabilities"), gold.cast("int")).cast("double")
    return -F.log(F.greatest(probability, F.lit(_LEAST_PROBABILITY)))


def _label(index: float | None, labels: list[str], name: str) -> str:
    if index is None or index not in range(len(labels)):
        raise InputError(
            f"a row has {name} {index}: expected an index below {len(labels)}, of {labels}"
        )
    return labels[int(index)]


def _collected(df: DataFrame, columns: InputColumns, label_col: str) -> pa.Table:
    """The lines in the order of documents and lines, one column each for the parts of a vector."""
    assert columns.features is not None
    lines = sequences_to_lines(df, columns) if columns.form == "sequences" else df
    keys = columns.identity()
    document = keys[0]
    if len(keys) > 1:
        attached = F.concat(keys[0], F.lit("/"), keys[1])
        document = F.when(keys[1] == MAIN_ATTACHMENT, keys[0]).otherwise(attached)
    vector = F.unwrap_udt(column(columns.features))
    number = column(columns.line_number)
    # One partition: a sort of many would first have to look at all rows for its bounds.
    narrow = (
        lines.repartition(1)
        .sortWithinPartitions(*keys, number)
        .select(
            document.alias("document"),
            number.cast("bigint").alias("line_number"),
            column(label_col).cast("double").alias("label"),
            (column(VALUE) if columns.value else F.lit(None).cast("string")).alias("value"),
            *(vector[name].alias(name) for name in VECTOR_FIELDS),
        )
    )
    if hasattr(narrow, "toArrow"):  # Spark 4
        return narrow.toArrow().cast(_COLLECTED)
    rows = narrow.collect()
    return pa.Table.from_arrays(
        [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(_COLLECTED.types)],
        schema=_COLLECTED,
    )


def _batches(lines: pa.Table) -> Iterable[tuple[int, pa.RecordBatch]]:
    """With the row that each begins at."""
    begin = 0
    for batch in lines.to_batches():
        yield begin, batch
        begin += batch.num_rows


def _width(lines: pa.Table) -> int:
    """Of the first vector; the others have to have the same."""
    for kind, size, values in zip(*map(lines.column, ("type", "size", "values")), strict=True):
        if kind.is_valid:
            return int(size.as_py()) if size.is_valid else len(values)
    raise InputError("there is no vector to train on: expected one for every line")


def _indices(labels: pa.ChunkedArray, name: str) -> pa.Array:
    null = labels.is_null().to_numpy()
    found = np.where(null, 0.0, labels.to_numpy())
    wrong = found[~((found >= 0) & (found < _MOST_LABELS) & (found == np.floor(found)))]
    if wrong.size:
        raise InputError(
            f"{name} is {wrong[0]} in a row: expected the index of a label, 0 to "
            f"{_MOST_LABELS - 1}, as StringIndexer makes it, or null"
        )
    return pa.array(found.astype(np.int64), mask=null)


def _names_in_metadata(df: DataFrame, label_col: str) -> list[str] | None:
    """The labels that a StringIndexer left with the column it made."""
    if label_col not in df.columns:
        return None
    names = df.schema[label_col].metadata.get("ml_attr", {}).get("vals")
    return None if names is None else list(map(str, names))


def _index_names(labels: pa.Array, values: Values) -> list[str]:
    found = labels.drop_null().to_numpy()
    most = int(found.max()) + 1 if found.size else 1
    return [str(index) for index in range(max(most, values.given.get("num_classes") or 0))]
