# SPDX-License-Identifier: Apache-2.0
"""Documents as rows, and labels that do not notice."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from spark_testing import LINES, digest_of_frame, lines_of, refused

from skol_classifier.spark import SequencePreprocessor

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label


def test_a_document_becomes_one_row_with_its_lines_in_order(spark: SparkSession) -> None:
    rows = [
        ("a", 2, "third", 2.0),
        ("b", 0, "other", 9.0),
        ("a", 0, "first", 0.0),
        ("a", 1, None, 1.0),
    ]
    df = spark.createDataFrame(rows, LINES + ", weight double")
    got = {row.doc_id: row for row in SequencePreprocessor().transform(df).collect()}
    assert list(got["a"].asDict()) == ["doc_id", "sorted_data", "value"]
    assert [tuple(line) for line in got["a"].sorted_data] == [
        (0, "first", 0.0),
        (1, None, 1.0),
        (2, "third", 2.0),
    ]
    assert (got["a"].value, got["b"].value) == ("first\n\nthird", "other")


@pytest.mark.parametrize("partitions", [None, 1, 100])
def test_labels_are_the_same_with_and_without_it(
    spark: SparkSession, label: Label, documents: Documents, expected: str, partitions: int
) -> None:
    rows = lines_of(documents)
    random.Random(2).shuffle(rows)
    sequences = SequencePreprocessor().transform(spark.createDataFrame(rows, LINES))
    if partitions is not None:
        sequences = sequences.repartition(partitions)
    labelled, stats = label(sequences)
    assert digest_of_frame(labelled) == expected
    if partitions is not None:
        assert len(stats()["partitions"]) == partitions


def test_attachments_and_columns_without_an_order_come_along(
    spark: SparkSession, label: Label
) -> None:
    df = spark.sql(
        "select 'a' doc_id, 'x' attachment_name, id line_number, 'text' value, map(1, id) other"
        " from range(3) union all select 'a', 'y', id, 'text', map(2, id) from range(2)"
    )
    sequences = SequencePreprocessor().transform(df)
    assert sequences.columns == ["doc_id", "attachment_name", "sorted_data", "value"]
    labelled, stats = label(sequences)
    carried = ["doc_id", "attachment_name", "line_number", "value", "other"]
    assert labelled.columns[:5] == carried
    assert sorted(labelled.select(carried).collect(), key=str) == sorted(df.collect(), key=str)
    assert stats()["documents"] == 2


def test_whole_texts_are_split_first(spark: SparkSession) -> None:
    df = spark.createDataFrame([("a", "one\r\ntwo\n")], "filename string, value string")
    (row,) = SequencePreprocessor().transform(df).collect()
    assert (row.doc_id, row.value) == ("a", "one\ntwo")
    assert [tuple(line) for line in row.sorted_data] == [(0, "one"), (1, "two")]


def test_other_names_of_columns_are_given_once(spark: SparkSession, label: Label) -> None:
    df = spark.createDataFrame([("a", 0, "x")], "paper string, line int, text string")
    preprocessor = SequencePreprocessor(doc_id_col="paper", line_no_col="line", value_col="text")
    labelled, _ = label(preprocessor.transform(df))
    assert labelled.columns[:3] == ["doc_id", "line_number", "value"]
    assert repr(preprocessor) == (
        "SequencePreprocessor(doc_id_col='paper', line_no_col='line', value_col='text')"
    )


def test_mistakes_are_named(spark: SparkSession) -> None:
    df = spark.createDataFrame([("a", 0, "x")], "doc_id string, line_no int, value string")
    with pytest.raises(ValueError, match="column") as error:
        SequencePreprocessor().transform(df)
    refused(error, "line_no", "'line_number'")
    with pytest.raises(ValueError, match="no column 'lines'"):
        SequencePreprocessor(line_no_col="lines").transform(df)
    with pytest.raises(ValueError, match="doc_id_col is 3"):
        SequencePreprocessor(doc_id_col=3)
    with pytest.raises(TypeError):
        SequencePreprocessor("doc_id")


def test_lines_without_a_number_or_twice_are_refused_when_labelled(
    spark: SparkSession, label: Label
) -> None:
    for rows, words in (
        ([("paper 1", 1, "x"), ("paper 1", 1, "y")], ["paper 1", "1"]),
        ([("paper 1", 1, "x"), ("paper 1", None, "y")], ["paper 1", "line_number"]),
    ):
        sequences = SequencePreprocessor().transform(spark.createDataFrame(rows, LINES))
        with pytest.raises(Exception, match="InputError") as error:
            label(sequences)[0].collect()
        refused(error, "InputError", *words)
