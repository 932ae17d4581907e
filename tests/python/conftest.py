# SPDX-License-Identifier: Apache-2.0
"""What the tests share: the sample, a small model trained on it, and a Redis server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from redis_server import RedisServer, running_redis

from skol_classifier import RNNClassifier

SAMPLE = Path(__file__).resolve().parents[2] / "sample"


@pytest.fixture(scope="session")
def small() -> dict[str, int]:
    """What small models are trained with."""
    return {"hidden_size": 16, "num_layers": 1, "window_size": 20, "epochs": 6, "verbosity": 0}


@pytest.fixture(scope="session")
def train_folder() -> Path:
    return SAMPLE / "train"


@pytest.fixture(scope="session")
def gold_files() -> list[Path]:
    return sorted((SAMPLE / "gold").glob("*.ann"))


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Three texts without markup, with blank lines, CR and a last line without line end."""
    return [
        "Amanita nova sp. nov.\nTypus: Halintia, August 2000\n\nPileus 38 mm broad, convex\n",
        "Introduction\r\n\r\nThe genus was erected by Pelivik (1881)",
        "\n".join(f"spores smooth, {i} µm long, hyaline" for i in range(130)),
    ]


@pytest.fixture(scope="session")
def model_bytes(train_folder: Path, small: dict[str, int]) -> bytes:
    """The same wherever the repository lies: which documents are held back hangs on their paths."""
    classifier = RNNClassifier(model_params=small)
    with chdir(train_folder.parent):
        classifier.fit(train_folder.name)
    assert classifier._model is not None
    return classifier._model.trained().to_bytes()


@pytest.fixture
def model_path(model_bytes: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "model.skol"
    path.write_bytes(model_bytes)
    return path


@pytest.fixture
def classifier(model_path: Path) -> RNNClassifier:
    """Trained; each test has its own."""
    return RNNClassifier.load_from_disk(model_path, verbosity=0)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server
