# SPDX-License-Identifier: Apache-2.0
"""The bar of a Spark job, which its tasks move as they end."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

from spark_testing import LINES, lines_of, long_documents

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_testing import Label


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(spark: SparkSession, label: Label, verbosity: int, actions: int) -> list[str]:
    df = spark.createDataFrame(lines_of(long_documents(20, 150)), LINES).repartition(3)
    labelled, _ = label(df, verbosity=verbosity)
    with redirect_stderr(Terminal()) as terminal:
        for _ in range(actions):
            labelled.write.format("noop").mode("overwrite").save()
    return terminal.getvalue().split("\r")[1:]


def test_each_action_has_a_bar_by_partitions_that_goes_away(
    spark: SparkSession, label: Label
) -> None:
    lines = shown(spark, label, 1, 2)
    parts = [re.search(r"(\d) of 3 partitions", line) for line in lines]
    ends = [i for i, line in enumerate(lines) if not line.strip()]
    last = [line for line, part in zip(lines, parts, strict=True) if part and part[1] == "3"]
    assert len(last) == 2
    for line in last:
        assert re.search(r"100%  predict: 100 windows, [\d,]+ windows/s, 0:00 left, 3 of", line)
    assert len(lines) - 1 in ends


def test_verbosity_0_shows_none(spark: SparkSession, label: Label) -> None:
    assert shown(spark, label, 0, 1) == []
