# SPDX-License-Identifier: Apache-2.0
"""Spark Connect: a client without a SparkContext. In a process of its own, as it and the classic
session exclude each other in one."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark
import pytest
from spark_testing import digest_of_core, lines_of

if TYPE_CHECKING:
    from spark_testing import Documents, Model

_PROGRAM = """
import json, sys
from pyspark.sql import SparkSession
from skol_classifier import RNNClassifier, SequencePreprocessor
from spark_testing import LINES, digest_of_frame

spark = SparkSession.builder.remote("local[2]").getOrCreate()
assert type(spark).__module__.startswith("pyspark.sql.connect"), type(spark)
classifier = RNNClassifier.load_from_disk(sys.argv[1], verbosity=0)
data = spark.createDataFrame([tuple(row) for row in json.load(sys.stdin)], LINES)
print(digest_of_frame(classifier.predict(data.repartition(3))))
print(classifier.stats_)
sequences = SequencePreprocessor().transform(data).repartition(4)
print(digest_of_frame(classifier.predict(sequences)))
"""


def _server_is_here() -> bool:
    jars = Path(pyspark.__file__).parent / "jars"
    return bool(list(jars.glob("spark-connect_*.jar")))


@pytest.mark.skipif(find_spec("grpc_status") is None, reason="pyspark[connect] is not installed")
@pytest.mark.skipif(not _server_is_here(), reason="this pyspark brings no Connect server")
def test_labels_have_the_same_bits_and_there_are_no_statistics(
    model: Model, documents: Documents, expected: str, tmp_path: Path
) -> None:
    import json

    assert digest_of_core(model, documents) == expected
    model.save(str(tmp_path / "model.skol"))
    # What the classic session of these tests left behind would have the client attach to it.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYSPARK_GATEWAY")}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "model.skol")],
        input=json.dumps(lines_of(documents)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n") == [expected, "{}", expected, ""]
