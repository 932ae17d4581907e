# SPDX-License-Identifier: Apache-2.0
"""Blocks of code are found in Markdown and run under the lines they stand on."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pytest
from snippets import Snippet, run, snippets


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(
        "# Title\n"
        "```python\n"
        "a = 1\n"
        "\n"
        "b = a + 1\n"
        "```\n"
        "Inline ```python is no block.``` Nor is this.\n"
        "```sh\n"
        "echo python\n"
        "```\n"
        "- In a list:\n"
        "  ```python title=x\n"
        "  if b:\n"
        "      c = b\n"
        "  ```\n"
        "````python\n"
        "d = '''\n"
        "```\n"
        "'''\n"
        "````\n"
        "```\n"
        "no language\n"
        "```\n",
        encoding="utf-8",
    )
    return path


def test_blocks_of_a_language_come_with_the_line_of_their_code(page: Path) -> None:
    assert [(one.line, one.code) for one in snippets(page, "python")] == [
        (3, "a = 1\n\nb = a + 1\n"),
        (13, "if b:\n    c = b\n"),
        (17, "d = '''\n```\n'''\n"),
    ]


def test_other_languages_are_left_out(page: Path) -> None:
    assert [one.code for one in snippets(page, "sh")] == ["echo python\n"]
    assert snippets(page, "pytho") == []


def test_a_block_without_an_end_is_named(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    page.write_text(text + "```python\nx = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md:24: .* no end"):
        snippets(page, "python")


def test_a_block_sees_what_the_blocks_before_it_defined(page: Path) -> None:
    namespace: dict[str, Any] = {"free": 1}
    run(snippets(page, "python"), namespace)
    assert (namespace["a"], namespace["c"], namespace["d"]) == (1, 2, "\n```\n")
    assert namespace["free"] == 1


def test_a_traceback_names_the_file_and_shows_its_line(page: Path) -> None:
    page.write_text("text\n\n```python\nx = 1\nx / 0  # here\n```\n", encoding="utf-8")
    with pytest.raises(ZeroDivisionError) as error:
        run(snippets(page, "python"), {})
    frame = traceback.extract_tb(error.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno, frame.line) == (str(page), 5, "x / 0  # here")


def test_a_syntax_error_names_the_file_and_line(page: Path) -> None:
    block = Snippet(page, 7, "x = 1\ny = = 2\n")
    with pytest.raises(SyntaxError) as error:
        run([block], {})
    assert (error.value.filename, error.value.lineno) == (str(page), 8)
    assert block.place == f"{page}:7"
