# SPDX-License-Identifier: Apache-2.0
"""What label_lines takes and what it hands back."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.sql import functions as F
from spark_testing import (
    LINES,
    digest,
    digest_of_core,
    digest_of_frame,
    lines_of,
    long_documents,
    refused,
)

from skol_classifier import _core

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label, Model

OUTPUT = [
    ("prediction", "double"),
    ("probabilities", "array<float>"),
    ("predicted_label", "string"),
    ("annotated_value", "string"),
]


def test_adds_four_columns_after_those_of_the_input(spark: SparkSession, label: Label) -> None:
    df = spark.createDataFrame([("a", 0, "x")], LINES)
    labelled, _ = label(df)
    assert labelled.dtypes == df.dtypes + OUTPUT


def test_labels_are_those_of_plain_python_to_the_bit(
    spark: SparkSession, label: Label, documents: Documents, expected: str
) -> None:
    labelled, _ = label(spark.createDataFrame(lines_of(documents), LINES))
    assert digest_of_frame(labelled) == expected


def test_the_order_of_rows_changes_nothing(
    spark: SparkSession, label: Label, documents: Documents, expected: str
) -> None:
    rows = lines_of(documents)
    random.Random(1).shuffle(rows)
    labelled, _ = label(spark.createDataFrame(rows, LINES).repartition(5))
    assert digest_of_frame(labelled) == expected


def test_columns_of_all_kinds_come_through_unchanged(spark: SparkSession, label: Label) -> None:
    df = spark.range(25).select(
        F.lit("a").alias("doc_id"),
        F.col("id").alias("line_number"),
        F.format_string("line %d", "id").alias("value"),
        F.when(F.col("id") % 3 == 0, F.col("id") * 1.5).alias("sometimes null"),
        F.array(F.struct("id", F.lit("x").alias("name"))).alias("nested.dotted"),
        F.create_map(F.lit("k"), F.col("id")).alias("map"),
        F.lit(b"\x00\xff").alias("bytes"),
        F.lit("2026-01-31 12:00:00").cast("timestamp").alias("time"),
        F.lit("2026-01-31").cast("date").alias("day"),
        F.lit("3.14").cast("decimal(10,2)").alias("decimal"),
    )
    labelled, _ = label(df)
    assert labelled.schema.fields[: len(df.columns)] == df.schema.fields
    carried = labelled.select(*[F.col(f"`{name}`") for name in df.columns])
    assert sorted(carried.collect(), key=str) == sorted(df.collect(), key=str)


def test_blank_lines_and_page_markers_keep_their_rows(spark: SparkSession, label: Label) -> None:
    rows = [("a", 0, "text"), ("a", 1, "  "), ("a", 2, "--- PDF Page 2 Label ii ---"), ("a", 3, "")]
    labelled = label(spark.createDataFrame(rows, LINES))[0].orderBy("line_number").collect()
    assert labelled[0].annotated_value == f"[@ text #{labelled[0].predicted_label}*]"
    assert labelled[0].prediction is not None and len(labelled[0].probabilities) == 3
    for row in labelled[1:]:
        assert (row.prediction, row.probabilities, row.predicted_label) == (None, None, None)
        assert row.annotated_value == row.value


def test_prediction_is_the_index_of_the_label(
    spark: SparkSession, label: Label, model: Model, documents: Documents
) -> None:
    labelled, _ = label(spark.createDataFrame(lines_of(documents), LINES))
    pairs = labelled.select("prediction", "predicted_label").dropna().distinct().collect()
    assert {row.predicted_label: row.prediction for row in pairs}.items() <= {
        name: float(index) for index, name in enumerate(model.labels)
    }.items()


def test_a_null_value_is_an_empty_line(spark: SparkSession, label: Label) -> None:
    rows = [("a", 0, "one line"), ("a", 1, None), ("a", 2, ""), ("a", 3, "another")]
    labelled = label(spark.createDataFrame(rows, LINES))[0].orderBy("line_number").collect()
    assert [row.value for row in labelled] == ["one line", None, "", "another"]
    assert [row.annotated_value for row in labelled[1:3]] == [None, ""]
    assert [row.predicted_label is None for row in labelled] == [False, True, True, False]


def test_documents_may_be_empty_one_line_or_very_long(
    spark: SparkSession, label: Label, model: Model
) -> None:
    documents = [*long_documents(1, 19_000), _core.Document("one", ["Amanita nova sp. nov."])]
    rows = lines_of(documents)
    labelled, stats = label(spark.createDataFrame([*rows, ("blank", 0, None)], LINES))
    assert digest_of_frame(labelled.where("doc_id <> 'blank'")) == digest_of_core(model, documents)
    assert (stats()["documents"], stats()["lines"]) == (3, 19_002)
    texts = [("none", ""), ("one", "Amanita nova sp. nov.")]
    labelled, _ = label(spark.createDataFrame(texts, "doc_id string, value string"))
    assert [row.doc_id for row in labelled.collect()] == ["one"]


def test_whole_texts_are_split_into_lines(
    spark: SparkSession, label: Label, documents: Documents, expected: str
) -> None:
    texts = [(doc.id, "\n".join(doc.lines) + "\n", 7) for doc in documents]
    df = spark.createDataFrame(texts, "doc_id string, value string, year int")
    labelled, _ = label(df)
    assert labelled.columns[:4] == ["doc_id", "line_number", "value", "year"]
    assert digest_of_frame(labelled) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a", "a\n", "a\n\n", "\r\n", "a\r\r\nb", "a\rb", "a\r", "\ufeffa\nb", "\ufeff",
        "a\ufeffb", "a\x0cb\x0b\x85\u2028c\nd", "nul\x00in\nline", "İ\n𝄞\n", "\n\n\n", "a\n\r\n",
    ],
)  # fmt: skip
def test_texts_are_split_as_the_core_splits_them(spark: SparkSession, text: str) -> None:
    from skol_classifier.spark.labelling import texts_to_lines

    df = spark.createDataFrame([("a", text)], "doc_id string, value string")
    rows = texts_to_lines(df).orderBy("line_number").collect()
    document, _ = _core.parse_text("a", text.encode(), False)
    assert [(row.line_number, row.value) for row in rows] == list(enumerate(document.lines))


def test_filename_stands_in_for_doc_id(
    spark: SparkSession, label: Label, documents: Documents, expected: str
) -> None:
    df = spark.createDataFrame(lines_of(documents), LINES).withColumnRenamed("doc_id", "filename")
    labelled = label(df)[0]
    assert labelled.columns[0] == "filename"
    assert digest_of_frame(labelled.withColumnRenamed("filename", "doc_id")) == expected


def test_attachments_of_a_document_stay_apart(
    spark: SparkSession, label: Label, model: Model
) -> None:
    first, second = long_documents(2, 60)
    rows = [
        ("a", name, number, line)
        for name, document in (("x.txt", first), ("y.txt", second))
        for number, line in enumerate(document.lines)
    ]
    schema = "doc_id string, attachment_name string, line_number int, value string"
    labelled = label(spark.createDataFrame(rows, schema))[0].collect()
    names = {"x.txt": first.id, "y.txt": second.id}
    got = digest(
        (names[row.attachment_name], row.line_number, row.predicted_label, row.probabilities)
        for row in labelled
    )
    assert got == digest_of_core(model, [first, second])


def test_no_attachment_is_the_main_one(spark: SparkSession, label: Label, model: Model) -> None:
    (document,) = long_documents(1, 60)
    rows = [
        (document.id, None if number % 2 else "main.txt", number, line)
        for number, line in enumerate(document.lines)
    ]
    schema = "doc_id string, attachment_name string, line_number int, value string"
    labelled, stats = label(spark.createDataFrame(rows, schema))
    assert digest_of_frame(labelled) == digest_of_core(model, [document])
    assert stats()["documents"] == 1
    carried = labelled.select("attachment_name", "line_number").collect()
    assert {row.line_number: row.attachment_name for row in carried} == {r[2]: r[1] for r in rows}


def test_an_empty_frame_gives_an_empty_frame(spark: SparkSession, label: Label) -> None:
    labelled, stats = label(spark.createDataFrame([], LINES))
    assert labelled.collect() == []
    assert (stats()["lines"], stats()["predict_calls"]) == (0, 0)


def test_empty_partitions_are_nothing_special(
    spark: SparkSession, label: Label, documents: Documents, expected: str
) -> None:
    df = spark.createDataFrame(lines_of(documents), LINES).repartition(60)
    assert digest_of_frame(label(df)[0]) == expected


def test_nothing_runs_before_an_action_and_inference_once_in_it(
    spark: SparkSession, label: Label
) -> None:
    tracker = spark.sparkContext.statusTracker()
    df = spark.createDataFrame(lines_of(long_documents(4, 150)), LINES)
    before = tracker.getJobIdsForGroup(None)
    labelled, stats = label(df)
    assert tracker.getJobIdsForGroup(None) == before
    assert stats()["partitions"] == []
    labelled.write.format("noop").mode("overwrite").save()
    assert (stats()["documents"], stats()["windows"]) == (4, 20)


def test_statistics_of_a_second_action_replace_those_of_the_first(
    spark: SparkSession, label: Label
) -> None:
    labelled, stats = label(spark.createDataFrame(lines_of(long_documents(4, 150)), LINES))
    labelled.collect()
    first = stats()
    labelled.collect()
    assert stats().keys() == first.keys()
    assert stats()["windows"] == first["windows"] == 20


def test_statistics_have_the_keys_of_plain_python(
    spark: SparkSession, label: Label, model: Model
) -> None:
    labelled, stats = label(spark.createDataFrame(lines_of(long_documents(4, 150)), LINES))
    labelled.collect()
    _, plain = _core.predict(model, long_documents(4, 150))
    merged = stats()
    assert merged.keys() - {"partitions"} == plain.keys()
    calls = sum(entry["calls"] for entry in merged["calls_by_windows"])
    assert calls == merged["predict_calls"] > 0
    for key in ("documents", "lines", "blank_lines", "windows", "batch_sizes", "reductions"):
        assert merged[key] == plain[key], key
    for entry in merged["partitions"]:
        assert entry.keys() - {"partition", "started", "ended"} == plain.keys()
        assert 0 <= entry["ended"] - entry["started"] < 3600


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("doc_id, line_no, value", ["line_no", "'line_number'", "withColumnRenamed"]),
        ("doc_id, line_numbr, value", ["line_numbr", "'line_number'", "withColumnRenamed"]),
        ("doc_id, line_number, text", ["text", "'value'", "withColumnRenamed"]),
        ("id, line_number, value", ["id", "'doc_id'", "withColumnRenamed"]),
        ("line_number, value", ["no column 'doc_id'", "line_number, value", "needed"]),
        ("doc_id, line_number", ["no column 'value'", "needed"]),
        ("doc_id, doc_id, value", ["'doc_id'", "twice"]),
        ("doc_id, value, prediction", ["prediction", "drop"]),
        ("doc_id, value, Probabilities, predicted_label", ["Probabilities, predicted_label"]),
    ],
)
def test_columns_missing_or_misnamed_are_named(
    spark: SparkSession, label: Label, columns: str, words: list[str]
) -> None:
    names = columns.split(", ")
    df = spark.createDataFrame([tuple("x" for _ in names)], names)
    if "line_number" in names:
        df = df.withColumn("line_number", F.lit(0))
    with pytest.raises(ValueError, match="column") as error:
        label(df)
    refused(error, *words)


@pytest.mark.parametrize(
    ("column", "wrong", "words"),
    [
        ("doc_id", "1", ["'doc_id'", "int", "string", "cast"]),
        ("line_number", "'1'", ["'line_number'", "string", "bigint", "cast"]),
        ("line_number", "1d", ["'line_number'", "double", "bigint", "cast"]),
        ("value", "array('x')", ["'value'", "array<string>", "string", "cast"]),
        ("attachment_name", "1", ["'attachment_name'", "int", "string", "cast"]),
    ],
)
def test_columns_of_a_wrong_type_are_named(
    spark: SparkSession, label: Label, column: str, wrong: str, words: list[str]
) -> None:
    df = spark.createDataFrame([("a", 0, "x")], LINES).withColumn(column, F.expr(wrong))
    with pytest.raises(ValueError, match="column") as error:
        label(df)
    refused(error, *words)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", 0, "x"), (None, 7, "y")], ["doc_id"]),
        ([("paper 1", None, "x")], ["line_number", "paper 1"]),
        ([("paper 1", 3, "x"), ("paper 1", 3, "y")], ["paper 1", "3"]),
    ],
)
def test_rows_without_a_place_are_named(
    spark: SparkSession, label: Label, rows: Any, words: list[str]
) -> None:
    with pytest.raises(Exception, match="InputError") as error:
        label(spark.createDataFrame(rows, LINES))[0].collect()
    refused(error, "InputError", *words)


def test_lines_without_numbers_are_refused_not_reordered(spark: SparkSession, label: Label) -> None:
    rows = [("paper 1", "first line"), ("paper 1", "second line")]
    df = spark.createDataFrame(rows, "doc_id string, value string")
    with pytest.raises(Exception, match="InputError") as error:
        label(df)[0].collect()
    refused(error, "paper 1", "no column 'line_number'")


def test_a_worker_uses_as_many_threads_as_its_task_has_cpus(
    spark: SparkSession, label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skol_classifier.spark import worker

    class Task:
        def cpus(self) -> int:
            return 3

    monkeypatch.setattr("pyspark.TaskContext.get", lambda: Task())
    monkeypatch.setattr(_core, "usable_cores", lambda: 8)
    assert [worker._threads(n) for n in (1, 2, 3, 4, 100)] == [1, 2, 3, 3, 3]
    monkeypatch.setattr(_core, "usable_cores", lambda: 2)
    assert worker._threads(4) == 2
