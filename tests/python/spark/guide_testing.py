# SPDX-License-Identifier: Apache-2.0
"""The guide's Python blocks, run one after another in one namespace, as its reader would."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from snippets import Snippet, run, snippets
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of, long_documents

from skol_classifier import RNNSkolModel, SequencePreprocessor, _core

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SHARED = Path(__file__).resolve().parents[4] / "shared"
GUIDE = Path(os.environ.get("SKOL_GUIDE", _SHARED / "guide" / "prediction_batch_size_tuning.md"))

# The keys of the two models that the guide loads.
KEYS = ("my_model", "model_name")


def guide_blocks() -> list[Snippet]:
    """Two of the blocks hold a `...` that stands for what the reader adds, and that Python does not
    take there: its line is emptied."""
    return [
        replace(block, code=re.sub(r"^\s*\.\.\.$", "", block.code, flags=re.MULTILINE))
        for block in snippets(GUIDE, "python")
    ]


def run_guide(spark: SparkSession, client: Any, model: _core.Model) -> None:
    if not GUIDE.is_file():
        pytest.skip(f"{GUIDE} is not there; SKOL_GUIDE names the guide")
    for key in KEYS:
        client.set(key, model.to_bytes())
    documents = long_documents(12, 150)
    small = long_documents(2, 40)
    data = spark.createDataFrame(lines_of(documents), LINES)
    small_data = spark.createDataFrame(lines_of(small), LINES)
    names: dict[str, Any] = {
        "redis_client": client,
        "data": data,
        "df": data,
        "test_data": data,
        "small_test_data": small_data,
        "preprocessor": SequencePreprocessor(),
        "window_size": 50,
        "RNNSkolModel": RNNSkolModel,
    }
    expected = {
        "predictions": digest_of_core(model, documents),
        "test_predictions": digest_of_core(model, small),
    }
    blocks = guide_blocks()
    assert len(blocks) == 15
    for block in blocks:
        run([block], names)
        for name in expected.keys() & assigned(block.code):
            assert digest_of_frame(names[name]) == expected[name], f"{block.place}: {name}"
        for check in _CHECKS:
            check(block, names)
    sequenced = names["sequenced_data"]
    assert sequenced.rdd.getNumPartitions() == 100
    again = names["rnn_classifier"].predict(sequenced)
    assert digest_of_frame(again) == expected["predictions"]


def assigned(source: str) -> set[str]:
    return set(re.findall(r"^(\w+) = ", source, re.MULTILINE))


def _batch_size_is_in_force(block: Snippet, names: dict[str, Any]) -> None:
    for name, size in re.findall(
        r"^(\w+)\._model\.prediction_batch_size = (\d+)", block.code, re.MULTILINE
    ):
        assert names[name]._model.prediction_batch_size == int(size), block.place


def _the_override_is_in_force(block: Snippet, names: dict[str, Any]) -> None:
    if "auto_load_model=True" not in block.code:
        return
    (name,) = assigned(block.code) & {"rnn_classifier", "classifier"}
    for parameter in ("prediction_batch_size", "num_workers", "verbosity"):
        found = re.search(rf"'{parameter}': (\d+)", block.code)
        assert found, block.place
        assert getattr(names[name]._model, parameter) == int(found.group(1)), block.place
    assert names[name].stats_["batch_sizes"] == [names[name]._model.prediction_batch_size]


_CHECKS: tuple[Callable[[Snippet, dict[str, Any]], None], ...] = (
    _batch_size_is_in_force,
    _the_override_is_in_force,
)
