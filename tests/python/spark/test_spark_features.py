# SPDX-License-Identifier: Apache-2.0
"""A worker's features are the driver's; the vocabulary and its weights are those of pyspark.ml."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.ml.feature import IDF, CountVectorizer, CountVectorizerModel, Tokenizer
from pyspark.sql import functions as F
from spark_testing import lines_of

from skol_classifier import _core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame, SparkSession
    from spark_testing import Documents, Model

CORPUS = Path(os.environ.get("SKOL_CORPUS", "../shared/corpus"))
TOLERANCE = 1e-12


def features_of(model: Model, lines: Any) -> list[bytes]:
    """As bytes, so that equal means equal in every bit."""
    import numpy as np

    offsets, columns, values = model.vectorize(lines)
    return [
        np.asarray(part, kind).tobytes()
        for part, kind in ((offsets, np.int64), (columns, np.int64), (values, np.float32))
    ]


def test_features_of_a_worker_are_those_of_the_driver_to_the_bit(
    spark: SparkSession, model: Model, documents: Documents, tmp_path: Path
) -> None:
    lines = [line for _, _, line in lines_of(documents)]
    data = model.to_bytes()
    found = tmp_path / "features"

    def vectorize(batches: Any) -> Iterator[Any]:
        from skol_classifier import _core

        text = [line for batch in batches for line in batch.column("value").to_pylist()]
        if text:
            found.write_bytes(b"".join(features_of(_core.Model.from_bytes(data), text)))
        return iter(())

    df = spark.createDataFrame([(line,) for line in lines], "value string").coalesce(1)
    df.mapInArrow(vectorize, "x int").collect()
    assert found.read_bytes() == b"".join(features_of(model, lines))


def suffixes_of(words: list[str]) -> list[str]:
    return [word[-size:] for word in words for size in (2, 3, 4)]


def documents_of(source: str) -> Documents:
    if source == "sample":
        folder = Path(__file__).parents[3] / "sample"
    elif CORPUS.joinpath("split.tsv").exists():
        folder = CORPUS
    else:
        pytest.skip(f"no corpus at {CORPUS}; SKOL_CORPUS names its place")
    paths = sorted(folder.rglob("*.ann"))
    return [_core.read_document(str(path), True)[0] for path in paths]


@pytest.mark.parametrize("source", ["sample", pytest.param("corpus", marks=pytest.mark.slow)])
def test_vocabulary_idf_and_values_are_those_of_pyspark_ml(
    spark: SparkSession, source: str
) -> None:
    documents = documents_of(source)
    options = {"features": "compact", "num_layers": 0, "epochs": 1, "validation_fraction": 0.0}
    model, _ = _core.train(documents, options)
    # The lines that are classified, which are those with a label when they are predicted.
    labelled, _ = _core.predict(model, documents)
    lines = [
        line
        for document in labelled
        for line, label in zip(document.lines, document.labels, strict=True)
        if label is not None
    ]
    rows = [(number, line) for number, line in enumerate(lines)]
    words = Tokenizer(inputCol="value", outputCol="terms").transform(
        spark.createDataFrame(rows, "id int, value string").repartition(1)
    )
    suffixes = words.withColumn("terms", F.udf(suffixes_of, "array<string>")("terms"))
    offsets, columns, values = model.vectorize(lines)
    names = [
        *(("word", term) for term in model.words),
        *(("suffix", term) for term in model.suffixes),
    ]
    idf = dict(zip(names, model.idf, strict=True))
    ours = [
        {names[columns[i]]: values[i] for i in range(offsets[row], offsets[row + 1])}
        for row in range(len(lines))
    ]
    for kind, terms, vocabulary in (
        ("word", words, model.words),
        ("suffix", suffixes, model.suffixes),
    ):
        compare_with_ml(kind, terms.select("id", "terms").cache(), vocabulary, idf, ours)


def compare_with_ml(
    kind: str, frame: DataFrame, vocabulary: list[str], idf: Any, ours: Any
) -> None:
    import numpy as np

    counted = CountVectorizer(
        inputCol="terms", outputCol="tf", vocabSize=len(vocabulary), minDF=1.0
    ).fit(frame)
    totals: Counter[str] = Counter()
    for row in frame.toLocalIterator():
        totals.update(row.terms)
    theirs = counted.vocabulary
    # In both orders the counts fall alike; which of several terms with one count comes is a tie.
    assert [totals[term] for term in vocabulary] == [totals[term] for term in theirs]
    last = totals[vocabulary[-1]]
    assert {t for t in vocabulary if totals[t] > last} == {t for t in theirs if totals[t] > last}

    # IDF and values over one vocabulary, ours, so that ties do not matter any more.
    same = CountVectorizerModel.from_vocabulary(list(vocabulary), inputCol="terms", outputCol="tf")
    tf = same.transform(frame)
    fitted = IDF(inputCol="tf", outputCol="tfidf", minDocFreq=2).fit(tf)
    mine = np.array([idf[kind, term] for term in vocabulary])
    assert np.abs(mine - fitted.idf.toArray()).max() <= TOLERANCE
    for row in fitted.transform(tf).select("id", "tfidf").toLocalIterator():
        expected = {
            (kind, vocabulary[i]): np.float32(value)
            for i, value in zip(row.tfidf.indices, row.tfidf.values, strict=True)
            if value != 0
        }
        got = {k: v for k, v in ours[row.id].items() if k[0] == kind and v != 0}
        assert got == expected
    frame.unpersist()
