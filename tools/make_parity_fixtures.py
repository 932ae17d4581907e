#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the PyTorch fixtures the C++ network is compared with.

    python3 tools/make_parity_fixtures.py           # write tests/fixtures/network/*.json
    python3 tools/make_parity_fixtures.py --check   # recompute and compare with those files

Needs numpy and PyTorch (Debian: python3-torch); the C++ tests need only the JSON files.

Weights, inputs and labels are not stored: both sides compute them. With all integers mod 2^64,

    z(s, k)    = mix(seed + s * 0x9E3779B97F4A7C15 + k * 0xBF58476D1CE4E5B9)
    mix(z)     : z ^= z >> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >> 27; z *= 0x94D049BB133111EB;
                 z ^= z >> 31                                     (finaliser of splitmix64)
    bits(s, k) = z(s, k) >> 40                                    (24 bits)
    u(s, k)    = bits(s, k) * 2^-24                               (exact in float32)
    signed(s, k) = 2 * u(s, k) - 1                                (exact in float32)

- Weights: element k (row-major) of tensor number s is signed(s, k) * weight_scale. Tensors are
  numbered from 0: for each layer the forward, then the backward direction's input_weights
  [in][4H], recurrent_weights [H][4H], bias [4H]; then dense.weights [2H, or I without layers][C],
  forward half first, and dense.bias [C]; then, where embedding_size E is not 0, embedding.weights
  [I][E]. `in` is 2H, in layer 0 E, or I without an embedding. Gates: i, f, g, o. Between embedding
  and layer 0 stands a layer normalisation without gain and bias, epsilon 1e-5.
- Rows: the real lines of all windows, one window after the other; row r has column j when
  u(1000, r * I + j) < input_density, with the value signed(1001, r * I + j) * input_scale.
- Labels: row r is unlabelled (-1) when u(1003, r) < unlabelled_fraction, else its label is
  (bits(1002, r) * C) >> 24, that is floor(u * C).

Unlabelled lines pass through the network like any other; they have no part in the loss.
Losses over the labelled rows, p = softmax row, y = label:

- cross_entropy: sum of class_weights[y] * -log p[y], divided by the number of labelled rows.
- focal: 1 - mean over focal_labels c of 2 TP / (2 TP + FP + FN + epsilon), where TP sums p[c] over
  rows with y = c, FP sums p[c] over rows with y != c and FN sums 1 - p[c] over rows with y = c.

Training is Adam, w -= learning_rate * m_hat / (sqrt(v_hat) + epsilon), the whole batch in each
step, without dropout. Before it all gradients are multiplied by clip_norm / max(norm, clip_norm),
norm being that of all tensors together; clip_norm 0 means no clipping. training_losses[t] is the
loss before update t, so the first is `loss`. The gradients listed are not clipped.

`values[n]` of a gradient is its element n * stride, row-major. All results are of float64 PyTorch
on the float32 weights and inputs, to 10 significant digits; keys that name float32 hold what
float32 PyTorch gets and are there for information only.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

Array = npt.NDArray[Any]
Parameters = dict[str, Array]

OUTPUT = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "network"
PRESENCE_STREAM, VALUE_STREAM, LABEL_STREAM, UNLABELLED_STREAM = 1000, 1001, 1002, 1003
LEARNING_RATE, BETA1, BETA2, ADAM_EPSILON = 1e-3, 0.9, 0.999, 1e-7
FOCAL_EPSILON = 1e-7
TRAINING_STEPS = 10
FULL_TENSOR = 400  # gradients of at most so many elements are stored whole
TENSOR_SAMPLE = 150
PROBABILITY_SAMPLE = 24


@dataclass(frozen=True)
class Shape:
    input_size: int
    hidden_size: int
    num_layers: int
    num_classes: int
    embedding_size: int = 0


@dataclass(frozen=True)
class Case:
    name: str
    description: str
    shape: Shape
    window_lengths: tuple[int, ...]
    seed: int
    weight_scale: float
    input_density: float
    class_weights: tuple[float, ...] = ()
    focal_labels: tuple[int, ...] = ()
    clip_norm: float = 0.0
    input_scale: float = 1.0
    unlabelled_fraction: float = 0.1

    @property
    def weights(self) -> tuple[float, ...]:
        return self.class_weights or (1.0,) * self.shape.num_classes


