# SPDX-License-Identifier: Apache-2.0
"""lines_of_corpus.py FOLDER OUT.parquet: the lines of all documents below FOLDER as a table."""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.parquet as pq

from skol_classifier import _core


def main(folder: str, out: str) -> None:
    columns: dict[str, list] = {"doc_id": [], "line_number": [], "value": []}
    for path, annotated in _core.find_inputs([folder]):
        document, _ = _core.read_document(path, annotated)
        columns["doc_id"] += [document.id] * len(document)
        columns["line_number"] += range(len(document))
        columns["value"] += document.lines
    pq.write_table(pa.table(columns), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
