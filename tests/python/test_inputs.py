# SPDX-License-Identifier: Apache-2.0
"""Texts, paths, folders and globs: what goes in, and that the like comes out."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skol_classifier import InputError, NotFoundError, RNNClassifier
from skol_classifier._core import read_document


def test_texts_give_texts_that_read_back(classifier: RNNClassifier, texts: list[str]) -> None:
    from skol_classifier._core import parse_text

    annotated = classifier.predict(texts)
    labels = classifier.set_params(output_format="labels").predict(texts)
    assert len(annotated) == len(texts)
    for text, marked, expected in zip(texts, annotated, labels, strict=True):
        document, diagnostics = parse_text("x", marked.encode(), True)
        assert diagnostics == []
        assert document.labels == expected
        assert document.lines == parse_text("x", text.encode(), False)[0].lines
    assert "\r\n" in annotated[1]


def test_labels_have_none_for_blank_lines(classifier: RNNClassifier, texts: list[str]) -> None:
    labels = classifier.set_params(output_format="labels").predict(texts)
    assert [len(one) for one in labels] == [4, 3, 130]
    assert labels[0][2] is None
    assert labels[1][1] is None
    assert set(labels[2]) <= set(classifier.classes_)


def test_probabilities_are_arrays_that_sum_to_one(
    classifier: RNNClassifier, texts: list[str]
) -> None:
    arrays = classifier.predict_proba(texts)
    assert [one.shape for one in arrays] == [(4, 3), (3, 3), (130, 3)]
    assert all(one.dtype == np.float32 for one in arrays)
    sums = np.concatenate(arrays).sum(axis=1)
    assert np.count_nonzero(sums == 0) == 2
    np.testing.assert_allclose(sums[sums > 0], 1, atol=1e-5)


def test_the_largest_probability_gives_the_label(
    classifier: RNNClassifier, texts: list[str]
) -> None:
    array = classifier.predict_proba(texts)[2]
    labels = classifier.set_params(output_format="labels").predict(texts)[2]
    assert labels == [classifier.classes_[i] for i in array.argmax(axis=1)]


@pytest.mark.parametrize("size", [1, 2, 3, 16, 31, 32, 33, 64, 96, 128, 256, 4096])
def test_the_batch_size_changes_no_bit(
    classifier: RNNClassifier, texts: list[str], size: int
) -> None:
    expected = [one.tobytes() for one in classifier.predict_proba(texts)]
    assert classifier._model is not None
    classifier._model.prediction_batch_size = size
    assert [one.tobytes() for one in classifier.predict_proba(texts)] == expected
    stats = classifier.stats_
    assert stats["predict_calls"] == -(-stats["windows"] // size)
    assert set(stats["batch_sizes"]) == {size}


def test_the_stride_in_force_sets_the_windows(classifier: RNNClassifier, texts: list[str]) -> None:
    classifier.predict([texts[2]])
    assert classifier.stats_["windows"] == (130 - 20) // 10 + 1
    classifier._model.prediction_stride = 5  # type: ignore[union-attr]
    classifier.predict([texts[2]])
    assert classifier.stats_["windows"] == (130 - 20) // 5 + 1


@pytest.mark.parametrize("text", ["", "\n", "one line", "\n\n\n", "--- PDF Page 3 Label 1 ---\n"])
def test_small_texts_come_through(classifier: RNNClassifier, text: str) -> None:
    (annotated,) = classifier.predict([text])
    assert annotated == (f"[@ one line #{_label(annotated)}*]" if text == "one line" else text)


def _label(annotated: str) -> str:
    return annotated.rsplit("#", 1)[-1].removesuffix("*]")


def test_no_texts_give_no_results(classifier: RNNClassifier) -> None:
    assert classifier.predict([]) == []


def test_a_path_a_glob_and_a_folder_give_the_same(
    classifier: RNNClassifier, gold_files: list[Path]
) -> None:
    folder = gold_files[0].parent
    by_folder = classifier.predict(folder)
    assert list(by_folder) == [str(path) for path in gold_files]
    assert classifier.predict(str(folder / "*.txt.ann")) == by_folder
    assert classifier.predict(gold_files) == by_folder
    assert classifier.predict(str(folder / "paper_{25,26,27}.txt.ann")) == {
        str(path): by_folder[str(path)] for path in gold_files[:3]
    }
    one = str(gold_files[2])
    assert classifier.predict(one) == {one: by_folder[one]}


def test_an_annotated_file_is_labelled_without_its_marks(
    classifier: RNNClassifier, gold_files: list[Path]
) -> None:
    document, _ = read_document(str(gold_files[0]), True)
    bare = "\n".join(document.lines) + "\n"
    (by_path,) = classifier.predict(gold_files[0]).values()
    assert classifier.predict([bare]) == [by_path]


def test_a_relative_path_stays_as_it_was_given(
    classifier: RNNClassifier, gold_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(gold_files[0].parents[1])
    assert list(classifier.predict("gold/paper_25*")) == ["gold/paper_25.txt.ann"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_glob(
    classifier: RNNClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "volume [1] {a,b}.txt"
    path.write_text("a line\n")
    assert list(classifier.predict(str(path))) == [str(path)]


@pytest.mark.parametrize("name", ["no/such/file.txt", "no/*.txt", "Amanita nova sp. nov.", "-", ""])
def test_a_string_that_is_no_path_is_not_taken_for_a_text(
    classifier: RNNClassifier, name: str
) -> None:
    with pytest.raises(FileNotFoundError, match="texts are passed as a list of strings") as caught:
        classifier.predict(name)
    assert isinstance(caught.value, NotFoundError)


def test_paths_and_texts_do_not_mix(classifier: RNNClassifier, gold_files: list[Path]) -> None:
    with pytest.raises(InputError, match="paths and texts"):
        classifier.predict([gold_files[0], "text"])


@pytest.mark.parametrize("data", [3, b"bytes", {"a": 1}, object()])
def test_what_is_no_input_is_a_type_error_that_lists_the_kinds(
    classifier: RNNClassifier, data: Any
) -> None:
    with pytest.raises(TypeError, match="list of texts"):
        classifier.predict(data)
    with pytest.raises(TypeError, match="list of annotated texts"):
        classifier.fit(data)


@pytest.mark.parametrize("text", [None, 3, b"bytes", float("nan")])
def test_a_text_that_is_none_is_told_with_its_place(classifier: RNNClassifier, text: Any) -> None:
    with pytest.raises(InputError, match=r"text\[1\] is .*expected a string"):
        classifier.predict(["a text", text])


def test_bytes_that_are_not_utf8_are_an_error_or_replaced(
    classifier: RNNClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(b"first\nM\xfcnchen\n")
    with pytest.raises(InputError, match=r"latin\.txt:2"):
        classifier.predict(path)
    (text,) = classifier.set_params(errors="replace").predict(path).values()
    assert "M\ufffdnchen" in text


def test_slips_of_annotators_are_told_with_line_and_column(
    classifier: RNNClassifier, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "slip.ann"
    path.write_text("[@ one #Description*]\n" + "[@ open\n" * 8)
    with caplog.at_level(logging.WARNING, "skol_classifier"):
        classifier.set_params(verbosity=1).predict(path)
    assert "slip.ann:2:1: unterminated-block" in caplog.text
    assert "3 more irregularities" in caplog.text


def test_fit_reads_every_kind_of_input_alike(train_folder: Path) -> None:
    files = sorted(train_folder.glob("*.ann"))[:6]
    small = {"hidden_size": 4, "num_layers": 1, "epochs": 1, "verbosity": 0}
    inputs: list[Any] = [files, str(train_folder / "paper_0[1-6].txt.ann")]
    results = [RNNClassifier(**small).fit(data) for data in inputs]
    results.append(RNNClassifier(**small, file_paths=[str(path) for path in files]).fit())
    assert results[0] == results[1] == results[2]
    texts = [path.read_text() for path in files]
    by_text = RNNClassifier(**small, validation_fraction=0.0).fit(texts)
    by_path = RNNClassifier(**small, validation_fraction=0.0).fit(files)
    assert by_text == by_path


def test_fit_takes_annotated_files_of_a_folder_only(tmp_path: Path, train_folder: Path) -> None:
    for path in sorted(train_folder.glob("*.ann"))[:3]:
        shutil.copy(path, tmp_path)
    (tmp_path / "raw.txt").write_text("a line that nobody annotated\n" * 50)
    small = {"hidden_size": 4, "num_layers": 1, "epochs": 1, "verbosity": 0}
    classifier = RNNClassifier(**small)
    classifier.fit(tmp_path)
    assert classifier._feature_pipeline is not None
    assert "nobody" not in classifier._feature_pipeline.words
    with pytest.raises(FileNotFoundError, match="no annotated file"):
        classifier.fit(str(tmp_path / "*.txt"))


def test_a_text_without_annotation_cannot_be_trained_on() -> None:
    with pytest.raises(InputError, match="label"):
        RNNClassifier(verbosity=0).fit(["no annotation here\nat all\n"])


def test_without_a_label_count_that_fits_nothing_is_trained(train_folder: Path) -> None:
    with pytest.raises(ValueError, match="num_classes is 4, but the documents have 3 labels"):
        RNNClassifier(num_classes=4, verbosity=0).fit(train_folder)


def test_load_raw_gives_lines_that_predict_takes(
    classifier: RNNClassifier, gold_files: list[Path]
) -> None:
    pd = pytest.importorskip("pandas")
    classifier.set_params(file_paths=[os.fspath(gold_files[0].parent / "*.ann")])
    raw = classifier.load_raw()
    assert isinstance(raw, pd.DataFrame)
    assert list(raw.columns) == ["doc_id", "line_number", "value"]
    pd.testing.assert_frame_equal(classifier.predict(), classifier.predict(raw))
    with pytest.raises(ValueError, match="load_raw_from_df"):
        classifier.set_params(input_source="dataframe").load_raw()


def test_file_paths_that_match_nothing_are_an_error(classifier: RNNClassifier) -> None:
    classifier.set_params(file_paths=["no/such/*.txt"])
    for read in (classifier.load_raw, classifier.predict, classifier.fit):
        with pytest.raises(FileNotFoundError, match=r"no/such/\*\.txt"):
            read()
