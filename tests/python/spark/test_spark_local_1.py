# SPDX-License-Identifier: Apache-2.0
"""One worker that does everything, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from spark_testing import LINES, digest_of_frame, lines_of

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
    rows: Any,
) -> None:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
    df = spark.createDataFrame(lines_of(documents), LINES).repartition(partitions)
    labelled, _ = label(df, prediction_batch_size=batch_size)
    assert digest_of_frame(labelled) == expected
