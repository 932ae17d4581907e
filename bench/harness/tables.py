# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown from the results of run.py. Needs nothing but the standard library."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any, NamedTuple

Json = dict[str, Any]

NAMES = {
    "skol": "skol",
    "skol_bf16": "skol, bf16",
    "keras": "Keras",
    "keras_xla": "Keras, XLA",
    "pytorch": "PyTorch",
    "pytorch_bf16": "PyTorch, bf16",
    "onnxruntime": "ONNX Runtime",
    "onednn": "oneDNN",
    "onednn_bf16": "oneDNN, bf16",
}
ORDER = list(NAMES)


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """The first column to the left, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def count(x: float) -> str:
    return f"{x:,.0f}"


def spread(values: list[float]) -> str:
    """Median and, behind it, half the range as a share."""
    middle = median(values)
    return f"{count(middle)} ±{50 * (max(values) - min(values)) / middle:.0f} %"


def megabytes(size: float) -> str:
    return count(size / 1e6)


def in_order(results: list[Json]) -> list[Json]:
    return sorted(results, key=lambda r: (r["threads"], ORDER.index(r["key"])))


def rate(result: Json, batch_size: int) -> float | None:
    for point in result["points"]:
        if point["batch_size"] == batch_size:
            return median(point["windows_per_second"])
    return None


def best(result: Json) -> tuple[float, int]:
    """Windows a second and batch size."""
    return max((median(p["windows_per_second"]), p["batch_size"]) for p in result["points"])


def find(results: list[Json], key: str, threads: int) -> Json | None:
    return next((r for r in results if (r["key"], r["threads"]) == (key, threads)), None)


def of_peak(result: Json, about: Json) -> str:
    """Of the multiply-add peak measured before and after; operations as sparse rows need them."""
    if result["input"] != "sparse rows":
        return ""
    measured = result["peak_operations"].get(result["precision"])
    if not measured:
        return ""
    peak = sum(measured) / len(measured)
    operations = window_operations(about["units"], about["layers"], about["entries_per_line"])
    return f"{100 * best(result)[0] * operations / peak:.0f} %"


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
    head = ["threads", "fp32, GFLOP/s", "bf16, GFLOP/s"]
    rows = []
    for threads in sorted({r["threads"] for r in results["predict"]}):
        found = [r["peak_operations"] for r in results["predict"] if r["threads"] == threads]
        cells = []
        for precision in ("fp32", "bf16"):
            values = [p / 1e9 for peak in found for p in peak.get(precision, [])]
            cells.append(f"{spread(values)}" if values else "none")
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


def window_operations(units: int, layers: int = 2, entries: float = 30) -> float:
    """Of one window of 50 lines, as in bench/speed.cc: half of them are new in it."""
    recurrent = layers * 2 * units * 4 * units
    upper = (layers - 1) * 2 * units * 8 * units
    return 2 * 50 * (recurrent + upper + entries * 8 * units / 2 + 2 * units * 16)


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
                [count(p["at"]), f"{cost:.3g}", to_before, windows, megabytes(p["peak_bytes"])]
            )
        parts.append(table(head, rows))
    return "\n\n".join(parts)


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
}
# The tasks that a table needs besides `about`.
NEEDS = {
    "about": [],
    "goals": ["predict"],
    "peaks": ["predict"],
    "answers": ["predict"],
    "cost_model": ["predict", "end_to_end"],
}


def tables_of(results: Json) -> dict[str, str]:
    """Of the tasks that were measured."""
    return {
        name: table(results)
        for name, table in TABLES.items()
        if all(task in results for task in NEEDS.get(name, [name]))
    }
