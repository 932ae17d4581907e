# SPDX-License-Identifier: Apache-2.0
"""skol_classifier.plan: the figures of `skol plan --json` under the same names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skol_classifier.errors import OutOfMemoryError, ParameterError
from skol_classifier.planning import plan

GB = 1_000_000_000
MIB = 1 << 20
LINE = {"base_memory": "250MiB", "window_memory": "20MiB"}
GUIDE: dict[str, Any] = {**LINE, "device_memory": "6.6GiB", "executors": 4}
SIZES = [32, 48, 64, 96, 128]


def verdicts(report: dict[str, Any]) -> dict[int, str]:
    return {row["prediction_batch_size"]: row["verdict"] for row in report["rows"]}


def test_the_dict_has_the_keys_of_the_command() -> None:
    report = plan(**GUIDE, batch_sizes=SIZES)
    assert list(report) == [
        "base_bytes",
        "window_bytes",
        "fit_error",
        "rows",
        "prediction_batch_size",
        "reason",
    ]
    assert report["rows"][2] == {
        "prediction_batch_size": 64,
        "executor_bytes": 1530 * MIB,
        "total_bytes": 6120 * MIB,
        "free_bytes": 7_086_696_038 - 6120 * MIB,
        "verdict": "safe",
    }


def test_the_guides_setup_gets_the_guides_size() -> None:
    report = plan(**GUIDE, batch_sizes=SIZES)
    assert report["prediction_batch_size"] == 64
    assert verdicts(report) == {
        32: "safe",
        48: "safe",
        64: "safe",
        96: "too_large",
        128: "too_large",
    }
    assert plan(**GUIDE)["prediction_batch_size"] == 67


def test_sizes_are_bytes_or_text_and_lists_any_iterable() -> None:
    expected = plan(**GUIDE, batch_sizes=SIZES)
    in_bytes: dict[str, Any] = {
        "base_memory": 250 * MIB,
        "window_memory": np.int64(20 * MIB),
        "device_memory": 7_086_696_038,
        "executors": "4",
    }
    for sizes in ("32,48,64,96,128", tuple(SIZES), np.array(SIZES), (size for size in SIZES)):
        assert plan(**in_bytes, batch_sizes=sizes) == expected


def test_measured_points_are_a_dict_or_text() -> None:
    measured = {32: GB, 48: "1.2GB", 64: "1.5GB", 96: "1.8GB", 128: "2.2GB"}
    report = plan(points=measured, device_memory="6.6GB", executors=4, batch_sizes=SIZES)
    assert report["prediction_batch_size"] == 64
    assert (report["base_bytes"], report["window_bytes"]) == (631_896_552, 12_338_362)
    assert report["fit_error"] == pytest.approx(0.0523, abs=1e-4)
    text = "32=1000000000,48=1.2GB,64=1.5GB,96=1.8GB,128=2.2GB"
    assert report == plan(points=text, device_memory="6.6GB", executors=4, batch_sizes=SIZES)


def test_the_tighter_of_two_memories_binds() -> None:
    report = plan(**GUIDE, batch_sizes=[64], host_memory="25GB", host_base_memory="6GB")
    assert report["rows"][0]["memory"] == "host"
    assert report["rows"][0]["total_bytes"] == 24 * GB
    assert report["rows"][0]["verdict"] == "tight"
    assert report["prediction_batch_size"] is None


def test_windows_give_partitions() -> None:
    report = plan(**GUIDE, batch_sizes=[64], windows=5000)
    assert [row["partitions"] for row in report["partitions"]] == [8, 12, 16]
    assert report["partitions"][0] == {"partitions": 8, "windows": 625, "calls": 10}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "base_memory is not given"),
        (LINE, "device_memory is not given"),
        ({**GUIDE, "points": {1: 1, 2: 2}}, "points and base_memory"),
        ({**GUIDE, "executors": True}, "executors is 'True'"),
        ({**GUIDE, "executors": 0}, "executors is '0'"),
        ({**GUIDE, "device_memory": 6.6e9}, "device_memory is '6600000000.0'"),
        ({**GUIDE, "device_memory": ""}, "device_memory is ''"),
        ({**GUIDE, "batch_sizes": []}, "batch_sizes is ''"),
        ({**GUIDE, "batch_sizes": [64.0]}, "batch_sizes is '64.0'"),
        ({"points": {}, "device_memory": "6GB"}, "points have ''"),
    ],
)
def test_what_is_missing_or_no_size_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        plan(**given)


def test_an_unknown_name_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="gpu_memory"):
        plan(**LINE, gpu_memory="6.6GiB")  # type: ignore[call-arg]


def test_nothing_that_fits_raises_with_the_bytes() -> None:
    with pytest.raises(OutOfMemoryError, match=r"\(11324620800 bytes\).*\(7086696038 bytes\)"):
        plan(**{**GUIDE, "executors": 40})
