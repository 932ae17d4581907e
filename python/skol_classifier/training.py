# SPDX-License-Identifier: Apache-2.0
"""Training and measuring: annotated documents from any input, to a model and its statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _core, log, tables
from ._core import Document, Model
from .batch_choice import asked_of_core
from .documents import Reader, annotated_files, is_paths, paths_of
from .errors import ParameterError
from .prediction import threads_of
from .progress import Progress
from .rnn_model import RNNSkolModel
from .saved_parameters import training_options, with_parameters
from .statistics import fit_statistics
from .values import Values

_KEPT_WHEN_COLLAPSED = ("Nomenclature", "Description")


def read_annotated(data: Any, reader: Reader) -> list[Document]:
    """`data` as SkolClassifierV2.fit says."""
    if tables.is_spark_frame(data):
        from .spark.reading import annotated_documents

        documents: list[Document] = annotated_documents(data)
        return documents
    if tables.is_pandas_frame(data):
        return tables.annotated_documents(data, reader)
    if is_paths(data):
        return reader.files(annotated_files(paths_of(data)))
    if isinstance(data, (list, tuple)):
        return reader.texts(data, annotated=True)
    raise TypeError(
        f"{type(data).__name__} has no annotated lines: pass a list of annotated texts, a path or "
        "glob, a list of Paths, or a pandas or Spark DataFrame"
    )


def train(
    values: Values, documents: Sequence[Document], labels: Sequence[str] | None = None
) -> tuple[Model, dict[str, Any]]:
    """A new model with its label frequencies in its settings, and the statistics of fit().

    `labels`: those of the model, where they are not simply those of the documents.
    """
    verbosity = values.in_force("verbosity")
    options = training_options(values)
    _check_classes(values, labels or _labels_of(documents, options["labels"] == "collapsed"))
    threads = threads_of(values.in_force("num_workers"))
    with Progress(verbosity, "train") as progress:
        model, report = _core.train(
            documents,
            options,
            threads=threads,
            progress=_shower(progress) if progress.shown else None,
        )
    _check_classes(values, model.labels)
    counts = {label: int(report["label_counts"].get(label, 0)) for label in model.labels}
    scores = report["validation"]
    if scores is None:
        scores = _core.evaluate(model, documents, threads=threads)
    statistics = fit_statistics(model.labels, scores, counts, report["validation"] is not None)
    _tell(verbosity, values, model, report, statistics)
    return with_parameters(model.with_settings({"label_frequencies": counts}), values), statistics


def score_of(model: RNNSkolModel, documents: Sequence[Document]) -> float:
    scores = _core.evaluate(
        model.trained(),
        documents,
        prediction_batch_size=asked_of_core(model.prediction_batch_size),
        prediction_stride=model.prediction_stride or 0,
        threads=threads_of(model.num_workers),
    )
    return float(scores["accuracy"])


def _labels_of(documents: Sequence[Document], collapsed: bool) -> list[str]:
    found = {label for document in documents for label in document.labels if label is not None}
    if collapsed:
        found = {one if one in _KEPT_WHEN_COLLAPSED else "Misc-exposition" for one in found}
    return sorted(found)


def _check_classes(values: Values, labels: Sequence[str]) -> None:
    asked = values.given.get("num_classes")
    if asked is not None and labels and asked != len(labels):
        raise ParameterError(
            f"num_classes is {asked}, but the documents have {len(labels)} labels "
            f"({', '.join(labels)}): leave it out"
        )


def _tell(
    verbosity: int, values: Values, model: Model, report: dict[str, Any], statistics: dict[str, Any]
) -> None:
    asked = values.given.get("input_size")
    if asked is not None and asked != model.input_size:
        log.say(
            verbosity,
            log.MAJOR,
            f"input_size {asked} became {model.input_size}: {len(model.words)} words and "
            f"{len(model.suffixes)} suffixes stand in the training documents",
        )
    trained = report["documents"] - len(report["held_back"])
    where = "documents held back" if report["validation"] is not None else "training documents"
    log.say(
        verbosity,
        log.MAJOR,
        f"trained on {statistics['train_size']:,} lines of {trained:,} documents in "
        f"{report['seconds']:.1f} s; on the {where}: accuracy {statistics['accuracy']:.4f}, "
        f"macro-F1 {statistics['macro_f1']:.4f}",
    )
    for epoch in report["history"]:
        log.say(verbosity, log.COUNTS, f"epoch {epoch['epoch']}: loss {epoch['loss']:.4f}")


def _shower(progress: Progress) -> Any:
    refitting = False

    def show(step: dict[str, Any]) -> None:
        nonlocal refitting
        if step["refit"] and not refitting:
            refitting = True
            progress.restart()
        epoch_windows = step["epoch_windows"]
        done = (step["epoch"] - 1) * epoch_windows + step["windows"]
        what = "refit, epoch" if step["refit"] else "epoch"
        status = f"{what} {step['epoch']}/{step['epochs']}, loss {step['loss']:.4f}"
        progress.update(done, step["epochs"] * epoch_windows, status=status)

    return show
