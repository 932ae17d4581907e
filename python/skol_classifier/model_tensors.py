# SPDX-License-Identifier: Apache-2.0
"""The arrays of a model's bytes, which are in the safetensors layout (docs/model_format.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_TYPES = {"U8": "<u1", "F32": "<f4", "F64": "<f8"}


def tensors(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Read-only views of `data`, which the core wrote or has checked."""
    import numpy as np

    length = int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8 : 8 + length])
    header.pop("__metadata__")
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        flat = np.frombuffer(memoryview(data)[begin:end], dtype=_TYPES[entry["dtype"]])
        arrays[name] = flat.reshape(entry["shape"])
    return arrays
