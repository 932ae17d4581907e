# SPDX-License-Identifier: Apache-2.0
"""pandas in, pandas out: every column and row kept, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skol_classifier import InputError, RNNClassifier
from skol_classifier._core import parse_text
from skol_classifier.tables import is_pandas_frame, is_spark_frame

pd = pytest.importorskip("pandas")


def lines_of(texts: list[str]) -> Any:
    rows = [
        (f"doc{d}", i, line)
        for d, text in enumerate(texts)
        for i, line in enumerate(parse_text("x", text.encode(), False)[0].lines)
    ]
    return pd.DataFrame(rows, columns=["doc_id", "line_number", "value"])


@pytest.fixture
def lines(texts: list[str]) -> Any:
    return lines_of(texts)


def keyed(result: Any) -> dict[tuple[str, int], tuple[Any, ...]]:
    return {
        (row.doc_id, row.line_number): (
            row.predicted_label,
            row.annotated_value,
            None if row.probabilities is None else row.probabilities.tobytes(),
        )
        for row in result.itertuples()
    }


def test_every_column_and_row_is_kept_in_its_order(classifier: RNNClassifier, lines: Any) -> None:
    lines["page"] = range(len(lines))
    lines.index = [f"row{i}" for i in range(len(lines))]
    before = lines.copy()
    result = classifier.predict(lines)
    pd.testing.assert_frame_equal(lines, before)
    pd.testing.assert_frame_equal(result[list(lines.columns)], lines)
    added = ["prediction", "probabilities", "predicted_label", "annotated_value"]
    assert list(result.columns) == [*lines.columns, *added]
    assert result["prediction"].dtype == np.float64


def test_a_row_has_its_own_label_probabilities_and_text(
    classifier: RNNClassifier, lines: Any, texts: list[str]
) -> None:
    result = classifier.predict(lines)
    arrays = np.concatenate(classifier.predict_proba(texts))
    for row, expected in zip(result.itertuples(), arrays, strict=True):
        if not row.value.strip():
            assert np.isnan(row.prediction)
            assert row.probabilities is None
            assert pd.isna(row.predicted_label)
            assert row.annotated_value == row.value
            continue
        np.testing.assert_array_equal(row.probabilities, expected)
        assert row.probabilities.dtype == np.float32
        assert row.predicted_label == classifier.classes_[int(row.prediction)]
        assert row.prediction == np.argmax(expected)
        assert row.annotated_value == f"[@ {row.value} #{row.predicted_label}*]"


def test_the_order_of_rows_changes_nothing(classifier: RNNClassifier, lines: Any) -> None:
    shuffled = lines.sample(frac=1, random_state=7)
    assert not shuffled["line_number"].equals(lines["line_number"])
    assert keyed(classifier.predict(shuffled)) == keyed(classifier.predict(lines))


def test_whole_texts_become_lines_with_every_column(
    classifier: RNNClassifier, lines: Any, texts: list[str]
) -> None:
    whole = pd.DataFrame({"filename": ["doc0", "doc1", "doc2"], "value": texts, "year": [1, 2, 3]})
    result = classifier.predict(whole)
    assert list(result.columns[:4]) == ["filename", "value", "year", "line_number"]
    assert keyed(result.rename(columns={"filename": "doc_id"})) == keyed(classifier.predict(lines))
    assert set(zip(result["filename"], result["year"], strict=True)) == {
        ("doc0", 1),
        ("doc1", 2),
        ("doc2", 3),
    }
    raw = classifier.load_raw_from_df(whole)
    assert list(raw["value"]) == list(lines["value"])
    pd.testing.assert_frame_equal(classifier.load_raw_from_df(lines), lines)


def test_other_formats_have_the_columns_of_the_contract(
    classifier: RNNClassifier, lines: Any
) -> None:
    lines["attachment_name"] = "main.txt"
    lines["page"] = 1
    keys = ["doc_id", "attachment_name", "line_number"]
    labels = classifier.set_params(output_format="labels").predict(lines)
    assert list(labels.columns) == [*keys, "predicted_label"]
    probs = classifier.set_params(output_format="probs").predict(lines)
    assert list(probs.columns) == [*keys, "probabilities"]
    pd.testing.assert_frame_equal(probs, classifier.predict_proba(lines))


def test_attachments_are_documents_of_their_own(classifier: RNNClassifier, lines: Any) -> None:
    together = lines[lines["doc_id"] == "doc2"]
    both = pd.concat([together.assign(attachment_name=name) for name in ("a.txt", None)])
    result = classifier.predict(both)
    assert classifier.stats_["documents"] == 2
    alone = classifier.predict(together)["probabilities"].map(bytes).tolist()
    half = len(together)
    assert result["probabilities"].map(bytes).tolist() == alone * 2
    assert result["attachment_name"].tolist()[:half] == ["a.txt"] * half


def test_line_numbers_may_have_gaps_and_be_of_any_integer_type(
    classifier: RNNClassifier, lines: Any
) -> None:
    expected = classifier.predict(lines)["annotated_value"].tolist()
    for numbers in (lines["line_number"] * 10 - 5, lines["line_number"].astype("int16"),
                    lines["line_number"].astype(float)):  # fmt: skip
        result = classifier.predict(lines.assign(line_number=numbers))
        assert result["annotated_value"].tolist() == expected


@pytest.mark.parametrize("null", [None, float("nan"), pd.NA])
def test_a_null_value_is_an_empty_line(classifier: RNNClassifier, lines: Any, null: Any) -> None:
    lines["value"] = lines["value"].astype(object)
    lines.loc[1, "value"] = null
    result = classifier.predict(lines)
    assert pd.isna(result.loc[1, "predicted_label"])
    assert len(result) == len(lines)


def test_a_line_end_within_a_row_makes_no_further_row(
    classifier: RNNClassifier, lines: Any
) -> None:
    lines.loc[5, "value"] = "spores smooth,\nhyaline"
    result = classifier.predict(lines)
    assert result["value"].tolist() == lines["value"].tolist()
    label = result.loc[5, "predicted_label"]
    assert result.loc[5, "annotated_value"] == f"[@ spores smooth,\nhyaline #{label}*]"


def test_an_empty_table_gives_an_empty_table(classifier: RNNClassifier, lines: Any) -> None:
    result = classifier.predict(lines.iloc[:0])
    assert len(result) == 0
    assert "annotated_value" in result.columns


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.rename(columns={"line_number": "line_no"}),
         "no column 'line_number'; did you mean 'line_no'. rename it to 'line_number'"),
        (lambda t: t.rename(columns={"value": "text"}), "no column 'value'; did you mean 'text'"),
        (lambda t: t.rename(columns={"doc_id": "Document"}), "'doc_id'; did you mean 'Document'"),
        (lambda t: t.drop(columns="doc_id"), "no column 'doc_id' .columns found: line_number, val"),
        (lambda t: t.drop(columns="line_number"), "document 'doc0' stands in rows 0 and 1"),
        (lambda t: pd.concat([t, t.iloc[[5]]]), "'doc1' has line_number 1 twice, in rows 5 and"),
        (lambda t: t.assign(doc_id=t["doc_id"].where(t.index != 3)), "row 3 has no doc_id"),
        (lambda t: t.assign(doc_id=1), "row 0 has doc_id 1: expected text"),
        (lambda t: t.assign(line_number=t["line_number"].where(t.index != 2)),
         "row 2 has line_number nan: expected a whole number"),
        (lambda t: t.assign(line_number=0.5), "row 0 has line_number 0.5"),
        (lambda t: t.assign(line_number=t["line_number"].astype(str)), "row 0 has line_number '0'"),
        (lambda t: t.assign(value=3), "row 0 has value 3: expected text"),
        (lambda t: t.assign(prediction=1), "has columns .'prediction'. already"),
        (lambda t: pd.concat([t, t["value"]], axis=1), "stand twice in the table: .'value'"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_as_needed_is_refused_with_the_cure(
    classifier: RNNClassifier, lines: Any, change: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        classifier.predict(change(lines))


def test_fit_takes_lines_with_labels_and_whole_annotated_texts(train_folder: Any) -> None:
    files = sorted(train_folder.glob("*.ann"))[:5]
    documents = [parse_text(f.name, f.read_bytes(), True)[0] for f in files]
    rows = [
        (d.id, i, line, label)
        for d in documents
        for i, (line, label) in enumerate(zip(d.lines, d.labels, strict=True))
    ]
    lines = pd.DataFrame(rows, columns=["filename", "line_number", "value", "label"])
    whole = pd.DataFrame(
        {"filename": [f.name for f in files], "value": [f.read_text() for f in files]}
    )
    small = {"hidden_size": 4, "num_layers": 1, "epochs": 1, "verbosity": 0}
    by_lines = RNNClassifier(**small)
    statistics = by_lines.fit(lines.sample(frac=1, random_state=1))
    assert statistics == RNNClassifier(**small).fit(whole)
    assert by_lines.score(lines) == by_lines.score(whole)
    with pytest.raises(InputError, match="no column 'label'"):
        by_lines.fit(lines.drop(columns="label"))
    with pytest.raises(InputError, match="no column 'label'; did you mean 'tag'"):
        by_lines.fit(lines.rename(columns={"label": "tag"}))
    with pytest.raises(InputError, match="no column 'line_number'"):
        by_lines.fit(whole.assign(label="Description"))


def test_frames_are_told_by_their_type_alone() -> None:
    spark = type("DataFrame", (), {"__module__": "pyspark.sql.connect.dataframe"})
    derived = type("Mine", (spark,), {"__module__": "my.code"})
    stranger = type("DataFrame", (), {"__module__": "polars.dataframe"})
    assert is_spark_frame(spark())
    assert is_spark_frame(derived())
    assert not is_spark_frame(stranger())
    assert not is_spark_frame(pd.DataFrame())
    assert is_pandas_frame(pd.DataFrame())
    assert not is_pandas_frame(spark())
