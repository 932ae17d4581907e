# SPDX-License-Identifier: Apache-2.0
"""A SkolModel on disk: Spark's metadata directory and, beside it, one file model.skol."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pyspark.ml.util import DefaultParamsReader, DefaultParamsWriter, MLReader, MLWriter

from skol_classifier import _core
from skol_classifier.errors import ModelError, StorageError

if TYPE_CHECKING:
    from .pipeline import SkolModel

_FILE = "model.skol"


class SkolModelWriter(MLWriter):
    """The weights come last, so that a directory that has them is whole."""

    def __init__(self, instance: SkolModel) -> None:
        super().__init__()
        self._instance = instance

    def saveImpl(self, path: str) -> None:
        directory = _local_directory(path, _default_file_system(self))
        model = self._instance.model
        DefaultParamsWriter.saveMetadata(self._instance, path, self.sc)
        model.save(os.path.join(directory, _FILE))


class SkolModelReader(MLReader["SkolModel"]):
    def __init__(self, cls: type[SkolModel]) -> None:
        super().__init__()
        self._class = cls

    def load(self, path: str) -> SkolModel:
        directory = _local_directory(path, _default_file_system(self))
        file = os.path.join(directory, _FILE)
        if os.path.isdir(directory) and not os.path.exists(file):
            raise ModelError(
                f"{path!r} has no {_FILE}: it was saved by another stage, or not to its end; "
                f"save the model again"
            )
        model = _core.Model.load(file)
        metadata = DefaultParamsReader.loadMetadata(path, self.sc)
        instance = self._class(model)
        instance._resetUid(metadata["uid"])
        DefaultParamsReader.getAndSetParams(instance, metadata)
        return instance


def _default_file_system(user: MLWriter | MLReader[SkolModel]) -> str:
    return str(user.sc._jsc.hadoopConfiguration().get("fs.defaultFS") or "file:///")


def _local_directory(path: str, default: str) -> str:
    """Weights are written by this process, not by Hadoop: the path has to be on its disk."""
    parts = urlsplit(path)
    scheme = parts.scheme or urlsplit(default).scheme
    if scheme != "file":
        raise StorageError(
            f"{path!r} is on {scheme}, but a SkolModel is saved and loaded on a local or mounted "
            f"disk alone; give file:///..., or keep the model in a store of skol"
        )
    return parts.path if parts.scheme else path
