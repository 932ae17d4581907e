# SPDX-License-Identifier: Apache-2.0
"""What runs in a Python worker of an executor: record batches of lines in, labelled rows out."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skol_classifier.batch_choice import AutoChoices

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Accumulator

    from skol_classifier import _core

    from .broadcasting import Weights
    from .entry import Batches

# A worker that serves several models in turn keeps the last two: a comparison of two models is
# common, and each costs its weights.
_MODELS_PER_WORKER = 2

_models: OrderedDict[str, _core.Model] = OrderedDict()
_choices = AutoChoices()


@dataclass(frozen=True)
class LabellingJob:
    """All that a worker is told beside the rows."""

    document: str
    attachment: str | None
    line_number: str
    value: str | None
    features: str | None
    rows_are_texts: bool
    prediction_batch_size: int | str
    prediction_stride: int
    num_workers: int
    memory_budget: str
    workers_of_a_host: int  # that share its memory; 0: as many as its cores give
    device: str
    precision: str
    model_name: str  # for those who watch


def label_partition(
    batches: Batches,
    job: dict[str, Any],
    model_key: str,
    weights: Weights,
    statistics: Accumulator[Any] | None,
) -> Batches:
    """As in_worker() calls it, with nothing but what any worker can unpickle."""
    model = cached_model(model_key, weights)
    return label_batches(batches, LabellingJob(**job), model, model_key, statistics)


def cached_model(key: str, weights: Weights) -> _core.Model:
    """Built once a worker process, which Spark reuses for further tasks."""
    from skol_classifier import _core

    if key not in _models:
        if isinstance(weights, bytes):
            _models[key] = _core.Model.from_bytes(weights)
        else:
            _models[key] = _core.Model.from_bytes(weights.value)
            # pyspark keeps the unpickled bytes on the broadcast, and would read them again from
            # the executor's file if anybody asked.
            vars(weights).pop("_value", None)
    _models.move_to_end(key)
    while len(_models) > _MODELS_PER_WORKER:
        _models.popitem(last=False)
    return _models[key]


def label_batches(
    batches: Batches,
    job: LabellingJob,
    model: _core.Model,
    model_key: str,
    statistics: Accumulator[Any] | None,
) -> Batches:
    """One stream a partition: windows of all its documents are pooled, whatever the batches are."""
    from skol_classifier import _core

    from .arrow_rows import PendingRows, pieces

    how: dict[str, Any] = {
        "prediction_stride": job.prediction_stride,
        "threads": _threads(job.num_workers),
        "memory_budget": job.memory_budget,
        "precision": job.precision,
        "executors": job.workers_of_a_host or max(1, _core.usable_cores() // _task_cpus()),
        "device": job.device,
    }
    key = (model_key, *how.values())
    stream = _core.LineStream(
        model,
        prediction_batch_size=_choices.asked_of_core(job.prediction_batch_size, key),
        **how,
        run_name="spark worker",
        model_name=job.model_name,
    )
    started = time.time()
    pending = PendingRows(model.labels, job.value)
    for batch in batches:
        for piece in pieces(batch):
            pending.add(piece)
            yield from pending.finished(_add(stream, piece, job))
    yield from pending.finished(stream.finish())
    pending.require_empty()
    stats = stream.stats
    chosen = _choices.note(job.prediction_batch_size, key, stats)
    if statistics is not None:
        times = {"started": started, "ended": time.time()}
        statistics.add([_entry({**stats, **times}, chosen)])


def _add(stream: _core.LineStream, batch: pa.RecordBatch, job: LabellingJob) -> _core.LabelledRows:
    from skol_classifier.errors import InputError

    from .arrow_rows import number_column, parts, text_column, vector_column
    from .column_names import LINE_NUMBER

    try:
        return stream.add(
            batch.num_rows,
            text_column(batch.column(job.document)),
            _attachment(batch, job.attachment),
            number_column(batch.column(job.line_number)),
            None if job.value is None else text_column(batch.column(job.value)),
            None if job.features is None else vector_column(*parts(batch.column(job.features))),
        )
    except InputError as error:
        if not job.rows_are_texts:
            raise
        raise InputError(
            f"{error}; the input has no column {LINE_NUMBER!r}, so each of its rows was taken for "
            f"the whole text of a document"
        ) from None


def _attachment(batch: pa.RecordBatch, name: str | None) -> Any:
    from .arrow_rows import text_column
    from .column_names import MAIN_ATTACHMENT

    if name is None:
        return None
    attachments = batch.column(name)
    if attachments.null_count:
        attachments = attachments.fill_null(MAIN_ATTACHMENT)
    return text_column(attachments)


def _threads(num_workers: int) -> int:
    """What the user allows, what Spark gave the task, what this process may use."""
    from skol_classifier import _core

    return max(1, min(num_workers, _task_cpus(), _core.usable_cores()))


def _task_cpus() -> int:
    from pyspark import TaskContext

    task = TaskContext.get()
    return int(task.cpus()) if task is not None else 1


def _entry(stats: dict[str, Any], chosen: bool) -> dict[str, Any]:
    """`chosen`: whether this partition had to find what 'auto' is, for the driver to tell once."""
    from pyspark import TaskContext

    task = TaskContext.get()
    partition, stage = (task.partitionId(), task.stageId()) if task is not None else (0, 0)
    return {"partition": partition, "stage": stage, "chosen": chosen, **stats}
