# SPDX-License-Identifier: Apache-2.0
"""Pages of a run, a measurement and a plan, written from Python and looked at by a browser."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from skol_classifier import NotTrainedError, RNNClassifier, plan

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")

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


def pixels(path: Path) -> tuple[int, int, bytes]:
    """Width, height and the unfiltered scanlines of a PNG with 8 bits a channel."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, width, height, channels = 8, b"", 0, 0, 0
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert depth == 8
            channels = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    return width, height, unfiltered(zlib.decompress(packed), width * channels, channels)


def unfiltered(raw: bytes, row_bytes: int, channels: int) -> bytes:
    import numpy as np

    rows = np.frombuffer(raw, np.uint8).reshape(-1, row_bytes + 1)
    out = np.zeros((len(rows), row_bytes), np.uint8)
    above = np.zeros(row_bytes, np.uint8)
    for i, row in enumerate(rows):
        kind, line = int(row[0]), row[1:].copy()
        if kind in (1, 3, 4):
            for x in range(row_bytes):
                left = int(line[x - channels]) if x >= channels else 0
                up = int(above[x])
                corner = int(above[x - channels]) if x >= channels else 0
                if kind == 1:
                    guess = left
                elif kind == 3:
                    guess = (left + up) // 2
                else:
                    near = {n: abs(left + up - corner - n) for n in (left, up, corner)}
                    guess = min((left, up, corner), key=lambda n: near[n])
                line[x] = (int(line[x]) + guess) & 255
        elif kind == 2:
            line = line + above
        out[i] = above = line
    return out.tobytes()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium to look at the page with")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_page_without_a_complaint(
    classifier: RNNClassifier, texts: list[str], tmp_path: Path, scheme: str
) -> None:
    import numpy as np

    classifier.predict(texts)
    classifier.save_report(tmp_path / "report.html")
    shot = tmp_path / "report.png"
    dark = ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"]
    light = ["--blink-settings=preferredColorScheme=1"]
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--enable-logging=stderr",
            "--window-size=400,500",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={shot}",
            *(dark if scheme == "dark" else light),
            (tmp_path / "report.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert not [line for line in done.stderr.splitlines() if "CONSOLE" in line], done.stderr
    width, height, rows = pixels(shot)
    image = np.frombuffer(rows, np.uint8).reshape(height, width, -1)[..., :3].astype(int)
    colours, counts = np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
    assert len(colours) > 20, "a page that is blank"
    background = colours[np.argmax(counts)].mean()
    assert background > 200 if scheme == "light" else background < 80
