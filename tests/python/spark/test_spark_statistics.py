# SPDX-License-Identifier: Apache-2.0
"""How the statistics of partitions become those of a job."""

from __future__ import annotations

from typing import Any

from skol_classifier.spark.run_statistics import merge


def entry(partition: int, batch: int, planned: int, budget: int) -> dict[str, Any]:
    return {
        "partition": partition,
        "documents": 1,
        "lines": 100,
        "blank_lines": 10,
        "windows": 4,
        "predict_calls": 1,
        "calls_by_windows": [{"windows": 4, "calls": 1}],
        "batch_sizes": [batch],
        "reductions": 0,
        "reduced": batch < 64,
        "seconds": 0.5,
        "workspace_bytes": 1000 * batch,
        "peak_bytes": 900_000 + partition,
        "device_bytes": 0,
        "prediction_batch_size": batch,
        "reason": f"of {partition}",
        "planned_bytes": planned,
        "budget_bytes": budget,
        "budget_limit": "RLIMIT_AS",
        "device": "cpu",
        "notices": [],
    }


def test_size_plan_and_budget_are_those_of_one_worker() -> None:
    # Each worker measures its own memory: the plan of one may exceed the budget of another.
    roomy, short = entry(0, 64, planned=2_000_000, budget=2_100_000), entry(1, 8, 950_000, 960_000)
    merged = merge([roomy, short])
    told = (merged["prediction_batch_size"], merged["planned_bytes"], merged["budget_bytes"])
    assert told == (8, 950_000, 960_000)
    assert merged["reason"] == "of 1"
    assert merged["reduced"]


def test_counts_add_up_and_memory_is_that_of_the_largest_worker() -> None:
    merged = merge([entry(1, 8, 950_000, 960_000), entry(0, 64, 2_000_000, 2_100_000)])
    assert (merged["lines"], merged["windows"], merged["seconds"]) == (200, 8, 1.0)
    assert merged["lines_per_second"] == 180.0
    assert (merged["workspace_bytes"], merged["peak_bytes"]) == (64_000, 900_001)
    assert merged["calls_by_windows"] == [{"windows": 4, "calls": 2}]
    assert [part["partition"] for part in merged["partitions"]] == [0, 1]
