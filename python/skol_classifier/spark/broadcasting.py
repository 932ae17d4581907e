# SPDX-License-Identifier: Apache-2.0
"""The bytes of a model on their way to the workers: sent once a session and model."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from .session import is_connect

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext
    from pyspark.sql import SparkSession

    from skol_classifier import _core

    Weights: TypeAlias = Broadcast[bytes] | bytes

# A session that goes through many models keeps the last few; a DataFrame holds on to its own.
_MODELS_PER_SESSION = 4

_sent: WeakKeyDictionary[SparkContext, OrderedDict[str, Broadcast[bytes]]] = WeakKeyDictionary()
_lock = Lock()


def model_key(model: _core.Model) -> str:
    """Weights, vocabularies and the names of the labels; settings do not matter to a worker."""
    labels = "\0".join(model.labels).encode()
    return f"{model.digest}-{hashlib.sha256(labels).hexdigest()[:16]}"


def weights_for(spark: SparkSession, model: _core.Model) -> Weights:
    """A broadcast of the model, or with Spark Connect, which has none, its bytes."""
    if is_connect(spark):
        return model.to_bytes()
    key = model_key(model)
    with _lock:
        sent = _sent.setdefault(spark.sparkContext, OrderedDict())
        if key not in sent:
            sent[key] = spark.sparkContext.broadcast(model.to_bytes())
        sent.move_to_end(key)
        while len(sent) > _MODELS_PER_SESSION:
            sent.popitem(last=False)
        return sent[key]
