# SPDX-License-Identifier: Apache-2.0
"""Files to DataFrames, and annotated DataFrames to documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import refused

from skol_classifier import _core
from skol_classifier.spark import annotated_documents, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label

ANNOTATED = "doc_id string, line_number int, value string, label string"


@pytest.mark.parametrize("name", ["plain.txt", "with space & ü.txt", "a[1]{x}*?.txt", "100%20.txt"])
def test_files_are_rows_of_lines_under_the_name_given(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_bytes("\ufeffone\r\n\n\x0cthree\u2028ü".encode())
    monkeypatch.chdir(tmp_path)
    for path in (name, f"./{name}", str(tmp_path / name), f"file://{tmp_path / name}"):
        rows = read_files(spark, [path]).orderBy("line_number").collect()
        assert [tuple(row) for row in rows] == [
            (path, 0, "one"),
            (path, 1, ""),
            (path, 2, "\x0cthree\u2028ü"),
        ]


def test_columns_are_those_that_labelling_takes(
    spark: SparkSession, tmp_path: Path, label: Label
) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    lines = read_files(spark, [str(tmp_path / "a.txt")])
    assert lines.dtypes == [("doc_id", "string"), ("line_number", "int"), ("value", "string")]
    assert label(lines)[0].count() == 2


def test_annotated_files_come_without_markup(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "a.txt.ann"
    path.write_text("[@ one\ntwo #Description*]\nthree\n")
    rows = read_files(spark, [str(path)]).orderBy("line_number").collect()
    assert [row.value for row in rows] == ["one", "two", "three"]


def test_equal_names_in_two_folders_stay_distinct_and_empty_files_have_no_rows(
    spark: SparkSession, tmp_path: Path
) -> None:
    for folder in "xy":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(folder)
    (tmp_path / "empty.txt").touch()
    paths = [str(tmp_path / name) for name in ("x/a.txt", "y/a.txt", "empty.txt", "x/a.txt")]
    assert sorted(tuple(row) for row in read_files(spark, paths).collect()) == [
        (paths[0], 0, "x"),
        (paths[1], 0, "y"),
    ]


def test_bytes_that_are_not_utf8_are_named_by_file_and_line(
    spark: SparkSession, tmp_path: Path
) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(b"fine\ncaf\xe9\n")
    with pytest.raises(Exception, match="InputError") as error:
        read_files(spark, [str(path)]).collect()
    refused(error, "InputError", f"{path}:2", "0xE9")


def test_files_that_spark_would_pass_over_in_silence_are_named(
    spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "_hidden.txt").write_text("x")
    with pytest.raises(ValueError, match=r"_hidden\.txt.*rename"):
        read_files(spark, [str(tmp_path / "_hidden.txt")])
    with pytest.raises(FileNotFoundError, match="absent"):
        read_files(spark, [str(tmp_path / "absent.txt")])
    with pytest.raises(FileNotFoundError, match="at least one"):
        read_files(spark, [])


def test_annotated_rows_become_documents_in_any_order(spark: SparkSession) -> None:
    rows = [("b", 1, None, None), ("a", 1, "two", "L"), ("b", 0, "x", "M"), ("a", 0, "one", None)]
    documents = annotated_documents(spark.createDataFrame(rows, ANNOTATED))
    assert [(d.id, d.lines, d.labels) for d in documents] == [
        ("a", ["one", "two"], [None, "L"]),
        ("b", ["x", ""], ["M", None]),
    ]


def test_attachments_are_documents_of_their_own(spark: SparkSession) -> None:
    rows = [("a", "y", 0, "1", "L"), ("a", None, 0, "2", "L"), ("a", "main.txt", 1, "3", "L")]
    schema = "filename string, attachment_name string, line_number long, value string, label string"
    documents = annotated_documents(spark.createDataFrame(rows, schema))
    assert [(d.id, d.lines) for d in documents] == [("a", ["2", "3"]), ("a/y", ["1"])]


def test_a_sample_makes_the_round_trip(spark: SparkSession, documents: Documents) -> None:
    rows = [
        (document.id, number, line, label)
        for document in documents
        for number, (line, label) in enumerate(zip(document.lines, document.labels, strict=True))
    ]
    frame = spark.createDataFrame(rows, ANNOTATED).repartition(5)
    again = annotated_documents(frame)
    assert [(d.id, d.lines, d.labels) for d in again] == [
        (d.id, d.lines, d.labels) for d in documents
    ]
    options = {"num_layers": 0, "epochs": 1}
    assert _core.train(again, options)[0].digest == _core.train(documents, options)[0].digest


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("a", 0, "again", "L"), ["'a'", "line_number 0", "twice"]),
        (("a", None, "text", "L"), ["'a'", "line_number"]),
        ((None, 7, "text", "L"), ["document", "7"]),
    ],
)
def test_rows_without_a_place_are_named(spark: SparkSession, row: Any, words: list[str]) -> None:
    df = spark.createDataFrame([("a", 0, "x", "L"), row], ANNOTATED)
    with pytest.raises(ValueError, match="line_number") as error:
        annotated_documents(df)
    refused(error, *words)


def test_a_missing_label_column_is_named(spark: SparkSession) -> None:
    df = spark.createDataFrame([("a", 0, "x", "L")], ANNOTATED).withColumnRenamed("label", "tag")
    with pytest.raises(ValueError, match="label") as error:
        annotated_documents(df)
    refused(error, "'label'", "withColumnRenamed('tag', 'label')")
