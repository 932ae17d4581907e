# SPDX-License-Identifier: Apache-2.0
"""`skol doctor` says of Spark and Java what this package says."""

from __future__ import annotations

import json
import subprocess

import pyspark
from skol_command import skol_command

from skol_classifier import _core
from skol_classifier.spark.environment import _java_versions


def test_versions_and_the_java_that_fits() -> None:
    # A cold Python on a machine that does other things may take a while.
    doctor = [skol_command(), "doctor", "--json", "--timeout", "60"]
    told = json.loads(subprocess.run(doctor, capture_output=True, check=True).stdout)
    assert told["python"]["packages"]["skol_classifier"] == _core.__version__
    assert told["spark"]["version"] == pyspark.__version__
    assert told["spark"]["status"] == "ok", told["spark"]
    least, most, _ = _java_versions(pyspark.__version__)
    java = told["java"]
    assert (java["least"], java["most"] or 1 << 30) == (least, most)
    assert java["status"] == "ok", java
