# SPDX-License-Identifier: Apache-2.0
"""Pages of a run, a measurement and a plan, written from Python and looked at by a browser."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from skol_classifier import NotTrainedError, RNNClassifier, plan

# The tests of the command have the browser.
sys.path.append(str(Path(__file__).parents[1] / "cli"))
from browser import CHROMIUM, Browser, problems, read_png  # noqa: E402

# As Spark's workers report, in less than a partition of them needs.
PARTITION = {
    "documents": 3,
    "lines": 300,
    "blank_lines": 4,
    "windows": 10,
    "predict_calls": 2,
    "calls_by_windows": [{"windows": 2, "calls": 1}, {"windows": 8, "calls": 1}],
    "batch_sizes": [8],
    "reductions": 0,
    "seconds": 0.5,
    "lines_per_second": 592.0,
    "peak_bytes": 120 << 20,
    "workspace_bytes": 5 << 20,
}


def checked(path: Path, *words: str) -> str:
    """The page: one file that loads nothing, with all the words in it."""
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") or page.startswith("<!doctype html>")
    assert not re.search(r"""(?:src|href)=["']?(?:https?:|//)|@import|url\(""", page)
    for word in words:
        assert word in page, word
    return page


def test_a_prediction_has_a_page(
    classifier: RNNClassifier, texts: list[str], tmp_path: Path
) -> None:
    with pytest.raises(NotTrainedError, match="no prediction"):
        classifier.save_report(tmp_path / "report.html")
    classifier.predict(texts)
    classifier.save_report(tmp_path / "report.html")
    checked(tmp_path / "report.html", "<svg", "Peak memory", "Batches")
    assert [path.name for path in tmp_path.glob("*.html")] == ["report.html"]


def test_partitions_have_a_timeline(classifier: RNNClassifier, tmp_path: Path) -> None:
    partitions = [
        {**PARTITION, "partition": i, "started": 100.0 + i, "ended": 101.0 + 2 * i}
        for i in range(4)
    ]
    classifier._last_run = lambda: {**PARTITION, "budget_bytes": None, "partitions": partitions}
    classifier.save_report(tmp_path / "report.html")
    checked(tmp_path / "report.html", "Partitions over time", "partition 3")


def test_a_plan_and_a_measurement_have_pages(classifier: RNNClassifier, tmp_path: Path) -> None:
    line = {"base_memory": "250MiB", "window_memory": "20MiB"}
    given = {**line, "device_memory": "6.6GiB", "executors": 4}
    assert plan(**given, report=tmp_path / "plan.html") == plan(**given)
    checked(tmp_path / "plan.html", "<svg", "executors")
    report = classifier.tune(seconds=0.1, report=tmp_path / "tune.html")
    checked(tmp_path / "tune.html", "<svg", f"{report['prediction_batch_size']:,}")
    with pytest.raises(ValueError, match="report"):
        plan(**given, report="")


@pytest.mark.skipif(not CHROMIUM, reason="no chromium to look at the page with")
@pytest.mark.parametrize("dark", [False, True])
def test_a_browser_shows_the_page_without_a_complaint(
    classifier: RNNClassifier, texts: list[str], tmp_path: Path, dark: bool
) -> None:
    classifier.predict(texts)
    page = tmp_path / "report.html"
    classifier.save_report(page)
    with Browser() as browser:
        browser.open(page, dark=dark)
        assert not problems(browser, page)
        colours = read_png(browser.screenshot(0.25)).colours()
    background = sum(max(colours, key=colours.__getitem__)[:3]) / 3
    assert background < 80 if dark else background > 200