THIRTEEN_WEIGHTS = (0.25, 4.0, 1.0, 2.5, 0.5, 8.0, 1.5, 0.125, 3.0, 1.0, 0.75, 6.0, 2.0)

# Hidden size 1 in the first case is a placeholder: without layers it has no meaning.
CASES = (
    Case("logistic_regression", "no layer, weighted classes",
         Shape(300, 1, 0, 13), (50, 1, 17, 33), 11, 0.25, 0.0625, THIRTEEN_WEIGHTS),
    Case("one_layer_hidden_1", "the smallest network; one window has no labelled line",
         Shape(3, 1, 1, 2), (1, 5, 2, 3, 1), 57, 2.0, 0.5),
    Case("one_layer_hidden_7", "odd hidden size, large weights, weighted classes",
         Shape(11, 7, 1, 3), (9, 1, 50, 4), 13, 1.0, 0.25, (0.5, 1.0, 4.0)),
    Case("one_layer_hidden_200", "one wide layer, two unweighted classes",
         Shape(300, 200, 1, 2), (1, 31, 50, 2), 14, 0.125, 0.0625),
    Case("two_layers_hidden_7_clipped", "gradients clipped at global norm 1",
         Shape(40, 7, 2, 3), (50, 3, 1, 26), 15, 1.0, 0.25, (2.0, 0.5, 8.0), clip_norm=1.0),
    Case("two_layers_hidden_17_focal", "soft-F1 loss of three labels out of thirteen",
         Shape(64, 17, 2, 13), (50, 1, 49, 12, 30), 16, 0.5, 0.125, focal_labels=(1, 4, 11)),
    Case("two_layers_hidden_128", "the default network's size, weighted classes",
         Shape(200, 128, 2, 13), (50, 50, 1, 23), 17, 0.25, 0.0625, THIRTEEN_WEIGHTS),
    Case("three_layers_hidden_17", "three layers, unweighted",
         Shape(100, 17, 3, 13), (2, 50, 1, 37, 19), 18, 0.5, 0.125),
    Case("three_layers_hidden_200", "three wide layers, unequal weights",
         Shape(97, 200, 3, 3), (41, 1, 7), 19, 0.125, 0.125, (1.0, 3.0, 0.25)),
    Case("two_layers_hidden_17_embedding_19", "embedded rows, odd sizes, weighted classes",
         Shape(400, 17, 2, 3, 19), (50, 3, 1, 26), 20, 0.5, 0.0625, (0.5, 1.0, 4.0),
         clip_norm=1.0),
    Case("two_layers_hidden_128_embedding_128", "the default network's size on rich features",
         Shape(1000, 128, 2, 3, 128), (50, 50, 1, 23), 21, 0.25, 0.03125),
)  # fmt: skip


# ---------------------------------------------------------------- weights, inputs, labels


def bits(seed: int, stream: int, count: int) -> npt.NDArray[np.uint64]:
    """The top 24 bits of elements 0 .. count-1 of a stream."""
    start = np.uint64((seed + stream * 0x9E3779B97F4A7C15) % 2**64)
    z = np.arange(count, dtype=np.uint64) * np.uint64(0xBF58476D1CE4E5B9) + start
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))) >> np.uint64(40)


def uniform(seed: int, stream: int, count: int) -> npt.NDArray[np.float32]:
    return bits(seed, stream, count).astype(np.float32) * np.float32(2.0**-24)


def signed(seed: int, stream: int, count: int, scale: float) -> npt.NDArray[np.float32]:
    unit = np.float32(2.0) * uniform(seed, stream, count) - np.float32(1.0)
    return np.asarray(unit * np.float32(scale), dtype=np.float32)


