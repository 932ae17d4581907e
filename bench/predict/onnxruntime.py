# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime on the CPU, with a graph of two LSTM nodes made here from the same weights."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from harness.engine import Array, Weights, run_prediction
from onnx import TensorProto, helper, numpy_helper


def reordered(gates: Array) -> Array:
    """From [...][4 units] in the order i, f, g, o to ONNX's i, o, f, c."""
    i, f, g, o = np.split(gates, 4, axis=-1)
    return np.concatenate([i, o, f, g], axis=-1)


def graph(weights: Weights) -> onnx.ModelProto:
    nodes, constants = [], []

    def constant(name: str, values: Array) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    values = node("Transpose", ["windows"], "steps", perm=[1, 0, 2])
    for layer in range(weights.layers):
        both = [weights.lstm(layer, direction) for direction in ("forward", "backward")]
        w = constant(f"w{layer}", np.stack([reordered(part[0]).T for part in both]))
        r = constant(f"r{layer}", np.stack([reordered(part[1]).T for part in both]))
        biases = [np.concatenate([reordered(part[2]), np.zeros_like(part[2])]) for part in both]
        b = constant(f"b{layer}", np.stack(biases))
        y = node(
            "LSTM",
            [values, w, r, b],
            f"y{layer}",
            hidden_size=weights.units,
            direction="bidirectional",
        )
        # [steps][2][windows][units] to [steps][windows][2 units]
        y = node("Transpose", [y], f"t{layer}", perm=[0, 2, 1, 3])
        shape = constant(f"shape{layer}", np.array([0, 0, 2 * weights.units], np.int64))
        values = node("Reshape", [y, shape], f"h{layer}")
    kernel, bias = weights.dense()
    logits = node("MatMul", [values, constant("kernel", kernel)], "product")
    logits = node("Add", [logits, constant("bias", bias)], "logits")
    by_step = node("Softmax", [logits], "by_step", axis=-1)
    node("Transpose", [by_step], "probabilities", perm=[1, 0, 2])

    def tensor(name: str, last: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["windows_", "lines", last])

    made = helper.make_graph(
        nodes,
        "windows",
        [tensor("windows", weights.input_size)],
        [tensor("probabilities", weights.classes)],
        constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Engine:
    name = "ONNX Runtime"
    version = onnxruntime.__version__

    def __init__(self, weights: Weights, threads: int, precision: str) -> None:
        if precision != "fp32":
            raise SystemExit("ONNX Runtime's LSTM on a CPU is fp32")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            graph(weights).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def prepare(self, windows: Array) -> Array:
        return windows

    def predict(self, prepared: Array) -> Array:
        return self.session.run(None, {"windows": prepared})[0]


if __name__ == "__main__":
    run_prediction(Engine)
