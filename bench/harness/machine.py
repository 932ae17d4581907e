# SPDX-License-Identifier: Apache-2.0
"""What all this was measured on."""

from __future__ import annotations

import datetime
import os
import platform
import re
from pathlib import Path
from typing import Any


def about_machine() -> dict[str, Any]:
    cpu = Path("/proc/cpuinfo").read_text()

    def field(name: str) -> str:
        found = re.search(rf"^{name}\s*: (.*)$", cpu, re.MULTILINE)
        return found[1] if found else ""

    memory = re.search(r"MemTotal: *(\d+) kB", Path("/proc/meminfo").read_text())
    return {
        "date": datetime.date.today().isoformat(),
        "processor": field("model name"),
        "family": field("cpu family"),
        "model": field("model"),
        "avx512": "avx512f" in cpu,
        "bf16": "avx512_bf16" in cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": 1024 * int(memory[1]) if memory else 0,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