def tensor_shapes(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Name and extents of every tensor, in the order of the streams."""
    shapes: dict[str, tuple[int, ...]] = {}
    gates, width = 4 * shape.hidden_size, shape.embedding_size or shape.input_size
    for layer in range(shape.num_layers):
        for direction in ("forward", "backward"):
            prefix = f"lstm.{layer}.{direction}."
            shapes[prefix + "input_weights"] = (width, gates)
            shapes[prefix + "recurrent_weights"] = (shape.hidden_size, gates)
            shapes[prefix + "bias"] = (gates,)
        width = 2 * shape.hidden_size
    shapes["dense.weights"] = (width, shape.num_classes)
    shapes["dense.bias"] = (shape.num_classes,)
    if shape.embedding_size > 0:
        shapes["embedding.weights"] = (shape.input_size, shape.embedding_size)
    return shapes


def make_parameters(case: Case) -> Parameters:
    return {
        name: signed(case.seed, stream, math.prod(extents), case.weight_scale).reshape(extents)
        for stream, (name, extents) in enumerate(tensor_shapes(case.shape).items())
    }


def make_rows(case: Case) -> npt.NDArray[np.float32]:
    extents = (sum(case.window_lengths), case.shape.input_size)
    count = math.prod(extents)
    present = uniform(case.seed, PRESENCE_STREAM, count) < np.float32(case.input_density)
    values = signed(case.seed, VALUE_STREAM, count, case.input_scale)
    return np.where(present, values, np.float32(0.0)).reshape(extents)


def make_labels(case: Case) -> npt.NDArray[np.int64]:
    count = sum(case.window_lengths)
    scaled = bits(case.seed, LABEL_STREAM, count) * np.uint64(case.shape.num_classes)
    labels = (scaled >> np.uint64(24)).astype(np.int64)
    unlabelled = uniform(case.seed, UNLABELLED_STREAM, count) < case.unlabelled_fraction
    return np.where(unlabelled, np.int64(-1), labels)


# ---------------------------------------------------------------- PyTorch


class Network(nn.Module):
    """The network in PyTorch. Its second LSTM bias stays zero, so each gate has a single bias."""

    def __init__(self, case: Case, parameters: Parameters, dtype: torch.dtype) -> None:
        super().__init__()
        shape = case.shape
        self.lengths = list(case.window_lengths)
        self.named: dict[str, nn.Parameter] = {}  # by the fixture's names, transposed
        width = shape.embedding_size or shape.input_size
        self.embedding: nn.Linear | None = None
        if shape.embedding_size > 0:
            self.embedding = nn.Linear(shape.input_size, width, bias=False)
            self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.lstm: nn.LSTM | None = None
        if shape.num_layers > 0:
            self.lstm = nn.LSTM(
                width, shape.hidden_size, shape.num_layers, batch_first=True, bidirectional=True
            )
            width = 2 * shape.hidden_size
        self.dense = nn.Linear(width, shape.num_classes)
        self.to(dtype)
        for name, values in parameters.items():
            parameter = self._find(name)
            parameter.data.copy_(torch.from_numpy(np.ascontiguousarray(values.T)))
            self.named[name] = parameter
        for name, parameter in self.named_parameters():
            if "bias_hh" in name:
                parameter.data.zero_()
                parameter.requires_grad_(False)

    def _find(self, name: str) -> nn.Parameter:
        room, *place = name.split(".")
        if room == "embedding":
            assert self.embedding is not None
            return self.embedding.weight
        if room == "dense":
            return self.dense.weight if place == ["weights"] else self.dense.bias
        layer, direction, tensor = place
        own = {"input_weights": "weight_ih", "recurrent_weights": "weight_hh", "bias": "bias_ih"}
        suffix = "_reverse" if direction == "backward" else ""
        parameter: nn.Parameter = getattr(self.lstm, f"{own[tensor]}_l{layer}{suffix}")
        return parameter

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Logits of all real lines, in the order of the rows."""
        hidden = rows
        if self.embedding is not None:
            hidden = rows = self.norm(self.embedding(rows))
        if self.lstm is not None:
            padded = nn.utils.rnn.pad_sequence(list(rows.split(self.lengths)), batch_first=True)
            packed = nn.utils.rnn.pack_padded_sequence(
                padded, torch.tensor(self.lengths), batch_first=True, enforce_sorted=False
            )
            output, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
            hidden = torch.cat([window[:n] for window, n in zip(output, self.lengths, strict=True)])
        logits: torch.Tensor = self.dense(hidden)
        return logits


def torch_loss(case: Case, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    known = labels >= 0
    logits, labels = logits[known], labels[known]
    if not case.focal_labels:
        weights = torch.tensor(case.weights, dtype=logits.dtype)
        total = nn.functional.cross_entropy(logits, labels, weight=weights, reduction="sum")
        return torch.div(total, len(labels))
    probabilities = torch.softmax(logits, dim=1)
    scores: list[torch.Tensor] = []
    for label in case.focal_labels:
        p, own = probabilities[:, label], labels == label
        twice = 2 * p[own].sum()
        scores.append(twice / (twice + p[~own].sum() + (1 - p[own]).sum() + FOCAL_EPSILON))
    loss: torch.Tensor = 1 - torch.stack(scores).mean()
    return loss


@dataclass
class Result:
    probabilities: Array
    gradients: Parameters
    gradient_norm: float
    training_losses: list[float]


def run_torch(case: Case, dtype: torch.dtype) -> Result:
    """Probabilities and gradients at the start, and the losses of the first training steps."""
    network = Network(case, make_parameters(case), dtype)
    rows = torch.from_numpy(make_rows(case)).to(dtype)
    labels = torch.from_numpy(make_labels(case))
    trained = list(network.named.values())
    adam = torch.optim.Adam(trained, lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=ADAM_EPSILON)
    result = Result(np.empty(0), {}, 0.0, [])
    for step in range(TRAINING_STEPS):
        adam.zero_grad()
        logits = network(rows)
        loss = torch_loss(case, logits, labels)
        loss.backward()
        gradients = [parameter.grad for parameter in trained]
        norm = math.sqrt(sum(float(g.double().square().sum()) for g in gradients if g is not None))
        result.training_losses.append(loss.item())
        if step == 0:
            result.probabilities = torch.softmax(logits, dim=1).detach().numpy()
            result.gradient_norm = norm
            for name, parameter in network.named.items():
                assert parameter.grad is not None
                result.gradients[name] = parameter.grad.numpy().T.copy()
        if case.clip_norm > 0:
            for g in gradients:
                assert g is not None
                g.mul_(case.clip_norm / max(norm, case.clip_norm))
        adam.step()
    return result


# ---------------------------------------------------------------- the generator's own check


def numpy_direction(inputs: Array, prefix: str, parameters: Parameters) -> Array:
    """One LSTM direction over one window, line by line."""
    recurrent = parameters[prefix + "recurrent_weights"]
    hidden, cell = np.zeros(len(recurrent)), np.zeros(len(recurrent))
    outputs = []
    projected = inputs @ parameters[prefix + "input_weights"] + parameters[prefix + "bias"]
    for line in projected:
        i, f, g, o = np.split(line + hidden @ recurrent, 4)
        cell = cell / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        hidden = np.tanh(cell) / (1 + np.exp(-o))
        outputs.append(hidden)
    return np.array(outputs)


def numpy_probabilities(case: Case, rows: Array, parameters: Parameters) -> Array:
    results = []
    for window in np.split(rows, np.cumsum(case.window_lengths)[:-1]):
        if case.shape.embedding_size > 0:
            window = window @ parameters["embedding.weights"]
            window = window - window.mean(axis=1, keepdims=True)
            window = window / np.sqrt((window**2).mean(axis=1, keepdims=True) + 1e-5)
        for layer in range(case.shape.num_layers):
            forward = numpy_direction(window, f"lstm.{layer}.forward.", parameters)
            backward = numpy_direction(window[::-1], f"lstm.{layer}.backward.", parameters)
            window = np.concatenate([forward, backward[::-1]], axis=1)
        exponentials = np.exp(window @ parameters["dense.weights"] + parameters["dense.bias"])
        results.append(exponentials / exponentials.sum(axis=1, keepdims=True))
    return np.concatenate(results)


def numpy_loss(case: Case, probabilities: Array, labels: Array) -> float:
    pairs = [(p, int(y)) for p, y in zip(probabilities, labels, strict=True) if y >= 0]
    if not case.focal_labels:
        return sum(-case.weights[y] * math.log(p[y]) for p, y in pairs) / len(pairs)
    total = 0.0
    for label in case.focal_labels:
        tp = sum(p[label] for p, y in pairs if y == label)
        fp = sum(p[label] for p, y in pairs if y != label)
        fn = sum(1 - p[label] for p, y in pairs if y == label)
        total += 2 * tp / (2 * tp + fp + fn + FOCAL_EPSILON)
    return 1 - total / len(case.focal_labels)


def numpy_model(case: Case) -> tuple[Callable[[], float], Parameters]:
    """The loss as a function of the parameters beside it, which the caller may change."""
    rows, labels = make_rows(case).astype(np.float64), make_labels(case)
    parameters = {name: p.astype(np.float64) for name, p in make_parameters(case).items()}

    def loss() -> float:
        return numpy_loss(case, numpy_probabilities(case, rows, parameters), labels)

    return loss, parameters


def numpy_training(case: Case) -> list[float]:
    """Adam by its formula, on gradients by finite differences: small networks only."""
    loss, parameters = numpy_model(case)
    moments = {name: (np.zeros(p.shape), np.zeros(p.shape)) for name, p in parameters.items()}
    losses = []
    for step in range(1, TRAINING_STEPS + 1):
        losses.append(loss())
        gradients = {
            name: np.array([difference(loss, p, n) for n in range(p.size)]).reshape(p.shape)
            for name, p in parameters.items()
        }
        norm = math.sqrt(sum(float((g**2).sum()) for g in gradients.values()))
        clip = case.clip_norm / max(norm, case.clip_norm) if case.clip_norm > 0 else 1.0
        for name, weights in parameters.items():
            gradient, (first, second) = clip * gradients[name], moments[name]
            first = BETA1 * first + (1 - BETA1) * gradient
            second = BETA2 * second + (1 - BETA2) * gradient**2
            moments[name] = (first, second)
            m_hat, v_hat = first / (1 - BETA1**step), second / (1 - BETA2**step)
            weights -= LEARNING_RATE * m_hat / (np.sqrt(v_hat) + ADAM_EPSILON)
    return losses


def difference(loss: Callable[[], float], values: Array, index: int, step: float = 1e-5) -> float:
    """Central difference of the loss by one element of a tensor the loss reads."""
    flat = values.reshape(-1)
    assert np.shares_memory(flat, values)
    kept = flat[index]
    flat[index] = kept + step
    above = loss()
    flat[index] = kept - step
    below = loss()
    flat[index] = kept
    return (above - below) / (2 * step)


def verify(case: Case, result: Result) -> None:
    """Compares PyTorch's results with plain loops and finite differences; raises if they differ."""
    loss, parameters = numpy_model(case)
    own = numpy_probabilities(case, make_rows(case).astype(np.float64), parameters)
    np.testing.assert_allclose(result.probabilities, own, rtol=0, atol=1e-12)
    np.testing.assert_allclose(result.training_losses[0], loss(), rtol=1e-12)
    for name, gradient in result.gradients.items():
        flat = gradient.reshape(-1)
        largest = int(np.abs(flat).argmax())
        assert flat[largest] != 0, f"{case.name}: {name} has no gradient"
        for index in (largest, flat.size // 3):
            error = abs(difference(loss, parameters[name], index) - flat[index])
            assert error <= 1e-6 * abs(flat[largest]), f"{case.name}: {name}[{index}] off {error}"
    if sum(p.size for p in parameters.values()) < 50:
        # Half the first norm: clipping is at work in every step of the second run.
        for clip_norm in (0.0, 0.5 * result.gradient_norm):
            variant = replace(case, clip_norm=clip_norm)
            losses = run_torch(variant, torch.float64).training_losses
            np.testing.assert_allclose(losses, numpy_training(variant), rtol=1e-9)


# ---------------------------------------------------------------- files


def digits(values: Any) -> Any:
    """Numbers, or lists of them, at 10 significant digits."""
    if isinstance(values, (list, np.ndarray)):
        return [digits(value) for value in values]
    return float(f"{float(values):.10g}") + 0.0


def sample_stride(count: int, columns: int) -> int:
    """Coprime with the row length, so that a sample visits every gate and unit."""
    if count <= FULL_TENSOR:
        return 1
    stride = -(-count // TENSOR_SAMPLE)
    while math.gcd(stride, columns) != 1:
        stride += 1
    return stride


def sampled_rows(case: Case) -> list[int]:
    """All rows when few, else the ends of each window and some between."""
    count = sum(case.window_lengths)
    if count <= PROBABILITY_SAMPLE:
        return list(range(count))
    ends = np.cumsum(case.window_lengths)
    edges = {int(n) for n in ends - 1} | {int(n) for n in ends - np.array(case.window_lengths)}
    return sorted(edges | set(range(0, count, -(-count // PROBABILITY_SAMPLE))))


def describe_gradient(name: str, gradient: Array, weights: Array) -> dict[str, Any]:
    flat = gradient.reshape(-1)
    stride = sample_stride(flat.size, gradient.shape[-1])
    return {
        "name": name,
        "shape": list(gradient.shape),
        "weight_sum": digits(weights.sum(dtype=np.float64)),
        "sum": digits(flat.sum()),
        "sum_of_squares": digits((flat**2).sum()),
        "max_abs": digits(np.abs(flat).max()),
        "stride": stride,
        "values": digits(flat[::stride]),
    }


def make_fixture(case: Case) -> dict[str, Any]:
    truth, single = run_torch(case, torch.float64), run_torch(case, torch.float32)
    verify(case, truth)
    rows, labels, parameters = make_rows(case), make_labels(case), make_parameters(case)
    sampled = sampled_rows(case)
    return {
        "description": case.description,
        "shape": asdict(case.shape),
        "window_lengths": list(case.window_lengths),
        "seed": case.seed,
        "weight_scale": case.weight_scale,
        "input_scale": case.input_scale,
        "input_density": case.input_density,
        "unlabelled_fraction": case.unlabelled_fraction,
        "loss_function": {
            "kind": "focal" if case.focal_labels else "cross_entropy",
            "class_weights": list(case.weights),
            "focal_labels": list(case.focal_labels),
            "epsilon": FOCAL_EPSILON,
        },
        "optimizer": {
            "learning_rate": LEARNING_RATE,
            "beta1": BETA1,
            "beta2": BETA2,
            "epsilon": ADAM_EPSILON,
            "clip_norm": case.clip_norm,
        },
        "inputs": {
            "present": int(np.count_nonzero(rows)),
            "sum": digits(rows.sum(dtype=np.float64)),
            "labels": [int((labels == c).sum()) for c in range(case.shape.num_classes)],
            "unlabelled": int((labels < 0).sum()),
        },
        "loss": digits(truth.training_losses[0]),
        "loss_float32": digits(single.training_losses[0]),
        "gradient_norm": digits(truth.gradient_norm),
        "training_losses": digits(truth.training_losses),
        "training_losses_float32": digits(single.training_losses),
        "probabilities": {"rows": sampled, "values": digits(truth.probabilities[sampled])},
        "gradients": [
            describe_gradient(name, gradient, parameters[name])
            for name, gradient in truth.gradients.items()
        ],
    }


def to_text(fixture: dict[str, Any]) -> str:
    """JSON with a line for each top-level key and each gradient."""
    lines = []
    for key, value in fixture.items():
        text = json.dumps(value)
        if key == "gradients":
            text = "[\n    " + ",\n    ".join(json.dumps(entry) for entry in value) + "\n  ]"
        lines.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def differences(stored: Any, made: Any, place: str = "") -> list[str]:
    """Where two fixtures differ by more than another processor's rounding explains."""
    if isinstance(stored, dict) and isinstance(made, dict) and stored.keys() == made.keys():
        return [d for key in stored for d in differences(stored[key], made[key], f"{place}.{key}")]
    if isinstance(stored, list) and isinstance(made, list) and len(stored) == len(made):
        pairs = enumerate(zip(stored, made, strict=True))
        return [d for n, (old, new) in pairs for d in differences(old, new, f"{place}[{n}]")]
    if isinstance(stored, float) and isinstance(made, (float, int)):
        tolerance = 1e-4 if "float32" in place else 1e-8
        same = math.isclose(stored, made, rel_tol=tolerance, abs_tol=1e-12)
    else:
        same = stored == made
    return [] if same else [f"{place}: stored {stored!r:.60}, made {made!r:.60}"]


def check(made: dict[str, dict[str, Any]]) -> list[str]:
    stored = {path.stem: json.loads(path.read_text()) for path in OUTPUT.glob("*.json")}
    problems = [f"{name}: only {'stored' if name in stored else 'made'}"
                for name in sorted(stored.keys() ^ made.keys())]  # fmt: skip
    for name in sorted(stored.keys() & made.keys()):
        problems += differences(stored[name], made[name], name)
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the network's PyTorch fixtures.")
    parser.add_argument("--check", action="store_true", help="compare with the stored files")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # the order of sums, so the last digits, depends on it
    made = {case.name: make_fixture(case) for case in CASES}
    if arguments.check:
        problems = check(made)
        print("\n".join(problems[:20]) or f"{len(made)} fixtures agree with {OUTPUT.name}/")
        return 1 if problems else 0
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, fixture in made.items():
        (OUTPUT / f"{name}.json").write_text(to_text(fixture))
    return 0


if __name__ == "__main__":
    sys.exit(main())
