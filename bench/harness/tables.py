# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown from the results of run.py. Needs nothing but the standard library."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from harness.cells import (
    NAMES,
    Json,
    best,
    count,
    find,
    in_order,
    megabytes,
    rate,
    spread,
    table,
    window_operations,
)
from harness.goals import goals
from harness.growth import cost_model, scaling


def of_peak(result: Json, about: Json) -> str:
    """Of the multiply-add peak measured before and after; operations as sparse rows need them."""
    if result["input"] != "sparse rows":
        return ""
    measured = result["peak_operations"].get(result["precision"])
    if not measured:
        return ""
    operations = window_operations(about["units"], about["layers"], about["entries_per_line"])
    return f"{100 * best(result)[0] * operations / max(measured):.0f} %"


def predict(results: Json) -> str:
    runs = in_order(results["predict"])
    sizes = [p["batch_size"] for p in runs[0]["points"]]
    head = ["engine", "threads", *(f"B={size}" for size in sizes), "best", "of the peak"]
    rows = []
    for run in runs:
        cells = [spread(p["windows_per_second"]) for p in run["points"]]
        last = [f"B={best(run)[1]}", of_peak(run, results["about"])]
        rows.append([NAMES[run["key"]], str(run["threads"]), *cells, *last])
    return table(head, rows)


def answers(results: Json) -> str:
    head = ["engine", "version", "input", "largest difference", "equal labels", "macro-F1"]
    rows = []
    for run in in_order(results["predict"]):
        if run["threads"] != max(r["threads"] for r in results["predict"]):
            continue
        found = run["agreement"]
        rows.append(
            [
                NAMES[run["key"]],
                run["version"],
                run["input"],
                f"{found['largest_difference']:.1g}",
                f"{100 * found['equal_labels']:.2f} %",
                f"{found['macro_f1']:.4f}",
            ]
        )
    return table(head, rows)


def peaks(results: Json) -> str:
    head = ["threads", "fp32, highest", "median", "bf16, highest", "median"]
    rows = []
    for threads in sorted({r["threads"] for r in results["predict"]}):
        found = [r["peak_operations"] for r in results["predict"] if r["threads"] == threads]
        cells = []
        for precision in ("fp32", "bf16"):
            values = [p / 1e9 for peak in found for p in peak.get(precision, [])]
            cells += [count(max(values)), count(median(values))] if values else ["none", ""]
        rows.append([str(threads), *cells])
    return table(head, rows)


def train(results: Json) -> str:
    runs = in_order(results["train"])
    sizes = [p["batch_size"] for p in runs[0]["points"]]
    head = ["engine", "threads", *(f"B={size}" for size in sizes), "peak memory, MB"]
    rows = []
    for run in runs:
        cells = [spread(p["windows_per_second"]) for p in run["points"]]
        memory = megabytes(max(p["peak_bytes"] for p in run["points"]))
        rows.append([NAMES[run["key"]], str(run["threads"]), *cells, memory])
    return table(head, rows)


def memory(results: Json) -> str:
    runs = in_order(results["memory"])
    sizes = [p["batch_size"] for p in runs[0]["points"]]
    rows = [
        [NAMES[run["key"]], *(megabytes(p["peak_bytes"]) for p in run["points"])] for run in runs
    ]
    return table(["engine", *(f"B={size}" for size in sizes)], rows)


def end_to_end(results: Json) -> str:
    found = results["end_to_end"]
    rows = []
    for run in found["corpus"]:
        seconds = median(run["seconds"])
        lines = run["classified_lines"] / seconds
        times = f"{seconds:.2f} ({min(run['seconds']):.2f}–{max(run['seconds']):.2f})"
        windows = count(run["windows"] / seconds)
        memory = megabytes(run["peak_bytes"])
        rows.append([run["precision"], times, count(lines), windows, memory])
    head = ["precision", "seconds", "non-blank lines/s", "windows/s", "peak memory, MB"]
    label, load = (1e3 * median(found[key]) for key in ("first_label_seconds", "load_seconds"))
    return (
        table(head, rows)
        + f"\n\nFrom the start of a process to the first label of 50 lines: {label:.0f} ms. "
        f"Loading the model: {load:.1f} ms."
    )


def about(results: Json) -> str:
    a = results["about"]
    has = [name for name, key in (("AVX-512", "avx512"), ("bf16", "bf16")) if a[key]]
    family = ", ".join([f"family {a['family']}, model {a['model']}", *has])
    return (
        f"{a['date']}: {a['cores']} cores of {a['processor']} ({family}), "
        f"{a['memory_bytes'] / 1e9:.0f} GB, {a['system']}, Python {a['python']}. A network of "
        f"{a['units']}×{a['layers']}, {count(a['windows'])} windows of 50 lines from the corpus' "
        f"test part, {a['inputs']} inputs, {a['entries_per_line']} of them not 0 in a line."
    )


def readme(results: Json) -> str:
    """One row an engine, at 2 threads: prediction at its best batch and at 1, memory, training."""
    head = ["", "windows/s", "at batch", "one at a time", "memory, MB", "training, windows/s"]
    rows = []
    for key in NAMES:
        run = find(results["predict"], key, 2)
        if run is None:
            continue
        fastest, size = best(run)
        memory = find(results["memory"], key, 2)
        point = next((p for p in memory["points"] if p["batch_size"] == size), None)
        trains = find(results["train"], key, 2)
        one = rate(run, 1)
        cells = [count(fastest), count(size), count(one) if one else ""]
        cells += [megabytes(point["peak_bytes"]) if point else ""]
        rows.append([NAMES[key], *cells, count(best(trains)[0]) if trains else ""])
    return table(head, rows)


TABLES: dict[str, Callable[[Json], str]] = {
    "about": about,
    "goals": goals,
    "predict": predict,
    "peaks": peaks,
    "answers": answers,
    "train": train,
    "memory": memory,
    "end_to_end": end_to_end,
    "scaling": scaling,
    "cost_model": cost_model,
    "readme": readme,
}
# The tasks that a table needs besides `about`.
NEEDS = {
    "about": [],
    "goals": ["predict"],
    "peaks": ["predict"],
    "answers": ["predict"],
    "cost_model": ["predict", "end_to_end"],
    "readme": ["predict", "memory", "train"],
}


def tables_of(results: Json) -> dict[str, str]:
    """Of the tasks that were measured."""
    return {
        name: table(results)
        for name, table in TABLES.items()
        if all(task in results for task in NEEDS.get(name, [name]))
    }
