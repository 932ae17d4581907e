# SPDX-License-Identifier: Apache-2.0
"""repr, HTML, and the read-only things to look at."""

from __future__ import annotations

import pydoc
from html.parser import HTMLParser

import pytest

from skol_classifier import RNNClassifier, SkolClassifierV2


def test_repr_shows_what_is_not_the_default() -> None:
    assert repr(RNNClassifier()) == "RNNClassifier()"
    shown = repr(RNNClassifier(window_size=20, epochs=10, model_params={"dropout": 0.1}))
    assert shown == "RNNClassifier(window_size=20, dropout=0.1)"


def test_repr_shows_values_in_force(classifier: RNNClassifier) -> None:
    classifier._model.prediction_batch_size = 128  # type: ignore[union-attr]
    assert "prediction_batch_size=128" in repr(classifier)
    assert "hidden_size=16" in repr(classifier)


def test_nothing_of_a_client_but_its_type_is_shown() -> None:
    class Client:
        get = set = print

        def __repr__(self) -> str:
            return "Client(password=secret)"

    classifier = SkolClassifierV2(model_storage="redis", redis_client=Client(), redis_key="k")
    for text in (repr(classifier), classifier._repr_html_()):
        assert "secret" not in text
    assert "redis_client=<Client>" in repr(classifier)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("div", "strong", "table", "tbody", "tr", "th", "td")
        assert [name for name, _ in attrs] in ([], ["style"])
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.cells.append(data)


def test_html_is_a_small_table_that_loads_nothing(classifier: RNNClassifier) -> None:
    reader = Reader()
    page = classifier.set_params(redis_key="<b>&")._repr_html_()
    reader.feed(page)
    assert reader.open == []
    assert "RNNClassifier" in reader.cells
    assert "'<b>&'" in reader.cells
    assert "Misc-exposition, Description, Nomenclature" in reader.cells
    assert len(page) < 10_000
    assert "http" not in page
    assert "not trained" in RNNClassifier()._repr_html_()


def test_scripts_find_what_they_look_at(classifier: RNNClassifier) -> None:
    labels = ["Misc-exposition", "Description", "Nomenclature"]
    assert classifier.classes_ == labels
    assert classifier._label_mapping == {label: i for i, label in enumerate(labels)}
    assert classifier._reverse_label_mapping == dict(enumerate(labels))
    assert classifier.line_level
    assert classifier.model_params["window_size"] == 20
    assert classifier.model_params["prediction_stride"] == 10
    assert "prediction_batch_size" in SkolClassifierV2().model_params
    pipeline = classifier._feature_pipeline
    assert pipeline is not None
    assert len(pipeline.words) + len(pipeline.suffixes) == len(pipeline.idf)
    offsets, columns, values = pipeline.vectorize(["spores smooth"])
    assert offsets[-1] == len(columns) == len(values) > 0


@pytest.mark.parametrize("name", ["model_params", "classes_", "line_level", "_model", "stats_"])
def test_these_are_read_only(classifier: RNNClassifier, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(classifier, name, None)


def test_help_and_completion_work(classifier: RNNClassifier) -> None:
    assert "prediction_batch_size" in pydoc.render_doc(type(classifier._model))
    assert "predict" in pydoc.render_doc(RNNClassifier)
    assert {"predict", "fit", "save_model", "load_from_redis"} <= set(dir(classifier))
