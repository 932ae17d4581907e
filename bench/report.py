# SPDX-License-Identifier: Apache-2.0
"""report.py RESULTS.json [--into PAGE.md | --check PAGE.md]: the tables of a run of run.py.

Without an option prints them; --into writes each between the marks `<!-- bench:NAME -->` and
`<!-- end -->` of a page; --check fails where the page says anything else. Figures in the documents
come from here alone.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness.tables import tables_of

MARKED = re.compile(r"(<!-- bench:(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, results: dict[str, object]) -> str:
    tables = tables_of(results)

    def table(match: re.Match[str]) -> str:
        return f"{match[1]}{tables[match[2]]}\n{match[3]}"

    return MARKED.sub(table, page)


def main() -> None:
    parser = argparse.ArgumentParser(description="tables of a benchmark's results")
    parser.add_argument("results", type=Path)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--check", type=Path)
    args = parser.parse_args()
    results = json.loads(args.results.read_text())
    if args.into:
        args.into.write_text(filled(args.into.read_text(), results))
    elif args.check:
        page = args.check.read_text()
        if filled(page, results) != page:
            raise SystemExit(f"{args.check} does not say what {args.results} does: run --into")
    else:
        for name, table in tables_of(results).items():
            print(f"## {name}\n{table}\n")


if __name__ == "__main__":
    main()
