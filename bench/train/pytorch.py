# SPDX-License-Identifier: Apache-2.0
"""Training by PyTorch: fused Adam, no dropout; bf16 is autocast over weights in float32."""

from __future__ import annotations

import torch
from harness.engine import Array, Weights, run_training
from predict.pytorch import Engine as Predicting
from predict.pytorch import Network


class Trainer:
    name = Predicting.name
    version = Predicting.version

    def __init__(self, weights: Weights, threads: int, precision: str) -> None:
        torch.set_num_threads(threads)
        self.bf16 = precision == "bf16"
        self.network = Network(weights).train()
        parameters = self.network.parameters()
        self.adam = torch.optim.Adam(parameters, lr=1e-3, eps=1e-7, fused=True)
        self.loss = torch.nn.CrossEntropyLoss()

    def step(self, windows: Array, labels: Array) -> float:
        return float(self._step(torch.from_numpy(windows), torch.from_numpy(labels).long()))

    def _step(self, windows: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        self.adam.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
            logits = self.network(windows)
        loss = self.loss(logits.float().flatten(0, 1), labels.flatten())
        loss.backward()
        self.adam.step()
        return loss.detach()

    def epoch(self, windows: Array, labels: Array, batch_size: int) -> None:
        inputs, targets = torch.from_numpy(windows), torch.from_numpy(labels).long()
        for first in range(0, len(windows), batch_size):
            batch = slice(first, first + batch_size)
            self._step(inputs[batch], targets[batch])


if __name__ == "__main__":
    run_training(Trainer)
