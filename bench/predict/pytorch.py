# SPDX-License-Identifier: Apache-2.0
"""PyTorch in inference_mode, float32 or bfloat16 (weights and activations)."""

from __future__ import annotations

import torch
from harness.engine import Array, Weights, run_prediction


class Network(torch.nn.Module):
    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(
            weights.input_size,
            weights.units,
            weights.layers,
            bidirectional=True,
            batch_first=True,
        )
        self.dense = torch.nn.Linear(2 * weights.units, weights.classes)
        with torch.no_grad():
            for layer in range(weights.layers):
                for direction, suffix in (("forward", ""), ("backward", "_reverse")):
                    inputs, recurrent, bias = map(torch.tensor, weights.lstm(layer, direction))
                    end = f"_l{layer}{suffix}"
                    getattr(self.lstm, "weight_ih" + end).copy_(inputs.T)
                    getattr(self.lstm, "weight_hh" + end).copy_(recurrent.T)
                    getattr(self.lstm, "bias_ih" + end).copy_(bias)
                    getattr(self.lstm, "bias_hh" + end).zero_()
            kernel, bias = map(torch.tensor, weights.dense())
            self.dense.weight.copy_(kernel.T)
            self.dense.bias.copy_(bias)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        return self.dense(self.lstm(windows)[0])


class Engine:
    name = "PyTorch"
    version = torch.__version__.partition("+")[0]

    def __init__(self, weights: Weights, threads: int, precision: str) -> None:
        torch.set_num_threads(threads)
        self.type = {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]
        self.network = Network(weights).eval().to(self.type)

    def prepare(self, windows: Array) -> torch.Tensor:
        return torch.from_numpy(windows).to(self.type)

    def predict(self, prepared: torch.Tensor) -> Array:
        with torch.inference_mode():
            return torch.softmax(self.network(prepared).float(), dim=-1).numpy()


if __name__ == "__main__":
    run_prediction(Engine)
