#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How smoothly a page of `skol view` scrolls.

usage: scroll.py SKOL MODEL [LINES]

Makes a document of LINES (20,000) lines out of sample/gold, writes its page, opens it in headless
Chromium without a GPU and scrolls: with the wheel, as a person does, at 3,000 px a second, then in
jumps of 40 screens. A page of the same text and nothing else is scrolled too, for what the
browser and the machine take by themselves. Prints one JSON object: the size of the page, the time
until it is loaded, the times between frames, and how much of a frame the main thread was busy.
"""

import html
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cli"))

from browser import Browser  # noqa: E402

# Frames are counted while the browser scrolls by itself, as after a turn of the wheel.
WATCH = """
window.frames_ = [];
(function note(now) { window.frames_.push(now); requestAnimationFrame(note); })(performance.now());
"""
JUMP = """
new Promise((done) => {
  const lines = SCROLLER, times = [];
  let jumps = 0, last = performance.now();
  requestAnimationFrame(function jump(now) {
    if (jumps > 0) times.push(now - last);
    last = now;
    if (++jumps > 60) { done(times); return; }
    lines.scrollTop = (jumps * 40 * lines.clientHeight) % (lines.scrollHeight - lines.clientHeight);
    requestAnimationFrame(jump);
  });
})
"""
READY = """
performance.getEntriesByType("navigation")[0].loadEventEnd
"""


def document(folder: Path, lines: int) -> Path:
    sample: list[str] = []
    for path in sorted((ROOT / "sample" / "gold").iterdir()):
        sample += path.read_text(encoding="utf-8").splitlines()
    path = folder / "long.ann"
    # A block that the end cuts would be an irregularity, no more.
    path.write_text(
        "\n".join((sample * (lines // len(sample) + 1))[:lines]) + "\n", encoding="utf-8"
    )
    return path


def summary(times: list[float]) -> dict[str, Any]:
    ordered = sorted(times)
    return {
        "frames": len(ordered),
        "median_ms": round(ordered[len(ordered) // 2], 1),
        "p95_ms": round(ordered[int(0.95 * len(ordered))], 1),
        "max_ms": round(ordered[-1], 1),
        "over_25_ms": sum(t > 25 for t in ordered),
    }


def main() -> None:
    skol, model = sys.argv[1:3]
    lines = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
    with tempfile.TemporaryDirectory() as name, Browser() as browser:
        page = Path(name) / "page.html"
        subprocess.run([skol, "view", model, document(Path(name), lines), "-o", page], check=True)
        print(
            json.dumps(
                {
                    "lines": lines,
                    "page_bytes": page.stat().st_size,
                    "view": measured(browser, page, "document.getElementById('lines')"),
                    "plain": measured(browser, plain(page, name), "document.scrollingElement"),
                }
            )
        )


def plain(page: Path, folder: str) -> Path:
    text = (Path(folder) / "long.ann").read_text(encoding="utf-8")
    path = Path(folder) / "plain.html"
    path.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><pre>{html.escape(text)}", encoding="utf-8"
    )
    return path


def measured(browser: Browser, page: Path, scroller: str) -> dict[str, Any]:
    browser.open(page)
    ready = browser.value(READY)
    browser.call("Performance.enable")
    browser.value(WATCH)
    time.sleep(0.5)
    browser.value("window.frames_.length = 0")
    before = busy(browser)
    for _ in range(3):
        browser.call(
            "Input.synthesizeScrollGesture",
            x=600, y=500, yDistance=-9000, speed=3000, gestureSourceType="mouse",
        )  # fmt: skip
    spent = busy(browser) - before
    wheel = browser.value("window.frames_")
    return {
        "load_ms": round(ready, 1),
        "wheel_px": browser.value(f"{scroller}.scrollTop"),
        "wheel": summary([b - a for a, b in zip(wheel, wheel[1:], strict=False)]),
        "busy_ms_a_frame": round(1000 * spent / len(wheel), 2),
        "jumps": summary(browser.value(JUMP.replace("SCROLLER", scroller))),
    }


def busy(browser: Browser) -> float:
    """Seconds that the page's main thread has worked."""
    metrics = browser.call("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


if __name__ == "__main__":
    main()
