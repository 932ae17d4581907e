# SPDX-License-Identifier: Apache-2.0
"""The guide on local[4], with a real Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guide_testing import run_guide

from skol_classifier import _core

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from redis_server import RedisServer

MASTER = "local[4]"


def test_every_python_block_of_the_guide_runs_as_written(
    spark: SparkSession, redis_server: RedisServer, model: _core.Model
) -> None:
    run_guide(spark, redis_server.client(), model)
