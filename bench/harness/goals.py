# SPDX-License-Identifier: Apache-2.0
"""Which ratios between engines are wanted, and which hold."""

from __future__ import annotations

from typing import NamedTuple

from harness.cells import NAMES, Json, best, count, find, rate, table, window_operations


class Goal(NamedTuple):
    """A ratio of skol's windows a second to a peer's, measured in the same run."""

    task: str
    mine: str
    peer: str
    least: float | None  # wanted; None: shown for comparison
    batch: int | None = None  # both at this size; None: each at its best

    def row(self, results: Json) -> list[str] | None:
        found = results.get(self.task, [])
        threads = max((r["threads"] for r in found), default=0)
        mine, peer = find(found, self.mine, threads), find(found, self.peer, threads)
        if mine is None or peer is None:
            return None
        rates = [rate(r, self.batch) if self.batch else best(r)[0] for r in (mine, peer)]
        if None in rates:
            return None
        sizes = (
            (f"batch {self.batch}",) * 2
            if self.batch
            else [f"B={best(r)[1]}" for r in (mine, peer)]
        )
        what = f"{self.task}, {sizes[0]}: {NAMES[self.mine]} to {NAMES[self.peer]}"
        if not self.batch:
            what = (
                f"{self.task}, best: {NAMES[self.mine]} ({sizes[0]}) to "
                f"{NAMES[self.peer]} ({sizes[1]})"
            )
        ratio = rates[0] / rates[1]
        wanted = ["", ""]
        if self.least is not None:
            wanted = [f"{self.least:g}", "yes" if ratio >= self.least else "no"]
        return [what, *map(count, rates), f"{ratio:.1f}", *wanted]


GOALS = [
    Goal("predict", "skol", "onnxruntime", 3),
    Goal("predict", "skol", "onnxruntime", 2.5, 1),
    Goal("predict", "skol", "keras", 7),
    Goal("predict", "skol", "keras", None, 256),
    Goal("predict", "skol", "keras", 100, 1),
    Goal("predict", "skol", "keras_xla", None),
    Goal("predict", "skol", "keras_xla", None, 1),
    Goal("predict", "skol_bf16", "keras", None),
    Goal("predict", "skol_bf16", "pytorch_bf16", 3),
    Goal("predict", "skol_bf16", "onednn_bf16", None),
    Goal("train", "skol", "keras", 4.5),
    Goal("train", "skol", "pytorch_bf16", 3),
]


def goals(results: Json) -> str:
    head = ["2 threads, windows/s", "skol", "peer", "ratio", "wanted", "holds"]
    rows = [row for goal in GOALS if (row := goal.row(results))]
    return table(head, rows) + bound(results)


def bound(results: Json) -> str:
    """What the multiply-add peak allows at 2 threads in fp32."""
    measured = [r["peak_operations"]["fp32"] for r in results["predict"] if r["threads"] == 2]
    keras = find(results["predict"], "keras", 2)
    if not measured or keras is None:
        return ""
    a = results["about"]
    operations = window_operations(a["units"], a["layers"], a["entries_per_line"])
    most = max(max(m) for m in measured) / operations
    return (
        f"\n\nMultiply-adds alone, at the highest peak measured here, would allow {count(most)} "
        f"windows/s in fp32: {most / best(keras)[0]:.1f} times Keras at its best."
    )
