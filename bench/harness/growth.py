# SPDX-License-Identifier: Apache-2.0
"""How cost grows along a curve, and what it comes to for three billion lines."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from harness.cells import Json, best, count, find, megabytes, table, window_operations

# Curve: its axis, the unit of work that a point's time is divided by, and the unit's name.
CURVES: dict[str, tuple[str, Callable[[Json, Json], float], str]] = {
    "document_lines": ("lines of a document", lambda p, about: p["lines"], "non-blank line"),
    "vocabulary": ("words of the vocabulary", lambda p, about: p["windows"], "window"),
    "hidden_size": (
        "units of a direction",
        lambda p, about: p["windows"] * window_operations(p["at"]) / 1e6,
        "million operations",
    ),
    "window_size": (
        "lines of a window",
        lambda p, about: p["windows"] * p["at"],
        "line of a window",
    ),
    "stride": ("lines between windows", lambda p, about: p["windows"], "window"),
    "threads": ("threads", lambda p, about: p["windows"] / p["at"], "window, times threads"),
}


def scaling(results: Json) -> str:
    parts = []
    order = list(CURVES)
    for curve in sorted(results["scaling"], key=lambda c: order.index(c["curve"])):
        axis, work, unit = CURVES[curve["curve"]]
        head = [axis, f"µs a {unit}", "to the one before", "windows/s", "peak memory, MB"]
        rows, before = [], None
        for p in curve["points"]:
            units = work(p, results["about"])
            cost = 1e6 * median(p["seconds"]) / units if units else 0.0
            to_before = f"{cost / before:.2f}" if before else ""
            windows = count(p["windows"] / median(p["seconds"]))
            before = cost
            rows.append(
                [
                    count(p["at"]),
                    count(cost) if cost >= 100 else f"{cost:.3g}",
                    to_before,
                    windows,
                    megabytes(p["peak_bytes"]),
                ]
            )
        parts.append(table(head, rows))
    return "\n\n".join(parts)


# Three billion lines are what the Biodiversity Heritage Library's sixty million pages come to.
LIBRARY_LINES = 3e9


def cost_model(results: Json) -> str:
    """Core hours of the whole library, from what one machine measured."""
    corpus = results["end_to_end"]["corpus"]
    cores = 2  # end_to_end measures with as many threads
    rows = []
    for run in corpus:
        lines = run["classified_lines"] / median(run["seconds"]) / cores
        network = rate_of_network(results, run["precision"])
        rows.append([f"skol's command, {run['precision']}", *cost_cells(lines, network)])
    for run in results.get("spark", []):
        rows.append([f"Spark, {run['engine']}", *cost_cells(run["lines_per_second"] / cores, None)])
    keras = find(results["predict"], "keras", 2)
    if keras:
        # A window brings 25 new lines; features and Spark would come on top.
        rows.append(["Keras, the network alone", *cost_cells(best(keras)[0] * 25 / cores, None)])
    head = ["", "lines/s a core", "core hours", "hours on 64 cores", "of it the network"]
    return table(head, rows)


def rate_of_network(results: Json, precision: str) -> float | None:
    """Windows a second of the network alone, at 2 threads and its best batch."""
    run = find(results["predict"], "skol" if precision == "fp32" else "skol_bf16", 2)
    corpus = next(r for r in results["end_to_end"]["corpus"] if r["precision"] == precision)
    if run is None:
        return None
    return corpus["windows"] / best(run)[0] / median(corpus["seconds"])


def cost_cells(lines_per_second: float, network: float | None) -> list[str]:
    hours = LIBRARY_LINES / lines_per_second / 3600
    share = f"{100 * network:.0f} %" if network else ""
    return [count(lines_per_second), count(hours), f"{hours / 64:.1f}", share]
