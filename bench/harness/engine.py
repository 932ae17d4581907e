# SPDX-License-Identifier: Apache-2.0
"""What the engines in Python share: their arguments, the windows, the weights, and the clock.

An engine is a class with `name`, `version`, a constructor (weights, threads, precision),
`prepare(windows)`, which makes of a float32 array [windows][lines][inputs] what the engine likes
best and counts in no time, and `predict(prepared)`, whose answer is float32 [windows][lines]
[classes]. Each runs in a process of its own and prints one JSON object. The same arguments and keys
as in harness/measured_run.h.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Array = np.ndarray[Any, Any]

_TYPES = {"U8": "<u1", "F32": "<f4", "F64": "<f8"}


class Weights:
    """The tensors of a model file (docs/model_format.md); gates stand in the order i, f, g, o."""

    def __init__(self, path: str) -> None:
        data = Path(path).read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        options = json.loads(header.pop("__metadata__")["skol"])["options"]
        self.layers: int = options["num_layers"]
        self.units: int = options["hidden_size"]
        self._tensors = {}
        for name, entry in header.items():
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            flat = np.frombuffer(data[begin:end], dtype=_TYPES[entry["dtype"]])
            self._tensors[name] = flat.reshape(entry["shape"])

    def lstm(self, layer: int, direction: str) -> tuple[Array, Array, Array]:
        """Input weights [inputs][4 units], recurrent weights [units][4 units], bias [4 units]."""
        prefix = f"lstm.{layer}.{direction}."
        parts = ("input_weights", "recurrent_weights", "bias")
        inputs, recurrent, bias = (self._tensors[prefix + part] for part in parts)
        return inputs, recurrent, bias.reshape(-1)

    def dense(self) -> tuple[Array, Array]:
        """[2 units][classes] and [classes]."""
        return self._tensors["dense.weights"], self._tensors["dense.bias"].reshape(-1)

    @property
    def input_size(self) -> int:
        return int(self.lstm(0, "forward")[0].shape[0])

    @property
    def classes(self) -> int:
        return int(self.dense()[1].shape[0])


class Workload:
    """The windows that every engine labels, as workload/workload.h writes them."""

    def __init__(self, folder: str) -> None:
        path = Path(folder)
        about = json.loads((path / "workload.json").read_text())
        self.window: int = about["window_size"]
        self.stride: int = about["stride"]
        self.inputs: int = about["input_size"]
        self.classes: int = about["classes"]
        self.documents: list[int] = about["documents"]
        self.labels = np.fromfile(path / "labels.i32", "<i4")
        self._offsets = np.fromfile(path / "offsets.u64", "<u8").astype(np.int64)
        self._columns = np.fromfile(path / "columns.u32", "<u4")
        self._values = np.fromfile(path / "values.f32", "<f4")
        # The first line of each window.
        self.starts: list[int] = []
        begin = 0
        for lines in self.documents:
            self.starts += range(begin, begin + lines - self.window + 1, self.stride)
            begin += lines

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def entries(self) -> int:
        """Of all sparse rows."""
        return len(self._columns)

    def dense(self, first: int, count: int) -> Array:
        """Windows [first, first + count): float32 [count][window][inputs]."""
        out = np.zeros((count, self.window, self.inputs), np.float32)
        for window, start in zip(out, self.starts[first : first + count], strict=True):
            bounds = self._offsets[start : start + self.window + 1]
            rows = np.repeat(np.arange(self.window), np.diff(bounds))
            part = slice(bounds[0], bounds[-1])
            window[rows, self._columns[part]] = self._values[part]
        return out

    def window_labels(self, first: int, count: int) -> Array:
        """int32 [count][window]; a line without a label counts as the first."""
        starts = self.starts[first : first + count]
        labels = np.maximum(self.labels, 0)
        return np.stack([labels[start : start + self.window] for start in starts])

    def merged(self, windows: Array) -> Array:
        """[lines][classes]: means over the windows that cover a line."""
        sums = np.zeros((len(self.labels), windows.shape[2]))
        votes = np.zeros((len(self.labels), 1))
        for window, start in zip(windows, self.starts, strict=True):
            sums[start : start + self.window] += window
            votes[start : start + self.window] += 1
        return (sums / votes).astype(np.float32)


class Engine(Protocol):
    name: str
    version: str

    def prepare(self, windows: Array) -> Any: ...

    def predict(self, prepared: Any) -> Array: ...


class Trainer(Protocol):
    name: str
    version: str

    def step(self, windows: Array, labels: Array) -> float:
        """One step on a batch; its loss before it."""
        ...

    def epoch(self, windows: Array, labels: Array, batch_size: int) -> None:
        """Steps over all of these, whose number is a multiple of batch_size."""
        ...


def arguments(what: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--model", required=True)
    parser.add_argument("--workload", required=True)
    parser.add_argument("--output", default="")
    parser.add_argument("--batch-sizes", type=lambda s: [int(n) for n in s.split(",")], default=[1])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--pass-seconds", type=float, default=0.3)
    parser.add_argument("--memory", action="store_true")
    return parser.parse_args()


def peak_bytes() -> int:
    """VmHWM of this process."""
    return 1024 * int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])


def windows_per_second(
    args: argparse.Namespace, batch_size: int, batches: int, run: Callable[[int], object]
) -> list[float]:
    """Of each pass; run(n) does the first n batches, as many as fit into args.pass_seconds."""
    run(1)
    begin = time.perf_counter()
    run(1)
    count = min(max(int(args.pass_seconds / (time.perf_counter() - begin)), 1), batches)
    if count > 1:
        run(count)  # TensorFlow traces anew for another number of windows
    rates = []
    for _ in range(args.passes):
        begin = time.perf_counter()
        run(count)
        rates.append(count * batch_size / (time.perf_counter() - begin))
    return rates


def report(
    args: argparse.Namespace, engine: Any, points: list[dict[str, Any]], **more: Any
) -> None:
    about = {
        "engine": engine.name,
        "version": engine.version,
        "precision": args.precision,
        "threads": args.threads,
        "input": "dense",
    }
    print(json.dumps({**about, **more, "points": points}))


def run_prediction(
    make: Callable[[Weights, int, str], Engine],
    many: Callable[[Any, Any, int], object] | None = None,
) -> None:
    """The main program of an engine. many(engine, prepared, batch_size): all of it, by batches."""
    args = arguments("windows a second, from dense windows to probabilities")
    begin = time.perf_counter()
    engine = make(Weights(args.model), args.threads, args.precision)
    load_seconds = time.perf_counter() - begin
    work = Workload(args.workload)
    if args.output:
        step = min(64, len(work))
        parts = [
            engine.predict(engine.prepare(work.dense(i, min(step, len(work) - i))))
            for i in range(0, len(work), step)
        ]
        np.concatenate(parts).astype("<f4").tofile(args.output)
    points = []
    for size in args.batch_sizes:
        batches = 1 if args.memory else len(work) // size
        ready = engine.prepare(work.dense(0, batches * size))

        def run(count: int, size: int = size, ready: Any = ready) -> None:
            if many:
                many(engine, ready[: count * size], size)
                return
            for b in range(count):
                engine.predict(ready[b * size : (b + 1) * size])

        point: dict[str, Any] = {"batch_size": size}
        if args.memory:
            run(1)
            run(1)
        else:
            point["windows_per_second"] = windows_per_second(args, size, batches, run)
        points.append({**point, "peak_bytes": peak_bytes()})
        del ready
    report(args, engine, points, answers="windows", load_seconds=load_seconds)


def run_training(make: Callable[[Weights, int, str], Trainer], compared_steps: int = 4) -> None:
    """The main program of an engine that trains; each batch size begins with the model."""
    args = arguments("windows a second of training steps, from dense windows")
    work = Workload(args.workload)
    dense, labels = work.dense(0, len(work)), work.window_labels(0, len(work))
    points = []
    for size in args.batch_sizes:
        engine = make(Weights(args.model), args.threads, args.precision)
        losses = [
            engine.step(dense[b * size : (b + 1) * size], labels[b * size : (b + 1) * size])
            for b in range(compared_steps)
        ]

        def run(count: int, size: int = size, engine: Trainer = engine) -> None:
            engine.epoch(dense[: count * size], labels[: count * size], size)

        rates = windows_per_second(args, size, len(work) // size, run)
        point = {"batch_size": size, "losses": losses, "windows_per_second": rates}
        points.append({**point, "peak_bytes": peak_bytes()})
    report(args, engine, points)
