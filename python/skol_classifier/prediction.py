# SPDX-License-Identifier: Apache-2.0
"""Prediction in this process: any local input to labelled lines, and back to its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import log, tables
from ._core import Document, LabelledDocument, predict, usable_cores
from .batch_choice import budget_text
from .documents import Reader, find_paths, is_paths, paths_of
from .progress import Progress
from .rnn_model import RNNSkolModel

Stats = dict[str, Any]


def threads_of(num_workers: int) -> int:
    """num_workers says how many at most; the cores this process may use say so too."""
    return max(1, min(num_workers, usable_cores()))


def device_of(use_gpu_in_udf: bool) -> str:
    """Without the wish for a GPU, none is looked for."""
    return "auto" if use_gpu_in_udf else "cpu"


def predict_local(
    model: RNNSkolModel, data: Any, output_format: str, reader: Reader
) -> tuple[Any, Stats]:
    """`data` and the result as SkolClassifierV2.predict says, without Spark."""
    if tables.is_pandas_frame(data):
        table = tables.line_table(data, reader)
        tables.refuse_output_columns(table.frame.columns)
        labelled, stats = label(model, table.documents())
        result = table.output(labelled)
        return tables.shaped(result, output_format, lambda frame, names: frame[names]), stats
    labelled, stats = label(model, local_documents(data, reader))
    results = [_in_format(one, output_format) for one in labelled]
    if is_paths(data):
        return dict(zip((one.id for one in labelled), results, strict=True)), stats
    return results, stats


def local_documents(data: Any, reader: Reader) -> Sequence[Document]:
    """The documents of any input but a Spark DataFrame."""
    if tables.is_pandas_frame(data):
        return tables.line_table(data, reader).documents()
    if is_paths(data):
        return reader.files(find_paths(paths_of(data)))
    if isinstance(data, (list, tuple)):
        return reader.texts(data, annotated=False)
    raise TypeError(
        f"{type(data).__name__} cannot be labelled: pass a list of texts, a path or glob, a "
        "list of Paths, or a pandas or Spark DataFrame"
    )


def _in_format(document: LabelledDocument, output_format: str) -> Any:
    if output_format == "annotated":
        return document.annotated()
    return document.labels if output_format == "labels" else document.probabilities()


def label(
    model: RNNSkolModel, documents: Sequence[Document]
) -> tuple[list[LabelledDocument], Stats]:
    """One call of the core, with the parameters in force now."""
    verbosity, asked = model.verbosity, model.prediction_batch_size
    how: dict[str, Any] = {
        "prediction_stride": model.prediction_stride or 0,
        "threads": threads_of(model.num_workers),
        "memory_budget": budget_text(model.memory_budget),
        "device": device_of(model.use_gpu_in_udf),
        "precision": model.precision,
    }
    key = (model.trained(), *how.values())
    with Progress(verbosity, "predict") as progress:
        labelled, stats = predict(
            model.trained(),
            documents,
            prediction_batch_size=model.auto_choices.asked_of_core(asked, key),
            **how,
            model_name=model.kept_as,
            progress=progress.update if progress.shown else None,
        )
    if model.auto_choices.note(asked, key, stats):
        log.say(verbosity, log.MAJOR, stats["reason"])
    for notice in stats["notices"]:
        log.warn(verbosity, notice)
    if stats["reduced"]:
        log.warn(verbosity, stats["reason"])
    if stats["reductions"]:
        log.warn(verbosity, log.reduction_message(stats["batch_sizes"]))
    log.say(
        verbosity,
        log.COUNTS,
        f"labelled {stats['lines']:,} lines of {stats['documents']:,} documents: "
        f"{stats['windows']:,} windows in {stats['predict_calls']:,} calls, "
        f"{stats['seconds']:.2f} s",
    )
    return labelled, stats
