# SPDX-License-Identifier: Apache-2.0
"""The way into a worker that may not have this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

    Batches: TypeAlias = Iterator[pa.RecordBatch]


def in_worker(module: str, function: str, *arguments: Any) -> Callable[[Batches], Batches]:
    """For mapInArrow: calls `function(batches, *arguments)` of a module of this package.

    What it returns is nested, so that it is pickled by value: a worker without the package runs it
    as far as the error that says so. Hence nothing of the package may be among the arguments.
    """

    def run(batches: Batches) -> Batches:
        from importlib import import_module

        try:
            run_there = getattr(import_module(f"skol_classifier.spark.{module}"), function)
        except ImportError as error:
            import socket
            import sys

            raise ModuleNotFoundError(
                f"host {socket.gethostname()}, {sys.executable}: cannot import skol_classifier "
                f"({error}); install it there with pip install 'skol_classifier[spark]', or ship "
                f"an environment that has it (conda-pack or venv-pack with spark.archives; a "
                f"compiled package cannot go as a .zip with --py-files)"
            ) from None
        result: Batches = run_there(batches, *arguments)
        return result

    return run
