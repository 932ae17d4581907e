# SPDX-License-Identifier: Apache-2.0
"""Peak resident memory of each engine by batch size: one process an engine, sizes ascending.

Only the windows of one batch are made dense, so that a peer's figure is its own need and not that
of the benchmark's data.
"""

from __future__ import annotations

from harness.processes import EngineProgram, Json, run_engine


def measure_memory(
    programs: list[EngineProgram], common: list[str], batch_sizes: str
) -> list[Json]:
    sizes = ",".join(map(str, sorted(map(int, batch_sizes.split(",")))))
    arguments = [*common, "--batch-sizes", sizes, "--memory"]
    return [{"key": p.key, **run_engine(p, 2, arguments)} for p in programs]
