# SPDX-License-Identifier: Apache-2.0
"""The command that the tests of the package run."""

from __future__ import annotations

from pathlib import Path

import pytest

import skol_classifier

_INSTALLED = Path(skol_classifier.__file__).parent / "bin" / "skol"
_BUILT = Path(__file__).resolve().parents[2] / "build" / "skol"


def skol_command() -> str:
    """The one that came with the package, or the one of this build."""
    for path in (_INSTALLED, _BUILT):
        if path.exists():
            return str(path)
    pytest.skip("the command is not built")
