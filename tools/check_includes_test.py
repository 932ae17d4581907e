#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tree that breaks one rule must be reported for that rule, and for nothing else."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import List

CHECKER = Path(__file__).resolve().parent / "check_includes.py"
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
LADDER = """
skol_room(base LINK fmt::fmt)
skol_room(text BELOW base)
skol_room(kernels BELOW base LINK hwy::hwy)
skol_room(model BELOW text kernels)
if(TRUE)
  skol_room(cli BELOW model)
endif()
"""
GOOD = {
    "CMakeLists.txt": LADDER,
    "src/base/fail.h": LICENCE + '#pragma once\n#include <string>\n#include "skol/error.h"\n',
    "src/text/yedda.cc": LICENCE + '#include "base/fail.h"\n#include "text/yedda.h"\n',
    "src/kernels/cpu.cc": LICENCE + "#include <hwy/highway.h>\n#if HWY_ONCE\n#endif\n",
    "src/cli/main.cc": LICENCE
    + '#include "skol/model.h"\n#include "text/yedda.h"\nint main() { printf("x"); }\n',
    "include/skol/error.h": LICENCE + "#pragma once\n",
    "include/skol/model.h": LICENCE + '#pragma once\n#include "skol/error.h"\n',
}


class CheckIncludesTest(unittest.TestCase):
    def findings(self, **changed: str) -> List[str]:
        """Runs the checker over GOOD with `changed` files on top; its lines but the last."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**GOOD, **changed}.items():
                path = Path(root) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            run = subprocess.run(
                [sys.executable, str(CHECKER), root], capture_output=True, text=True, check=False
            )
        lines = run.stdout.splitlines()
        self.assertEqual(run.returncode, 1 if len(lines) > 1 else 0, run.stderr)
        return lines[:-1]

    def assert_one_finding(self, name: str, line: int, words: str, text: str) -> None:
        found = self.findings(**{name: text})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{name}:{line}: "), found)
        self.assertIn(words, found[0])

    def test_a_tree_that_keeps_the_rules_passes(self) -> None:
        self.assertEqual(self.findings(), [])

    def test_a_room_may_not_know_the_room_above(self) -> None:
        self.assert_one_finding(
            "src/base/pool.cc", 2, "of text", LICENCE + '#include "text/yedda.h"\n'
        )

    def test_a_room_may_not_know_its_neighbour(self) -> None:
        self.assert_one_finding(
            "src/text/line.cc", 3, "of kernels", LICENCE + '\n#include "kernels/cpu.h"\n'
        )

    def test_a_public_header_counts_as_its_room(self) -> None:
        self.assert_one_finding(
            "src/text/line.cc", 2, "of model", LICENCE + '#include "skol/model.h"\n'
        )
        self.assert_one_finding(
            "include/skol/error.h", 2, "of model", LICENCE + '#include "skol/model.h"\n'
        )

    def test_a_public_header_shows_no_private_one(self) -> None:
        self.assert_one_finding(
            "include/skol/model.h", 2, "public header", LICENCE + '#include "text/yedda.h"\n'
        )

    def test_a_public_header_needs_a_room(self) -> None:
        self.assert_one_finding("include/skol/surprise.h", 1, "no room", LICENCE)

    def test_an_include_names_the_room(self) -> None:
        self.assert_one_finding("src/text/line.cc", 2, "room/x.h", LICENCE + '#include "line.h"\n')

    def test_the_library_neither_prints_nor_exits(self) -> None:
        for call in (
            "std::cout << 1;",
            "printf(text);",
            "std::exit(1);",
            "abort();",
            'fmt::print("x");',
        ):
            self.assert_one_finding(
                "src/text/line.cc", 2, "prints nothing", LICENCE + f"void f() {{ {call} }}\n"
            )

    def test_words_in_comments_and_literals_are_not_calls(self) -> None:
        text = (
            LICENCE
            + '// never exit(1)\n/* abort()\n printf( */ auto s = "std::cout \\" exit(";\n'
            + "int n = snprintf(b, 1, f);\n"
        )
        self.assertEqual(self.findings(**{"src/text/line.cc": text}), [])

    def test_backend_conditions_stay_in_kernels(self) -> None:
        self.assert_one_finding(
            "src/text/line.cc", 2, "src/kernels", LICENCE + "#if defined(__AVX2__)\n#endif\n"
        )
        self.assert_one_finding(
            "src/text/line.cc", 2, "src/kernels", LICENCE + "#include <hwy/highway.h>\n"
        )

    def test_files_stay_short(self) -> None:
        self.assert_one_finding("src/text/line.cc", 601, "600 lines", LICENCE + "\n" * 600)
        self.assert_one_finding("README.md", 151, "150 lines", "\n" * 151)

    def test_a_source_carries_the_licence_line(self) -> None:
        self.assert_one_finding("src/text/line.cc", 1, "SPDX", "int x;\n")


if __name__ == "__main__":
    unittest.main()
