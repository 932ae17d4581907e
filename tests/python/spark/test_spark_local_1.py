# SPDX-License-Identifier: Apache-2.0
"""One worker that does everything, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from spark_testing import ALL_SETTINGS, check_digest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label

MASTER = "local[1]"


@pytest.mark.parametrize(
    ("partitions", "batch_size", "rows"), [(1, 64, "10000"), (7, 1, "100"), (50, 4096, "1")]
)
def test_one_digest_in_one_worker(
    spark: SparkSession,
    label: Label,
    documents: Documents,
    expected: str,
    partitions: int,
    batch_size: int,
    rows: str,
) -> None:
    check_digest(spark, label, documents, expected, partitions, batch_size, rows)


@pytest.mark.slow
@pytest.mark.parametrize(("partitions", "batch_size", "rows"), ALL_SETTINGS)
def test_one_digest_in_one_worker_over_all_settings(
    spark: SparkSession,
    label: Label,
    documents: Documents,
    expected: str,
    partitions: int,
    batch_size: int,
    rows: str,
) -> None:
    check_digest(spark, label, documents, expected, partitions, batch_size, rows)
