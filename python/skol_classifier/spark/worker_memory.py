# SPDX-License-Identifier: Apache-2.0
"""Who shares a host's memory with a Python worker, and what Spark's settings leave them of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skol_classifier.batch_choice import budget_text

from .session import is_connect

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

_LOCAL = re.compile(r"local(?:\[\s*(\d+|\*)\s*(?:,\s*\d+\s*)?\])?$")
_LOCAL_CLUSTER = re.compile(r"local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*\d+\s*\]$")


@dataclass(frozen=True)
class WorkerMemory:
    """As a prediction in a worker is asked for. spark.executor.pyspark.memory stands in neither:
    Spark divides it and sets it as RLIMIT_AS of each worker, where the core finds it, as it finds
    the limits of containers."""

    memory_budget: str  # of all workers that share it; "": what the system allows
    workers: int  # how many these are at most; 0: as many as the worker's cores give


def worker_memory(spark: SparkSession, memory_budget: int | str | None) -> WorkerMemory:
    given = budget_text(memory_budget)
    if is_connect(spark):
        return WorkerMemory(given, 0)
    context = spark.sparkContext
    conf = context.getConf()
    task_cpus = max(1, int(conf.get("spark.task.cpus", "1")))
    cores = _cores_of_an_executor(context)
    of_an_executor = max(1, cores // task_cpus) if cores else 0
    overhead = conf.get("spark.executor.memoryOverhead")
    set_aside = overhead and not conf.get("spark.executor.pyspark.memory")
    if not given and set_aside and _is_of_executors(context):
        # In an executor's container, for all that is not the JVM's heap.
        return WorkerMemory(_bytes_text(overhead), of_an_executor)
    executors = _executors_of_a_host(context)
    return WorkerMemory(given, of_an_executor * executors)


def _is_of_executors(context: SparkContext) -> bool:
    """Whether executors are processes with memory settings of their own."""
    return _LOCAL.match(str(context.master)) is None


def _cores_of_an_executor(context: SparkContext) -> int:
    """0: not known here, as in a standalone cluster, which gives each all cores of its host."""
    master = str(context.master)
    if local := _LOCAL.match(master):
        cores = local[1] or "1"
        return _processors(context) if cores == "*" else int(cores)
    if cluster := _LOCAL_CLUSTER.match(master):
        return int(cluster[2])
    given = context.getConf().get("spark.executor.cores")
    if given:
        return int(given)
    return 0 if master.startswith("spark:") else 1  # Spark's default on YARN and Kubernetes


def _processors(context: SparkContext) -> int:
    assert context._jvm is not None
    return int(context._jvm.java.lang.Runtime.getRuntime().availableProcessors())


def _executors_of_a_host(context: SparkContext) -> int:
    master = str(context.master)
    if cluster := _LOCAL_CLUSTER.match(master):
        return int(cluster[1])
    if not _is_of_executors(context):
        return 1
    from py4j.protocol import Py4JError

    try:
        addresses = context._jsc.sc().getExecutorMemoryStatus().keys().mkString("\n").split("\n")
    except Py4JError:
        return 1  # Spark's insides: where they differ, executors are taken to be alone
    hosts = Counter(address.rpartition(":")[0] for address in addresses)
    return max(1, *hosts.values())


def _bytes_text(size: str) -> str:
    """A size as Spark writes it, MiB where it has no unit, in bytes."""
    match = re.fullmatch(r"\s*(\d+)\s*([kmgtp]?)b?\s*", size.lower())
    if match is None:
        return ""
    power = "kmgtp".index(match[2] or "m") + 1
    return str(int(match[1]) << (10 * power))
