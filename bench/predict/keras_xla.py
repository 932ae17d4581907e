# SPDX-License-Identifier: Apache-2.0
"""The same Keras model as one function that XLA compiles for each batch size."""

from __future__ import annotations

from harness.engine import Array, Weights, run_prediction

from predict.keras import Engine as Keras
from predict.keras import tf


class Engine(Keras):
    name = "Keras, XLA"

    def __init__(self, weights: Weights, threads: int, precision: str) -> None:
        super().__init__(weights, threads, precision)
        self.compiled = tf.function(lambda x: self.model(x, training=False), jit_compile=True)

    def predict(self, prepared: Array) -> Array:
        return self.compiled(prepared).numpy()


if __name__ == "__main__":
    run_prediction(Engine)
