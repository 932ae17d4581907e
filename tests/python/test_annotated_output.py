# SPDX-License-Identifier: Apache-2.0
"""save_annotated: strings and files, joined or line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skol_classifier import InputError, RNNClassifier, StorageError
from skol_classifier._core import Document, Model, predict, read_document

pd = pytest.importorskip("pandas")


@pytest.fixture
def predicted(classifier: RNNClassifier, gold_files: list[Path]) -> Any:
    classifier.set_params(file_paths=gold_files)
    return classifier.predict()


def strings(classifier: RNNClassifier, frame: Any, **given: Any) -> list[str]:
    result = classifier.set_params(output_dest="strings", **given).save_annotated(frame)
    assert result is not None
    return result


@pytest.mark.parametrize("coalesce", [False, True])
def test_strings_are_what_the_core_writes(
    classifier: RNNClassifier, predicted: Any, gold_files: list[Path], coalesce: bool
) -> None:
    core: Model = classifier._model.trained()  # type: ignore[union-attr]
    documents = [
        Document(str(path), read_document(str(path), True)[0].lines) for path in gold_files
    ]
    labelled, _ = predict(core, documents)
    written = strings(classifier, predicted, coalesce_labels=coalesce)
    assert written == [one.annotated(coalesce) for one in labelled]


def test_the_order_of_rows_is_that_of_line_numbers(
    classifier: RNNClassifier, predicted: Any
) -> None:
    shuffled = predicted.sample(frac=1, random_state=3)
    expected = sorted(strings(classifier, predicted))
    assert sorted(strings(classifier, shuffled)) == expected


def test_a_page_marker_breaks_a_block_and_stays_as_it_is(classifier: RNNClassifier) -> None:
    text = "\n".join(["spores smooth, 8 µm long, hyaline"] * 3)
    marker = "--- PDF Page 4 Label iv ---"
    frame = pd.DataFrame({"doc_id": ["d"], "value": [f"{text}\n{marker}\n{text}"]})
    (written,) = strings(classifier, classifier.predict(frame), coalesce_labels=True)
    before, between, after = written.partition(f"\n{marker}\n")
    assert between
    for block in (before, after):
        assert block.startswith("[@ ")
        assert block.endswith("*]")
        assert block.count("spores smooth") == 3


def test_a_file_a_document_that_reads_back(
    classifier: RNNClassifier, predicted: Any, gold_files: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "out"
    classifier.set_params(output_dest="files", output_path=folder, coalesce_labels=True)
    assert classifier.save_annotated(predicted) is None
    names = sorted(path.name for path in folder.iterdir())
    assert names == [path.name.replace(".txt.ann", ".ann") for path in gold_files]
    for path, (_, rows) in zip(gold_files, predicted.groupby("doc_id"), strict=True):
        document, diagnostics = read_document(
            str(folder / path.name.replace(".txt.ann", ".ann")), True
        )
        assert diagnostics == []
        assert document.lines == rows["value"].tolist()
        labels = [None if pd.isna(one) else one for one in rows["predicted_label"]]
        assert document.labels == labels


def frame_of(*names: str) -> Any:
    return pd.DataFrame({"doc_id": names, "value": ["one line"] * len(names)})


def test_a_name_cannot_lead_out_of_the_folder(classifier: RNNClassifier, tmp_path: Path) -> None:
    classifier.set_params(output_path=tmp_path / "out")
    classifier.save_annotated(classifier.predict(frame_of("../../up/paper.txt", "/etc/passwd")))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"paper.ann", "passwd.ann"}


@pytest.mark.parametrize("name", ["..", "a/..", "/"])
def test_a_document_without_a_usable_name_is_refused(
    classifier: RNNClassifier, tmp_path: Path, name: str
) -> None:
    classifier.set_params(output_path=tmp_path)
    with pytest.raises(StorageError, match="no name"):
        classifier.save_annotated(classifier.predict(frame_of(name)))


def test_two_documents_of_one_name_are_refused(classifier: RNNClassifier, tmp_path: Path) -> None:
    classifier.set_params(output_path=tmp_path)
    with pytest.raises(StorageError, match=r"would both be written to .*paper\.ann"):
        classifier.save_annotated(classifier.predict(frame_of("a/paper.txt", "b/paper.txt")))


def test_an_input_is_never_overwritten(classifier: RNNClassifier, tmp_path: Path) -> None:
    path = tmp_path / "paper.ann"
    path.write_text("[@ one line #Description*]\n")
    classifier.set_params(output_path=tmp_path, file_paths=[path])
    with pytest.raises(StorageError, match="is the document itself"):
        classifier.save_annotated(classifier.predict())
    assert path.read_text() == "[@ one line #Description*]\n"


def test_what_is_missing_is_named(classifier: RNNClassifier, predicted: Any) -> None:
    with pytest.raises(ValueError, match="save_annotated .*is not supported"):
        classifier.set_params(output_dest=None).save_annotated(predicted)
    classifier.set_params(output_dest="files")
    with pytest.raises(ValueError, match="output_path must be provided"):
        classifier.save_annotated(predicted)
    classifier.set_params(output_dest="strings")
    with pytest.raises(InputError, match="no column 'annotated_value'"):
        classifier.save_annotated(predicted.drop(columns="annotated_value"))
    with pytest.raises(TypeError, match="expected a table"):
        classifier.save_annotated(["text"])


def test_text_that_cannot_round_trip_is_written_as_it_is(classifier: RNNClassifier) -> None:
    frame = pd.DataFrame({"doc_id": ["d"], "value": ["an odd #x*] [@ line"]})
    (written,) = strings(classifier, classifier.predict(frame))
    assert written.startswith("[@ an odd #x*] [@ line #")
