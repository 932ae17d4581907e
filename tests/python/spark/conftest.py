# SPDX-License-Identifier: Apache-2.0
"""One Spark session at a time, a small model trained on the sample, and what it should answer."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pyspark = pytest.importorskip("pyspark")

from spark_testing import digest_of_core  # noqa: E402

import skol_classifier._core as core  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROOT = Path(__file__).parents[3]
PACKAGE = Path(core.__file__).parents[1]

# Before the JVM starts, which hands these on to its workers. The package's folder comes last: it
# may hold another Spark than the one that is tested.
os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parent), str(PACKAGE)])
)
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"

warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes minutes; left out by -m 'not slow'")


def session(master: str, settings: Mapping[str, str]) -> SparkSession:
    """The session on `master` with `settings`; another one is stopped first."""
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        context = active.sparkContext
        mine = {key: context.getConf().get(key) for key in _SETTINGS_OF_MODULES}
        if context.master == master and mine == {**_SETTINGS_OF_MODULES, **settings}:
            return active
        active.stop()
    builder = SparkSession.builder.master(master)
    for key, value in {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
        "spark.log.level": "OFF",  # failing tasks are part of the tests
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **settings,
    }.items():
        builder = builder.config(key, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    return made


@pytest.fixture
def spark(request: pytest.FixtureRequest) -> Iterator[SparkSession]:
    """On the master that the test module names, local[2] where it names none, with its CONF."""
    made = session(
        getattr(request.module, "MASTER", "local[2]"), getattr(request.module, "CONF", {})
    )
    before = {key: made.conf.get(key) for key in _SETTINGS}
    yield made
    for key, value in before.items():
        made.conf.set(key, value)


# What modules set in CONF, and that it is not set elsewhere.
_SETTINGS_OF_MODULES: dict[str, str | None] = {
    "spark.executor.pyspark.memory": None,
    "spark.executorEnv.SKOL_DEVICE_LIBRARY": None,
    "spark.executorEnv.SKOL_FAKE_DEVICE": None,
    "spark.executorEnv.SKOL_SERVE": None,
}
_SETTINGS = ("spark.sql.adaptive.enabled", "spark.sql.execution.arrow.maxRecordsPerBatch")


@pytest.fixture(scope="session")
def documents() -> list[core.Document]:
    paths = sorted((ROOT / "sample" / "train").glob("*.ann"))
    return [core.parse_text(path.name, path.read_bytes(), True)[0] for path in paths]


@pytest.fixture(scope="session")
def model(documents: list[core.Document]) -> core.Model:
    options = {"hidden_size": 16, "num_layers": 1, "epochs": 2}
    return core.train(documents, options, threads=1)[0]


@pytest.fixture(scope="session")
def label(model: core.Model) -> Callable[..., Any]:
    """label_lines() with the model and usual settings, of which a test changes what it is about."""
    from skol_classifier.spark import label_lines

    def labelled(df: DataFrame, **settings: int) -> Any:
        usual = {"prediction_batch_size": 64, "prediction_stride": 25, "num_workers": 4}
        return label_lines(df, model, **{**usual, **settings})

    return labelled


@pytest.fixture(scope="session")
def expected(model: core.Model, documents: list[core.Document]) -> str:
    return digest_of_core(model, documents)
