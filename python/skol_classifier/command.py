# SPDX-License-Identifier: Apache-2.0
"""The command `skol` as the package brings it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def command_path() -> Path:
    """The program itself, beside the shared libraries it needs."""
    return Path(__file__).parent / "bin" / "skol"


def main() -> None:
    """Becomes the program: its exit status, signals and streams are the caller's."""
    path = command_path()
    os.execv(path, [str(path), *sys.argv[1:]])
