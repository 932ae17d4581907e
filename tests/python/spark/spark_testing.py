# SPDX-License-Identifier: Apache-2.0
"""Rows and documents for the tests of Spark, and the digest by which results are compared."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from skol_classifier import _core

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LINES = "doc_id string, line_number int, value string"

# Partitions, batch size, rows of an Arrow batch.
Setting: TypeAlias = tuple[int, int, str]
_ALL_SETTINGS = list(itertools.product([1, 2, 7, 50], [1, 64, 4096], ["1", "100", "10000"]))

# document, line number, text
Line: TypeAlias = tuple[str, int, str]
Documents: TypeAlias = list[_core.Document]
Model: TypeAlias = _core.Model
Label: TypeAlias = Callable[..., Any]  # label_lines() but for its usual settings


def lines_of(documents: Iterable[_core.Document]) -> list[Line]:
    return [(doc.id, number, line) for doc in documents for number, line in enumerate(doc.lines)]


def long_documents(count: int, lines: int) -> list[_core.Document]:
    """Documents in which every line is classified."""
    return [
        _core.Document(f"paper {d:03}", [f"line {i} of paper {d}" for i in range(lines)])
        for d in range(count)
    ]


def digest(rows: Iterable[tuple[str, int, str | None, Iterable[float] | None]]) -> str:
    """Of (document, line, label, the bits of the probabilities), in any order."""
    import numpy as np

    parts = []
    for document, line, label, probabilities in rows:
        bits = b"" if probabilities is None else np.asarray(probabilities, np.float32).tobytes()
        parts.append(f"{document}\0{line}\0{label}\0{bits.hex()}\n")
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()


def digest_of_frame(labelled: DataFrame) -> str:
    columns = ("doc_id", "line_number", "predicted_label", "probabilities")
    return digest(tuple(row) for row in labelled.select(*columns).collect())


def digest_of_core(model: _core.Model, documents: list[_core.Document], **settings: Any) -> str:
    """What plain Python says of the same documents."""
    labelled, _ = _core.predict(model, documents, **settings)
    return digest(
        (document.id, number, label, None if label is None else probabilities)
        for document in labelled
        for number, (label, probabilities) in enumerate(
            zip(document.labels, document.probabilities(), strict=True)
        )
    )


def refused(error: pytest.ExceptionInfo[BaseException], *words: str) -> None:
    """That one line of the message has all the words."""
    lines = str(error.value).splitlines()
    assert any(all(word in line for word in words) for line in lines), str(error.value)


def settings(always: list[Setting]) -> Any:
    """The parameter `setting`: those in `always`, and the rest of the full product as slow."""
    rest = [pytest.param(s, marks=pytest.mark.slow) for s in _ALL_SETTINGS if s not in always]
    return pytest.mark.parametrize("setting", [*always, *rest], ids=lambda s: "-".join(map(str, s)))


def check_digest(
    spark: SparkSession, label: Label, documents: Documents, expected: str, setting: Setting
) -> None:
    """That the setting changes no bit, and that windows are pooled whatever it is."""
    partitions, batch_size, rows = setting
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
    df = spark.createDataFrame(lines_of(documents), LINES).repartition(partitions)
    labelled, stats = label(df, prediction_batch_size=batch_size)
    assert digest_of_frame(labelled) == expected
    assert stats()["documents"] == len(documents)
    for entry in stats()["partitions"]:
        assert entry["predict_calls"] == -(-entry["windows"] // batch_size)
