# SPDX-License-Identifier: Apache-2.0
"""The pages of --report in a browser: drawn in both colour schemes, without a complaint."""

import unittest
from pathlib import Path
from typing import Any

from browser import Browser, needs_browser, problems
from skol_process import GOLD, CommandTest, model

GUIDE = ["--base-memory", "250MiB", "--window-memory", "20MiB", "--device-memory", "6.6GiB"]
POINTS = ["--points", "32=1.0GB,48=1.2GB,64=1.5GB", "--device-memory", "6.6GiB"]
# How many charts have a height.
DRAWN = "[...document.querySelectorAll('svg')].filter((chart) => chart.clientHeight > 0).length"
HOST = ["--host-memory", "16GiB", "--host-base-memory", "1GiB"]


@needs_browser
class ReportPageTest(CommandTest):
    def looked_at(self, *call: Any) -> Path:
        """Writes the page of a call and opens it in every scheme and width."""
        page = self.folder / "report.html"
        self.succeeds(*call, "--report", page)
        with Browser() as browser:
            pictures = set()
            for width in (1280, 500):
                for dark in (False, True):
                    browser.open(page, width=width, dark=dark)
                    self.assertEqual(problems(browser, page), [], f"{width} px, dark: {dark}")
                    pictures.add(browser.screenshot(0.25))
                    figures = browser.value("document.querySelectorAll('figure').length")
                    drawn = browser.value(DRAWN)
                    self.assertEqual(drawn, figures)
                    self.assertGreater(figures, 0)
            self.assertEqual(len(pictures), 4)
        return page

    def test_of_a_plan(self):
        self.looked_at("plan", *GUIDE, "--executors", "4", "--batch-sizes", "32,48,64,96,128")

    def test_of_a_plan_from_points_with_two_memories(self):
        self.looked_at("plan", *POINTS, *HOST, "--executors", "3")

    def test_of_a_prediction(self):
        self.looked_at("predict", model(), GOLD, "-o", self.folder / "out")

    def test_of_a_tuning(self):
        self.looked_at("tune", model(), "--seconds", "1")


if __name__ == "__main__":
    unittest.main()
