# SPDX-License-Identifier: Apache-2.0
"""One worker that does everything, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spark_testing import check_digest, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label, Setting

MASTER = "local[1]"


@settings([(1, 64, "10000"), (7, 1, "100"), (50, 4096, "1")])
def test_one_digest_in_one_worker(
    spark: SparkSession,
    label: Label,
    documents: Documents,
    expected: str,
    setting: Setting,
) -> None:
    check_digest(spark, label, documents, expected, setting)
