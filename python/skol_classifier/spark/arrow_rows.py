# SPDX-License-Identifier: Apache-2.0
"""Arrow buffers to and from the core, without a Python object a row.

Arrays are made from buffers and counted with numpy: pyarrow.array() would import pandas and
pyarrow.compute costs 10 MB, in every worker process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

from skol_classifier.errors import InternalError

from .column_names import VECTOR_FIELDS

if TYPE_CHECKING:
    from skol_classifier import _core

    Bits: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

# What goes through the core and back to Spark at a time, however large Spark's batches are: with
# 10,000 rows, Spark's default, buffers took 5 MB more in every worker.
_MAX_ROWS = 1_000

_OUTPUT = [
    pa.field("prediction", pa.float64()),
    pa.field("probabilities", pa.list_(pa.field("element", pa.float32()))),
    pa.field("predicted_label", pa.string()),
    pa.field("annotated_value", pa.string()),
]


def text_column(texts: pa.Array) -> tuple[Any, Any, Any, int]:
    """As _core.TextColumn: validity, int32 offsets, UTF-8, offset."""
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    if texts.type != pa.string():
        texts = texts.cast(pa.string())
    validity, offsets, data = texts.buffers()
    return validity, offsets, data if data is not None else b"", texts.offset


def number_column(numbers: pa.Array) -> tuple[Any, Any, int]:
    """As _core.NumberColumn: validity, int64 values, offset."""
    validity, values = numbers.buffers()
    if numbers.type != pa.int64():
        end = numbers.offset + len(numbers)
        values = np.frombuffer(values, numbers.type.to_pandas_dtype(), end).astype(np.int64)
    return validity, values, numbers.offset


def parts(vectors: pa.StructArray) -> list[pa.Array]:
    """A column of Spark ML's vectors, and its fields, as vector_column() takes them."""
    return [vectors, *(vectors.field(name) for name in VECTOR_FIELDS)]


def vector_column(
    nulls: pa.Array, types: pa.Array, sizes: pa.Array, indices: pa.Array, values: pa.Array
) -> tuple[Any, ...]:
    """As _core.LineStream takes vectors; one is null where `nulls` is."""
    return (
        nulls.buffers()[0],
        nulls.offset,
        _data(types, 1),
        _data(sizes, 4),
        _list_offsets(indices),
        _data(indices.values, 4),
        _list_offsets(values),
        _data(values.values, 8),
    )


def _data(array: pa.Array, size: int) -> Any:
    """The values of an array from its first on, each of `size` bytes."""
    data = array.buffers()[1]
    return b"" if data is None else data.slice(size * array.offset)


def _list_offsets(lists: pa.Array) -> Any:
    return lists.buffers()[1].slice(4 * lists.offset)


def pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Of bounded size, without a copy."""
    for begin in range(0, batch.num_rows, _MAX_ROWS):
        yield batch.slice(begin, _MAX_ROWS)


class PendingRows:
    """Input rows that wait, in order, until they are labelled."""

    def __init__(self, labels: Sequence[str], value: str | None) -> None:
        self._batches: deque[pa.RecordBatch] = deque()
        self._names = _LabelNames(labels)
        self._value = value  # the column with the text, if there is one

    def add(self, batch: pa.RecordBatch) -> None:
        self._batches.append(batch)

    def finished(self, rows: _core.LabelledRows) -> Iterator[pa.RecordBatch]:
        """The next len(rows) input rows with their output columns, in batches of bounded size."""
        labelled = _LabelledColumns(rows, self._names)
        begin = 0
        while begin < len(rows):
            piece = self._take(min(len(rows) - begin, _MAX_ROWS))
            values = piece.column(self._value) if self._value is not None else None
            arrays = labelled.arrays(begin, piece.num_rows, values)
            schema = pa.schema([*piece.schema, *_OUTPUT[: len(arrays)]])
            yield pa.RecordBatch.from_arrays([*piece.columns, *arrays], schema=schema)
            begin += piece.num_rows

    def require_empty(self) -> None:
        waiting = sum(batch.num_rows for batch in self._batches)
        if waiting:
            raise InternalError(f"{waiting} rows were left without a label at the end; report this")

    def _take(self, most: int) -> pa.RecordBatch:
        if not self._batches:
            raise InternalError("more labelled rows than input rows; report this")
        batch = self._batches.popleft()
        if batch.num_rows > most:
            self._batches.appendleft(batch.slice(most))
        return batch.slice(0, most)


class _LabelNames:
    """Label indices to UTF-8, by a table whose last row, empty, is that of index -1."""

    def __init__(self, labels: Sequence[str]) -> None:
        names = [label.encode() for label in labels]
        self._lengths = np.array([*map(len, names), 0], np.int32)
        self._bytes = np.zeros((len(names) + 1, max(map(len, names), default=0)), np.uint8)
        for row, name in zip(self._bytes, names, strict=False):
            row[: len(name)] = np.frombuffer(name, np.uint8)
        self._used = np.arange(self._bytes.shape[1]) < self._lengths[:, None]

    def array(self, index: np.ndarray[Any, np.dtype[np.int32]], validity: pa.Buffer) -> pa.Array:
        offsets = np.zeros(len(index) + 1, np.int32)
        np.cumsum(self._lengths[index], out=offsets[1:])
        text = self._bytes[index][self._used[index]]
        buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(text)]
        return pa.Array.from_buffers(pa.string(), len(index), buffers)


class _LabelledColumns:
    """The output columns of what the core hands back."""

    def __init__(self, rows: _core.LabelledRows, names: _LabelNames) -> None:
        self._index = np.frombuffer(rows.label_index, np.int32)
        self._probability_offsets = pa.py_buffer(rows.probability_offsets)
        self._annotated_offsets = pa.py_buffer(rows.annotated_offsets)
        self._annotated = pa.py_buffer(rows.annotated)
        probabilities = rows.probabilities
        self._probabilities = pa.Array.from_buffers(
            pa.float32(), len(probabilities) // 4, [None, pa.py_buffer(probabilities)]
        )
        self._names = names

    def arrays(self, begin: int, count: int, values: pa.Array | None) -> list[pa.Array]:
        """Of rows [begin, begin + count), whose lines are `values`; three without the lines."""
        index = self._index[begin : begin + count]
        labelled = _bitmap(index >= 0)
        prediction = pa.py_buffer(index.astype(np.float64))
        columns = [
            pa.Array.from_buffers(pa.float64(), count, [labelled, prediction]),
            pa.Array.from_buffers(
                _OUTPUT[1].type,
                count,
                [labelled, _offsets(self._probability_offsets, begin, count)],
                children=[self._probabilities],
            ),
            self._names.array(index, labelled),
        ]
        if values is not None:
            offsets = _offsets(self._annotated_offsets, begin, count)
            annotated = [_null_bits(values), offsets, self._annotated]
            columns.append(pa.Array.from_buffers(pa.string(), count, annotated))
        return columns


def _offsets(buffer: pa.Buffer, begin: int, count: int) -> pa.Buffer:
    return buffer.slice(4 * begin, 4 * (count + 1))


def _bitmap(bits: Bits) -> pa.Buffer:
    return pa.py_buffer(np.packbits(bits, bitorder="little"))


def _null_bits(values: pa.Array) -> pa.Buffer | None:
    """The validity of `values` as a bitmap of its own, None where nothing is null."""
    if values.null_count == 0:
        return None
    packed = np.frombuffer(values.buffers()[0], np.uint8)
    bits = np.unpackbits(packed, bitorder="little", count=values.offset + len(values))
    return _bitmap(bits[values.offset :].astype(np.bool_))
