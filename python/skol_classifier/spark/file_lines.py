# SPDX-License-Identifier: Apache-2.0
"""What runs in a worker to read files: their bytes in, their lines out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from skol_classifier import _core

_MAX_ROWS = 10_000  # a record batch, as Spark's own


def lines_of_files(
    batches: Iterator[pa.RecordBatch], given: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """`given`: how the caller names the file at a URI."""
    for batch in batches:
        for place, content in zip(batch.column(0), batch.column(1), strict=True):
            name = _name(place.as_py(), given)
            annotated = name.endswith(".ann")
            document, _ = _core.parse_text(name, content.as_buffer().to_pybytes(), annotated)
            yield from _rows(document)


def _name(place: str, given: Mapping[str, str]) -> str:
    if place.startswith("file:"):
        return given[f"file://{local_path(place)}"]
    return given.get(place, place)


def local_path(place: str) -> str:
    """Hadoop writes a local file as file:/a/b, or file:///a/b, without escapes."""
    if not place.startswith("file:"):
        return place
    return "/" + place.removeprefix("file:").lstrip("/")


def _rows(document: _core.Document) -> Iterator[pa.RecordBatch]:
    lines = [line.encode() for line in document.lines]
    for begin in range(0, len(lines), _MAX_ROWS):
        some = lines[begin : begin + _MAX_ROWS]
        numbers = np.arange(begin, begin + len(some), dtype=np.int32)
        yield pa.RecordBatch.from_arrays(
            [
                _texts([document.id.encode()] * len(some)),
                pa.Array.from_buffers(pa.int32(), len(some), [None, pa.py_buffer(numbers)]),
                _texts(some),
            ],
            names=["doc_id", "line_number", "value"],
        )


def _texts(values: list[bytes]) -> Any:
    """From buffers: pyarrow.array() would import pandas in the worker."""
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)
