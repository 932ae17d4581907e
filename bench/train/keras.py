# SPDX-License-Identifier: Apache-2.0
"""Training by Keras on TensorFlow: `Model.fit`, Adam, no dropout."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
from harness.engine import Array, Weights, run_training
from predict.keras import Engine as Predicting


class Trainer:
    name = Predicting.name
    version = Predicting.version

    def __init__(self, weights: Weights, threads: int, precision: str) -> None:
        self.model = Predicting(weights, threads, precision).model
        adam = keras.optimizers.Adam(learning_rate=1e-3)
        self.model.compile(optimizer=adam, loss="sparse_categorical_crossentropy")

    def step(self, windows: Array, labels: Array) -> float:
        return float(self.model.train_on_batch(windows, labels))

    def epoch(self, windows: Array, labels: Array, batch_size: int) -> None:
        self.model.fit(windows, labels, batch_size=batch_size, epochs=1, shuffle=False, verbose=0)


if __name__ == "__main__":
    run_training(Trainer)
