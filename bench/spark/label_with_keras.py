# SPDX-License-Identifier: Apache-2.0
"""label_with_keras.py LINES.parquet: text to label as one would write it without this package.

Features by pyspark.ml, a Keras network of the same size in a pandas function over documents, batch
64. Its weights are as initialised: they cost the same time as trained ones.
"""

from __future__ import annotations

import os
import sys

import numpy as np
import pandas as pd
from pyspark.ml import Pipeline
from pyspark.ml.feature import IDF, CountVectorizer, Tokenizer, VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from session import measure, session

WINDOW, STRIDE, BATCH, INPUTS, CLASSES = 50, 25, 64, 1000, 3

_models: dict[str, object] = {}  # of a worker process


def network() -> object:
    if "network" not in _models:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        layers = tf.keras.layers
        _models["network"] = tf.keras.Sequential(
            [
                layers.Input((WINDOW, INPUTS)),
                layers.Bidirectional(layers.LSTM(128, return_sequences=True)),
                layers.Bidirectional(layers.LSTM(128, return_sequences=True)),
                layers.TimeDistributed(layers.Dense(CLASSES, activation="softmax")),
            ]
        )
    return _models["network"]


def label_document(document: pd.DataFrame) -> pd.DataFrame:
    document = document.sort_values("line_number")
    features = np.stack(document["features"].to_numpy()).astype(np.float32)
    count = len(features)
    starts = range(0, max(count - WINDOW + STRIDE, 1), STRIDE)
    windows = np.zeros((len(starts), WINDOW, INPUTS), np.float32)
    for window, start in zip(windows, starts, strict=True):
        part = features[start : start + WINDOW]
        window[: len(part)] = part
    probabilities = network().predict(windows, batch_size=BATCH, verbose=0)
    sums, votes = np.zeros((count, CLASSES)), np.zeros((count, 1))
    for window, start in zip(probabilities, starts, strict=True):
        length = min(WINDOW, count - start)
        sums[start : start + length] += window[:length]
        votes[start : start + length] += 1
    labels = np.argmax(sums / votes, axis=1)
    return pd.DataFrame(
        {
            "doc_id": document["doc_id"].to_numpy(),
            "line_number": document["line_number"].to_numpy(),
            "prediction": labels.astype(np.float64),
        }
    )


def with_suffixes(lines: DataFrame) -> DataFrame:
    suffixes = F.flatten(
        F.transform("words", lambda word: F.array(*(F.right(word, F.lit(n)) for n in (2, 3, 4))))
    )
    return lines.withColumn("suffixes", suffixes)


def main(parquet: str) -> None:
    lines = session().read.parquet(parquet).filter("trim(value) <> ''")
    tokenizer = Tokenizer(inputCol="value", outputCol="words")
    pipeline = Pipeline(
        stages=[
            CountVectorizer(inputCol="words", outputCol="word_counts", vocabSize=800),
            CountVectorizer(inputCol="suffixes", outputCol="suffix_counts", vocabSize=200),
            IDF(inputCol="word_counts", outputCol="word_idf", minDocFreq=2),
            IDF(inputCol="suffix_counts", outputCol="suffix_idf", minDocFreq=2),
            VectorAssembler(inputCols=["word_idf", "suffix_idf"], outputCol="combined_idf"),
        ]
    ).fit(with_suffixes(tokenizer.transform(lines)))

    def label(raw: DataFrame) -> DataFrame:
        combined = pipeline.transform(with_suffixes(tokenizer.transform(raw)))
        features = vector_to_array("combined_idf", "float32").alias("features")
        rows = combined.select("doc_id", "line_number", features).repartition(16, "doc_id")
        schema = "doc_id string, line_number long, prediction double"
        return rows.groupBy("doc_id").applyInPandas(label_document, schema)

    measure("keras in a pandas function", lines, label)


if __name__ == "__main__":
    main(*sys.argv[1:])
