# SPDX-License-Identifier: Apache-2.0
"""The guide's Python blocks, run one after another in one namespace, as its reader would."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of, long_documents

from skol_classifier import RNNSkolModel, SequencePreprocessor, _core

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SHARED = Path(__file__).resolve().parents[4] / "shared"
GUIDE = Path(os.environ.get("SKOL_GUIDE", _SHARED / "guide" / "prediction_batch_size_tuning.md"))

# The keys of the two models that the guide loads.
KEYS = ("my_model", "model_name")


def python_blocks(text: str) -> list[tuple[int, str]]:
    """Line number and source of each block. Two hold a `...` that stands for what the reader adds,
    and that Python does not take there."""
    blocks = []
    for found in re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        first = text.count("\n", 0, found.start(1)) + 1
        blocks.append((first, re.sub(r"^\s*\.\.\.\n", "\n", found.group(1), flags=re.MULTILINE)))
    return blocks


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
    for line, source in python_blocks(GUIDE.read_text(encoding="utf-8")):
        exec(compile("\n" * (line - 1) + source, str(GUIDE), "exec"), names)
        for name in expected.keys() & assigned(source):
            assert digest_of_frame(names[name]) == expected[name], f"{GUIDE}:{line}: {name}"
        for check in _CHECKS:
            check(source, names, line)
    sequenced = names["sequenced_data"]
    assert sequenced.rdd.getNumPartitions() == 100
    again = names["rnn_classifier"].predict(sequenced)
    assert digest_of_frame(again) == expected["predictions"]


def assigned(source: str) -> set[str]:
    return set(re.findall(r"^(\w+) = ", source, re.MULTILINE))


def _batch_size_is_in_force(source: str, names: dict[str, Any], line: int) -> None:
    for name, size in re.findall(
        r"^(\w+)\._model\.prediction_batch_size = (\d+)", source, re.MULTILINE
    ):
        assert names[name]._model.prediction_batch_size == int(size), f"{GUIDE}:{line}"


def _the_override_is_in_force(source: str, names: dict[str, Any], line: int) -> None:
    if "auto_load_model=True" not in source:
        return
    (name,) = assigned(source) & {"rnn_classifier", "classifier"}
    for parameter in ("prediction_batch_size", "num_workers", "verbosity"):
        found = re.search(rf"'{parameter}': (\d+)", source)
        assert found, f"{GUIDE}:{line}"
        assert getattr(names[name]._model, parameter) == int(found.group(1)), f"{GUIDE}:{line}"
    assert names[name].stats_["batch_sizes"] == [names[name]._model.prediction_batch_size]


_CHECKS: tuple[Callable[[str, dict[str, Any], int], None], ...] = (
    _batch_size_is_in_force,
    _the_override_is_in_force,
)
