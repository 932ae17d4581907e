# SPDX-License-Identifier: Apache-2.0
"""review: which lines it tells, its files and errors, and its page in a browser."""

import csv
import functools
import unittest
from pathlib import Path
from typing import Any, Dict, List
from xml.etree import ElementTree

from browser import Browser, needs_browser, problems
from skol_process import SMALL, TRAIN, CommandTest, shared_folder, skol

# A paper whose lines tell their labels. 12 blocks, so that a small model learns them.
BLOCK = (
    "[@ Agaricus novus sp. nov. #Nomenclature*]\n\n"
    "[@ Pileus convex, brown, with gills #Description*]\n"
    "[@ The type was found on bark #Misc-exposition*]\n"
)
QUICK = ["--hidden-size", "16", "--num-layers", "1", "--window-size", "10", "--batch-size", "4"]
QUICK += ["--epochs", "6", "--learning-rate", "0.02", "--folds", "3", "--min-probability", "0.6"]
HOSTILE = 'Pileus convex, brown, with gills</td><script>alert(1)</script> & "'


def rows_of(tsv: Path) -> List[Dict[str, str]]:
    with tsv.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class ReviewTest(CommandTest):
    def papers(self, slip: str = "") -> Path:
        """Six papers; in paper_2, line 22 is `slip`."""
        for i in range(6):
            blocks = [BLOCK] * 12
            if i == 2 and slip:
                lines = BLOCK.splitlines(keepends=True)
                blocks[5] = "".join(lines[:2]) + f"[@ {slip} #Nomenclature*]\n" + lines[3]
            self.write(f"papers/paper_{i}.ann", "".join(blocks))
        return self.folder / "papers"

    def review(self, *inputs: Any) -> Any:
        self.page, self.tsv = self.folder / "page.html", self.folder / "lines.tsv"
        return self.succeeds(
            "review", *inputs, "-o", self.page, "--tsv", self.tsv, "--json", *QUICK
        ).json()

    def test_it_finds_the_slip_of_an_annotator(self):
        report = self.review(self.papers("Pileus convex, brown, with gills"))
        self.assertEqual((report["contradictions"], report["findings"]), (1, 1))
        self.assertEqual(report["lines"], 6 * 12 * 3)
        self.assertEqual((report["documents"], report["folds"]), (6, 3))
        pair = {"gold": "Nomenclature", "predicted": "Description", "lines": 1, "findings": 1}
        self.assertEqual(report["pairs"], [pair])
        (row,) = rows_of(self.tsv)
        self.assertGreater(float(row.pop("probability")), 0.6)
        self.assertEqual(
            row,
            {
                "doc_id": str(self.folder / "papers" / "paper_2.ann"),
                "line_number": "22",
                "gold": "Nomenclature",
                "predicted": "Description",
                "text": "Pileus convex, brown, with gills",
            },
        )
        page = self.page.read_text(encoding="utf-8")
        self.assertIn("paper_2.ann:23</a>", page)

    def test_where_nothing_is_wrong_it_says_so(self):
        report = self.review(self.papers())
        self.assertEqual(report["contradictions"], 0)
        self.assertEqual(rows_of(self.tsv), [])
        self.assertIn("Nothing was contradicted", self.page.read_text(encoding="utf-8"))

    def test_hostile_text_becomes_no_markup(self):
        self.review(self.papers(HOSTILE))
        page = self.page.read_text(encoding="utf-8")
        root = ElementTree.fromstring(page.replace("<!DOCTYPE html>\n", ""))
        self.assertEqual([e.tag for e in root.iter() if e.tag.endswith("script")], [])
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertEqual([row["text"] for row in rows_of(self.tsv)], [HOSTILE])

    def test_threads_and_the_order_of_documents_change_nothing(self):
        papers = sorted(self.papers("Pileus convex, brown, with gills").iterdir())
        self.review(*papers, "--threads", "1")
        expected = self.tsv.read_bytes()
        self.review(*papers, "--threads", "2")
        self.assertEqual(self.tsv.read_bytes(), expected)

    def test_a_person_is_told_the_counts(self):
        done = self.succeeds(
            "review", self.papers("Pileus convex, brown, with gills"), "-o",
            self.folder / "page.html", *QUICK,
        )  # fmt: skip
        self.assertEqual(done.out, b"")
        self.assertIn("1 of 216 labelled lines contradicted, in 1 place", done.err)
        self.assertIn("Nomenclature -> Description", done.err)
        self.assertNotIn("fold", done.err)  # progress is for terminals


