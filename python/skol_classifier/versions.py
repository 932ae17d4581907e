# SPDX-License-Identifier: Apache-2.0
"""What a bug report needs."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from . import _core

_PACKAGES = ("numpy", "pandas", "pyarrow", "pyspark", "redis", "scikit-learn")


def show_versions() -> None:
    """Prints the versions of this package, of Python and of what it works with."""
    rows = {
        "skol_classifier": _core.__version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "usable cores": str(_core.usable_cores()),
    }
    for package in _PACKAGES:
        try:
            rows[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            rows[package] = "not installed"
    for name, value in rows.items():
        print(f"{name:>16}: {value}")
