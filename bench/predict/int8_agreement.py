#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Would int8 give the same labels? int8_agreement.py MODEL FOLDER-OF-bench_workload

The network in numpy, in float32 and with the products of all steps in 8-bit integers: weights with
a scale of their own for each column, which serves int8 best, hidden states, which lie within -1 and
1, as 127ths. The first layer's sparse rows, cell states and activations stay float32. Sums of such
products are exact in float32. Prints labels that are equal and macro-F1 of both.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from harness.answers import agreement, macro_f1
from harness.engine import Array, Weights, Workload

STEPS = 127


def whole(values: Array, scale: Array | float) -> Array:
    return np.clip(np.rint(values / scale), -STEPS, STEPS).astype(np.float32)


class Product:
    """hidden states @ weights, in 8 bits or not."""

    def __init__(self, weights: Array, int8: bool) -> None:
        self.int8 = int8
        self.scale = np.maximum(np.abs(weights).max(axis=0), 1e-30) / STEPS
        self.weights = whole(weights, self.scale) if int8 else weights

    def __call__(self, hidden: Array) -> Array:
        if not self.int8:
            return hidden @ self.weights
        return (whole(hidden, 1 / STEPS) @ self.weights) * (self.scale / STEPS)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def direction(gates_of_input: Array, recurrent: Product, backward: bool) -> Array:
    """[windows][lines][4 units] -> [windows][lines][units]; gates in the order i, f, g, o."""
    windows, lines, gates = gates_of_input.shape
    hidden, cell = np.zeros((2, windows, gates // 4), np.float32)
    out = np.empty((windows, lines, gates // 4), np.float32)
    for t in reversed(range(lines)) if backward else range(lines):
        i, f, g, o = np.split(gates_of_input[:, t] + recurrent(hidden), 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell)
        out[:, t] = hidden
    return out


def probabilities(weights: Weights, dense: Array, int8: bool) -> Array:
    below = dense
    for layer in range(weights.layers):
        sides = []
        for name in ("forward", "backward"):
            inputs, recurrent, bias = weights.lstm(layer, name)
            product = Product(inputs, int8 and layer > 0)
            gates = (product(below.reshape(-1, below.shape[2])) + bias).reshape(
                *below.shape[:2], -1
            )
            sides.append(direction(gates, Product(recurrent, int8), name == "backward"))
        below = np.concatenate(sides, axis=2)
    kernel, bias = weights.dense()
    scores = np.exp(below @ kernel + bias)
    return scores / scores.sum(axis=2, keepdims=True)


def main() -> None:
    weights, work = Weights(sys.argv[1]), Workload(sys.argv[2])
    parts: dict[bool, list[Array]] = {False: [], True: []}
    for first in range(0, len(work), 256):
        dense = work.dense(first, min(256, len(work) - first))
        for int8, found in parts.items():
            found.append(probabilities(weights, dense, int8))
    exact, eight = (work.merged(np.concatenate(found)) for found in parts.values())
    told = agreement(eight, exact, work.labels)
    told["macro_f1_of_float32"] = macro_f1(exact, work.labels)
    print(json.dumps({"windows": len(work), "lines": len(work.labels), **told}))


if __name__ == "__main__":
    main()
