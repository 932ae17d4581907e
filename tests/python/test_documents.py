# SPDX-License-Identifier: Apache-2.0
"""Every Python block of the documents runs, in order, on a real Spark and a real Redis."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from redis_server import RedisServer
from skol_command import skol_command
from snippets import run, snippets

import skol_classifier
from skol_classifier._core import Document, read_document
from skol_classifier.parameters import CLASSIFIER

pyspark = pytest.importorskip("pyspark")
pytest.importorskip("redis")

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(skol_classifier.__file__).parents[1]

MASTER = "local[2]"
LINES = "doc_id string, line_number int, value string"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """As a user has it, but on the loopback and without the web page."""
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        active.stop()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_HOME", str(Path(pyspark.__file__).parent))
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        path = filter(None, [os.environ.get("PYTHONPATH", ""), str(PACKAGE)])
        environment.setenv("PYTHONPATH", os.pathsep.join(path))
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = (
            SparkSession.builder.master(MASTER)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.memory", "1g")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture(scope="module")
def documents(gold_files: list[Path]) -> list[Document]:
    return [read_document(str(path), True)[0] for path in gold_files]


@pytest.fixture
def redis_client(redis_server: RedisServer, model_bytes: bytes) -> Iterator[Any]:
    with redis_server.client() as client:
        client.set("my_model", model_bytes)
        client.set("model_name", model_bytes)
        yield client
        client.flushall()


@pytest.fixture
def annotated_folder(train_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "annotated"
    folder.mkdir()
    for path in sorted(train_folder.glob("*.ann"))[:4]:
        shutil.copy(path, folder)
    return folder


def frame(spark: SparkSession, documents: list[Document]) -> DataFrame:
    rows = [(doc.id, number, line) for doc in documents for number, line in enumerate(doc.lines)]
    return spark.createDataFrame(rows, LINES)


@pytest.mark.parametrize("page", ["docs/tuning.md", "docs/migrating.md"])
def test_a_page_does_what_it_says(
    page: str,
    spark: SparkSession,
    redis_client: Any,
    documents: list[Document],
    texts: list[str],
    model_path: Path,
    annotated_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocks = snippets(ROOT / page, "python")
    assert blocks
    monkeypatch.chdir(tmp_path)
    run(
        blocks,
        {
            "__name__": "__main__",
            "spark": spark,
            "redis_client": redis_client,
            "data": frame(spark, documents),
            "test_data": frame(spark, documents[:2]),
            "texts": texts,
            "model_path": model_path,
            "annotated_folder": annotated_folder,
        },
    )


def test_the_readme_runs_from_the_root_of_a_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = snippets(ROOT / "README.md", "python")
    assert blocks
    monkeypatch.chdir(ROOT)
    run(blocks, {"__name__": "__main__"})


def test_every_parameter_is_in_the_page_on_migrating() -> None:
    page = (ROOT / "docs/migrating.md").read_text(encoding="utf-8")
    assert [name for name in CLASSIFIER if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    "page", ["docs/tuning.md", "docs/operations.md", "docs/view.md", "docs/gpu.md", "README.md"]
)
def test_calls_of_the_command_have_verbs_and_options_that_exist(page: str) -> None:
    command = skol_command()
    calls = list(calls_of_skol(ROOT / page))
    assert calls
    for verbs, options, place in calls:
        told = subprocess.run(
            [command, *verbs, "--help"], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, f"{place}: {verbs}"
        for option in options:
            assert re.search(rf"(?<!\S){option}\b", told.stdout), f"{place}: {verbs} {option}"


def calls_of_skol(page: Path) -> Iterator[tuple[list[str], list[str], str]]:
    """Verbs, options and place of each call in the page's shell blocks; not what it is piped to."""
    for block in snippets(page, "sh"):
        for line in block.code.splitlines():
            words = shlex.split(re.split("[|<>]", line)[0], comments=True)
            if words and Path(words[0]).name == "skol":
                verbs = words[1:3] if words[1] == "models" else words[1:2]
                options = [word for word in words if word.startswith("-") and word != "-"]
                yield verbs, options, block.place
