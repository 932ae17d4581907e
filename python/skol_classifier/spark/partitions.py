# SPDX-License-Identifier: Apache-2.0
"""How many partitions a DataFrame has, as far as that can be said without running a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .session import is_connect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Leaves whose partitions are known from their data or files alone. A cached table is not among
# them: its partitions may hang on a plan that Spark still adapts while it runs.
_PLAIN_LEAVES = {
    "BatchScanExec",
    "ExternalRDDScanExec",
    "FileSourceScanExec",
    "LocalTableScanExec",
    "RDDScanExec",
    "RangeExec",
}
# What leaves the partitions below it as they are, in a logical plan.
_ROW_BY_ROW = {"Filter", "Project", "SubqueryAlias"}


def partition_count(df: DataFrame) -> int | None:
    """None: Spark will decide when the job runs, or does not let us look."""
    if is_connect(df.sparkSession):
        return None
    from py4j.protocol import Py4JError

    try:
        query = df._jdf.queryExecution()
        plan = query.executedPlan()
        if _kind(plan) == "AdaptiveSparkPlanExec":
            return _asked_for(query.analyzed())
        return _planned(plan)
    except (AttributeError, Py4JError):
        # These are Spark's insides: where they differ, only the number of partitions is lost.
        return None


def _kind(node: Any) -> str:
    return str(node.getClass().getSimpleName())


def _children(node: Any) -> list[Any]:
    children = node.children()
    return [children.apply(i) for i in range(children.size())]


def _asked_for(plan: Any) -> int | None:
    while _kind(plan) in _ROW_BY_ROW:
        plan = plan.child()
    kind = _kind(plan)
    if kind == "Repartition" or (
        kind == "RepartitionByExpression" and plan.optNumPartitions().isDefined()
    ):
        return int(plan.numPartitions())
    return None


def _planned(plan: Any) -> int | None:
    count = int(plan.outputPartitioning().numPartitions())
    if count > 0:
        return count
    children = _children(plan)
    if not children:
        plain = _kind(plan) in _PLAIN_LEAVES and plan.subqueries().isEmpty()
        return int(plan.execute().getNumPartitions()) if plain else None
    if len(children) > 1 and _kind(plan) != "UnionExec":
        return None
    counts = [_planned(child) for child in children]
    return None if None in counts else sum(count for count in counts if count is not None)
