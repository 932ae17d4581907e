# SPDX-License-Identifier: Apache-2.0
"""view: what the page holds, its errors, and what it does in a browser."""

import base64
import functools
import hashlib
import json
import re
import unittest
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple
from xml.etree import ElementTree

from browser import Browser, needs_browser, problems
from skol_process import GOLD, CommandTest, model, shared_folder, skol

HOSTILE = (
    "</script><script>document.title = 1</script><img src=x onerror=alert(2)> "
    "]]> <!-- \" ' & \u202e"
)
FIRST_TEXT = "document.querySelector('#lines .text').textContent"


class Scripts(HTMLParser):
    """Every <script> with its type and text, and how often there is which other tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: List[Tuple[Dict[str, Optional[str]], str]] = []
        self.tags: Dict[str, int] = {}
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: List[Tuple[str, Optional[str]]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        about = dict(attributes)
        if tag == "script":
            self.scripts.append((about, ""))
        if about.get("http-equiv") == "Content-Security-Policy":
            self.policy = about["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.scripts and not self.scripts[-1][1]:
            self.scripts[-1] = (self.scripts[-1][0], data)

    def data(self, name: str) -> Any:
        return json.loads(next(text for about, text in self.scripts if about.get("id") == name))


class PageTest(CommandTest):
    def page(self, *inputs: Any, **how: Any) -> str:
        path = self.folder / "page.html"
        self.succeeds("view", model(), *inputs, "-o", path, **how)
        return path.read_text(encoding="utf-8")

    def test_every_line_stands_in_it_with_its_label(self):
        path = self.write("a.ann", "[@ Pileus convex #Description*]\n\n[@ Agaricus #Figure*]\nx\n")
        html = Scripts(self.page(path))
        data, contents = html.data("document-0"), html.data("contents")
        self.assertEqual(data["text"], "Pileus convex\n\nAgaricus\nx")
        labels = contents["labels"]
        said = [labels[i] if i >= 0 else None for i in data["gold"]]
        self.assertEqual(said, ["Description", None, "Misc-exposition", None])
        self.assertEqual(contents["documents"][0]["id"], str(path))
        predicted = self.succeeds("predict", model(), path, "--format", "jsonl").out.splitlines()
        for line in map(json.loads, predicted):
            i = line["line_number"]
            self.assertEqual(labels[data["labels"][i]], line["label"])
            best = 100 * max(line["probabilities"].values())
            self.assertLessEqual(abs(data["probabilities"][i] - best), 0.5 + 1e-4)

    def test_the_counts_are_those_of_evaluate(self):
        page = self.folder / "page.html"
        counts = self.succeeds("view", model(), GOLD, "-o", page, "--json").json()
        scores = self.succeeds("evaluate", model(), GOLD, "--json").json()
        self.assertEqual(counts["documents"], 6)
        self.assertEqual(counts["gold_lines"], scores["lines"])
        wrong = scores["lines"] * (1 - scores["accuracy"])
        self.assertAlmostEqual(counts["disagreements"], wrong, delta=1e-6)
        self.assertEqual(counts["bytes"], page.stat().st_size)
        contents = Scripts(page.read_text(encoding="utf-8")).data("contents")
        self.assertEqual(
            sum(about["disagreements"] for about in contents["documents"]), counts["disagreements"]
        )

    def test_raw_text_and_standard_input_have_no_annotation(self):
        html = Scripts(self.page("-", stdin=b"[@ a #Description*]\n"))
        self.assertNotIn("gold", html.data("document-0"))
        html = Scripts(self.page("-", "--annotated", stdin=b"[@ a #Description*]\n"))
        self.assertIn("gold", html.data("document-0"))

    def test_hostile_text_becomes_no_markup(self):
        plain = Scripts(self.page(self.write("a.txt", "text\n")))
        text = self.page(self.write("<b>&\"'.txt", HOSTILE + "\n"))
        html = Scripts(text)
        self.assertEqual(html.tags, plain.tags)
        self.assertEqual(len(html.scripts), 3)
        self.assertEqual(html.data("document-0")["text"], HOSTILE.replace("\u202e", "\ufffd"))
        ElementTree.fromstring(text.replace("<!DOCTYPE html>\n", ""))  # well-formed to XML too

    def test_the_policy_allows_the_one_script(self):
        html = Scripts(self.page(self.write("a.txt", "text\n")))
        running = [text for about, text in html.scripts if "type" not in about]
        self.assertEqual(len(running), 1)
        digest = base64.b64encode(hashlib.sha256(running[0].encode()).digest()).decode()
        self.assertIn(
            f"script-src 'sha256-{digest}'",
            html.policy,
            "where the script was changed, this is its hash for src/report/view_script.cc",
        )
        self.assertNotIn("//", re.sub(r"http://www\.w3\.org/1999/xhtml", "", html.policy))

    def test_the_same_text_gives_the_same_page(self):
        self.assertEqual(self.page(GOLD, "--threads", "1"), self.page(GOLD, "--threads", "1"))


class ErrorTest(CommandTest):
    def test_the_page_must_be_named(self):
        self.fails(2, "view", model(), GOLD, says=["--output"])
        self.fails(2, "view", model(), GOLD, "-o", "-", says=["-o is '-'", "path of a file"])

    def test_it_overwrites_neither_input_nor_model(self):
        path = self.write("a.ann", "[@ a #Description*]\n")
        self.fails(1, "view", model(), path, "-o", path, says=["-o", "overwrite", "a.ann"])
        self.fails(1, "view", model(), path, "-o", model(), says=["overwrite", model().name])
        self.assertEqual(path.read_text(encoding="utf-8"), "[@ a #Description*]\n")

    def test_a_place_that_cannot_be_written_is_named(self):
        page = self.folder / "none" / "page.html"
        self.fails(1, "view", model(), GOLD, "-o", page, says=[str(page)])

    def test_a_failure_leaves_the_older_page(self):
        page = self.write("page.html", "older")
        bad = self.write("bad.txt", b"\xff\n")
        self.fails(1, "view", model(), bad, "-o", page, says=["bad.txt:1"])
        self.assertEqual(page.read_text(encoding="utf-8"), "older")
        self.assertEqual(self.files_in(self.folder), ["bad.txt", "page.html"])

    def test_inputs_that_cannot_be_read_can_be_skipped(self):
        bad = self.write("bad.txt", b"\xff\n")
        page = self.folder / "page.html"
        self.succeeds("view", model(), bad, GOLD, "-o", page, "--errors", "skip")
        self.fails(1, "view", model(), bad, "-o", page, "--errors", "skip", says=["no document"])

    def test_a_model_that_is_not_there(self):
        self.fails(4, "view", "none.skol", GOLD, "-o", self.folder / "p.html", says=["none.skol"])


@functools.lru_cache(maxsize=None)
def sample_page() -> Path:
    path = shared_folder() / "view.html"
    done = skol("view", model(), GOLD, "-o", path)
    if done.status != 0:
        raise AssertionError(done.err)
    return path


@needs_browser
class BrowserTest(CommandTest):
    def setUp(self) -> None:
        super().setUp()
        self.browser = Browser()
        self.addCleanup(self.browser.__exit__)

    def selected(self) -> int:
        return self.browser.value(
            "Number(document.querySelector('.row.selected .number').textContent)"
        )

    def status(self) -> str:
        return self.browser.value("document.getElementById('status').textContent")

    def disagreements(self, document: int) -> List[int]:
        data = Scripts(sample_page().read_text(encoding="utf-8")).data(f"document-{document}")
        pairs = zip(data["labels"], data["gold"])
        return [
            i + 1
            for i, (label, gold) in enumerate(pairs)
            if -1 not in (label, gold) and label != gold
        ]

    def test_it_is_drawn_in_both_schemes_and_widths(self):
        pictures = set()
        for width in (1280, 500):
            for dark in (False, True):
                self.browser.open(sample_page(), width=width, dark=dark)
                self.assertEqual(problems(self.browser, sample_page()), [])
                pictures.add(self.browser.screenshot(0.25))
        self.assertEqual(len(pictures), 4)

    def test_keys_go_from_disagreement_to_disagreement(self):
        self.browser.open(sample_page())
        self.assertEqual(self.selected(), 1)
        expected = [line for line in self.disagreements(0) if line > 1]
        for line in expected:
            self.browser.press("n")
            self.assertEqual(self.selected(), line)
            self.assertIn(f"Line {line} of", self.status())
            self.assertTrue(self.browser.value("location.hash").endswith(f"line={line}"))
        self.browser.press("p")
        self.assertEqual(self.selected(), expected[-2])

    def test_after_the_last_disagreement_comes_the_next_document(self):
        self.browser.open(sample_page(), at=f"#line={self.disagreements(0)[-1]}")
        self.browser.press("n")
        self.assertEqual(self.browser.value("document.getElementById('document').value"), "1")
        self.assertEqual(self.selected(), self.disagreements(1)[0])
        self.browser.press("p")
        self.assertEqual(self.selected(), self.disagreements(0)[-1])
        self.assertEqual(self.browser.complaints, [])

    def test_the_address_leads_to_a_line(self):
        self.browser.open(sample_page(), at="#document=3&line=200")
        self.assertEqual(self.selected(), 200)
        top = self.browser.value(
            "document.querySelector('.row.selected').getBoundingClientRect().top"
        )
        self.assertTrue(100 < top < 900, top)

    def test_search_finds_lines_and_marks_them(self):
        self.browser.open(sample_page())
        self.browser.press("/")
        self.browser.call("Input.insertText", text="HERBARIUM")
        data = Scripts(sample_page().read_text(encoding="utf-8")).data("document-0")
        found = [
            i + 1 for i, line in enumerate(data["text"].split("\n")) if "herbarium" in line.lower()
        ]
        self.assertGreater(len(found), 1)
        self.assertEqual(
            self.browser.value("document.getElementById('hits').textContent"), f"{len(found)} lines"
        )
        for line in [line for line in found if line > 1]:
            self.browser.press("Enter")
            self.assertEqual(self.selected(), line)
        marks = "document.querySelector('.row.selected mark').textContent.toLowerCase()"
        self.assertEqual(self.browser.value(marks), "herbarium")

    def test_a_label_of_the_legend_shows_only_its_lines(self):
        self.browser.open(sample_page())
        rows = "Number(document.getElementById('table').getAttribute('aria-rowcount')) - 1"
        data = Scripts(sample_page().read_text(encoding="utf-8")).data("document-0")
        self.assertEqual(self.browser.value(rows), len(data["labels"]))
        button = "document.querySelector('#legend .label-1').parentElement"
        self.browser.value(f"{button}.click()")
        expected = sum(1 in pair for pair in zip(data["labels"], data["gold"]))
        self.assertEqual(self.browser.value(rows), expected)
        self.assertEqual(self.browser.value(f"{button}.getAttribute('aria-pressed')"), "true")
        self.assertIn(str(data["labels"].count(1)), self.browser.value(f"{button}.textContent"))
        self.browser.value(f"{button}.click()")
        self.assertEqual(self.browser.value(rows), len(data["labels"]))
        self.browser.value("document.querySelector('#legend button').click()")
        self.assertEqual(self.browser.value(rows), len(self.disagreements(0)))

    def test_of_a_long_document_only_what_is_in_sight_is_drawn(self):
        page = self.folder / "long.html"
        path = self.write("long.txt", "".join(f"line {i}\n" for i in range(20_000)))
        self.succeeds("view", model(), path, "-o", page)
        self.browser.open(page, at="#line=20000")
        self.assertEqual(self.selected(), 20_000)
        self.assertLess(self.browser.value("document.querySelectorAll('.row').length"), 300)
        self.browser.value("document.getElementById('lines').scrollTop = 0")
        self.browser.wait_for(lambda: self.browser.value(FIRST_TEXT) == "line 0")
        self.assertEqual(problems(self.browser, page), [])

    def test_a_line_wider_than_the_page_is_broken(self):
        text = "word " * 100 + "\u6f22" * 200 + "x" * 10_000
        page = self.folder / "wide.html"
        self.succeeds("view", model(), self.write("wide.txt", f"{text}\nnext\n"), "-o", page)
        self.browser.open(page, width=500)
        self.assertEqual(problems(self.browser, page), [])
        row = "document.querySelectorAll('#lines .row')[{}].getBoundingClientRect()"
        self.assertGreater(self.browser.value(row.format(0) + ".height"), 500)
        bottom = self.browser.value(row.format(0) + ".bottom")
        self.assertEqual(self.browser.value(row.format(1) + ".top"), bottom)
        self.assertIn(
            "more characters",
            self.browser.value(
                "document.querySelector('.row .text ~ .text, #lines .text').textContent"
            ),
        )

    def test_hostile_text_is_drawn_and_does_nothing(self):
        page = self.folder / "hostile.html"
        self.succeeds("view", model(), self.write("a.txt", HOSTILE + "\n"), "-o", page)
        self.browser.open(page)
        self.assertIn(
            "</script>", self.browser.value("document.querySelector('#lines .text').textContent")
        )
        self.assertEqual(self.browser.value("document.images.length"), 0)
        self.assertNotEqual(self.browser.value("document.title"), "1")
        self.assertEqual(problems(self.browser, page), [])

    def test_an_empty_document_is_a_page_too(self):
        page = self.folder / "empty.html"
        self.succeeds("view", model(), self.write("a.txt", ""), "-o", page)
        self.browser.open(page)
        for key in ("n", "u", "ArrowDown"):
            self.browser.press(key)
        self.assertEqual(self.browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
