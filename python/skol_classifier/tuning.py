# SPDX-License-Identifier: Apache-2.0
"""Measuring which prediction batch size is best here: skol tune from Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _core, log, tables
from ._core import Document
from .checks import real
from .documents import Reader
from .errors import InputError
from .parameters import AUTO
from .prediction import local_documents, threads_of
from .rnn_model import RNNSkolModel

_seconds = real("a number above 0", lambda number: number > 0)


def tune(model: RNNSkolModel, data: Any, reader: Reader, seconds: float) -> dict[str, Any]:
    """Measures, and leaves the choice and its record in `model`. `data` as
    SkolClassifierV2.tune says."""
    seconds = _seconds("seconds", seconds)
    before = model.prediction_batch_size
    core, report = _core.tune(
        model.trained(),
        _documents(data, reader),
        prediction_stride=model.prediction_stride or 0,
        threads=threads_of(model.num_workers),
        seconds=seconds,
    )
    model._take_tuned(core)
    log.say(
        model.verbosity,
        log.MAJOR,
        f"tuned: prediction_batch_size {model.prediction_batch_size}, before {before}: "
        f"{report['reason']}",
    )
    return report


def _documents(data: Any, reader: Reader) -> Sequence[Document]:
    if data is None:
        return []
    if tables.is_spark_frame(data):
        raise TypeError(
            "tune measures in this process and a Spark DataFrame is in others: pass some of its "
            "documents as df.where(...).toPandas(), or None for made-up windows"
        )
    documents = local_documents(data, reader)
    if not documents:
        raise InputError("no document to tune on: pass some, or None for made-up windows")
    return documents


def warn_if_tuned_elsewhere(model: RNNSkolModel) -> None:
    """Where the batch size in force is the saved choice of a tuning on other hardware."""
    if "prediction_batch_size" in model._values.given or model.prediction_batch_size == AUTO:
        return  # the caller's own
    message = _core.tuned_elsewhere(model.trained(), threads=threads_of(model.num_workers))
    if message:
        log.warn(model.verbosity, message)