class ErrorTest(CommandTest):
    def setUp(self) -> None:
        super().setUp()
        self.one = self.write("one.ann", BLOCK)
        self.two = self.write("two.ann", BLOCK)
        self.page = self.folder / "page.html"

    def test_text_without_annotation(self):
        raw = self.write("raw.txt", "text\n")
        self.fails(
            1, "review", raw, self.one, "-o", self.page, *SMALL, says=["label in 1 of", "2 or more"]
        )
        self.fails(1, "review", raw, "-o", self.page, *SMALL, says=["label in 0 of"])
        self.assertFalse(self.page.exists())

    def test_it_overwrites_no_input(self):
        self.fails(1, "review", self.one, self.two, "-o", self.one, says=["-o", "overwrite"])
        self.fails(
            1, "review", self.one, self.two, "-o", self.page, "--tsv", self.two,
            says=["--tsv", "overwrite", "two.ann"],
        )  # fmt: skip
        self.fails(
            1, "review", self.one, self.two, "-o", self.page, "--tsv", self.page,
            says=["--tsv", "overwrite", "page.html"],
        )  # fmt: skip
        self.assertEqual(self.one.read_text(encoding="utf-8"), BLOCK)

    def test_places_that_cannot_be_written(self):
        place = self.folder / "none" / "x"
        self.fails(1, "review", self.one, self.two, "-o", place, says=[str(place)])
        self.fails(
            1, "review", self.one, self.two, "-o", self.page, "--tsv", place, says=[str(place)]
        )
        self.assertEqual(self.files_in(self.folder), ["one.ann", "two.ann"])

    def test_options_out_of_range(self):
        for options, says in (
            (["--folds", "1"], "--folds is 1"),
            (["--min-probability", "1.5"], "--min-probability is 1.5"),
            (["--epochs", "0"], "--epochs is 0"),
        ):
            self.fails(2, "review", self.one, self.two, "-o", self.page, *options, says=[says])
        self.fails(2, "review", self.one, self.two, says=["--output"])
        self.fails(2, "review", self.one, self.two, "-o", self.page, "--tsv", "-", says=["--tsv"])

    def test_strict_refuses_irregular_annotation(self):
        bad = self.write("bad.ann", BLOCK + "[@ open\n")
        self.fails(
            1,
            "review",
            self.one,
            bad,
            "-o",
            self.page,
            "--strict",
            says=["bad.ann:5:1", "unterminated"],
        )


@functools.lru_cache(maxsize=None)
def sample_page() -> Path:
    path = shared_folder() / "review.html"
    papers = sorted(TRAIN.iterdir())[:6]
    done = skol("review", *papers, "-o", path, *SMALL, "--folds", "2", "--min-probability", "0.4")
    if done.status != 0:
        raise AssertionError(done.err)
    return path


@needs_browser
class BrowserTest(unittest.TestCase):
    def test_it_is_drawn_in_both_schemes_and_widths(self):
        with Browser() as browser:
            pictures = set()
            for width in (1280, 500):
                for dark in (False, True):
                    browser.open(sample_page(), width=width, dark=dark, at="#finding-1")
                    self.assertEqual(problems(browser, sample_page()), [])
                    pictures.add(browser.screenshot(0.25))
            self.assertEqual(len(pictures), 4)

    def test_links_lead_to_findings(self):
        with Browser() as browser:
            browser.open(sample_page())
            links = browser.value(
                "[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))"
            )
            self.assertGreater(len(links), 2)
            missing = "[...document.links].filter((a) => !document.querySelector(a.hash)).length"
            self.assertEqual(browser.value(missing), 0)


if __name__ == "__main__":
    unittest.main()
