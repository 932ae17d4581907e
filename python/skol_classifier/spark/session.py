# SPDX-License-Identifier: Apache-2.0
"""What kind of Spark session this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def is_connect(spark: SparkSession) -> bool:
    """Spark Connect: a client without a SparkContext, hence without broadcasts or accumulators."""
    return type(spark).__module__.startswith("pyspark.sql.connect")
