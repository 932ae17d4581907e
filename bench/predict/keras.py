# SPDX-License-Identifier: Apache-2.0
"""Keras on TensorFlow: `Model.predict` over all windows, as its manual has it for large inputs."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import tensorflow as tf
from harness.engine import Array, Weights, run_prediction


def network(weights: Weights, window: int | None = None) -> keras.Model:
    layers = [keras.layers.Input((window, weights.input_size))]
    for _ in range(weights.layers):
        lstm = keras.layers.LSTM(weights.units, return_sequences=True)
        layers.append(keras.layers.Bidirectional(lstm))
    layers.append(keras.layers.Dense(weights.classes, activation="softmax"))
    model = keras.Sequential(layers)
    for index in range(weights.layers):
        both = [*weights.lstm(index, "forward"), *weights.lstm(index, "backward")]
        model.layers[index].set_weights(both)
    model.layers[-1].set_weights(list(weights.dense()))
    return model


class Engine:
    name = "Keras"
    version = f"{keras.__version__}, TensorFlow {tf.__version__}"

    def __init__(self, weights: Weights, threads: int, precision: str) -> None:
        if precision != "fp32":
            raise SystemExit("Keras is measured in fp32")
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        self.model = network(weights)

    def prepare(self, windows: Array) -> Array:
        return windows

    def predict(self, prepared: Array) -> Array:
        return self.model.predict_on_batch(prepared)

    def predict_all(self, prepared: Array, batch_size: int) -> None:
        self.model.predict(prepared, batch_size=batch_size, verbose=0)


if __name__ == "__main__":
    run_prediction(Engine, Engine.predict_all)
