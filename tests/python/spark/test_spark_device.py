# SPDX-License-Identifier: Apache-2.0
"""Workers of one host share one server, which the first of them starts; on a stand-in for a GPU."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from spark_testing import LINES, digest_of_core, digest_of_frame, lines_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from spark_testing import Documents, Label, Model

LIBRARY = Path(
    os.environ.get(
        "SKOL_FAKE_DEVICE_LIBRARY",
        Path(__file__).resolve().parents[3] / "build" / "libskol_fake_device.so",
    )
)
FOLDER = Path(tempfile.mkdtemp(prefix="skol_card_"))
CARD = FOLDER / "card"
DEVICE = {
    "SKOL_DEVICE_LIBRARY": str(LIBRARY),
    "SKOL_FAKE_DEVICE": f"state={CARD},memory=8000000000,context=250000000",
}

MASTER = "local-cluster[2,2,1024]"
CONF = {
    f"spark.executorEnv.{name}": value
    for name, value in {**DEVICE, "SKOL_SERVE": str(FOLDER / "sockets")}.items()
}


def owners() -> list[int]:
    """Processes with memory of the card: of its state file, four numbers, then (pid, bytes)."""
    state = CARD.read_bytes() if CARD.exists() else bytes(4 * 8)
    words = struct.unpack(f"={len(state) // 8}q", state)[4:]
    return [pid for pid, held in zip(words[::2], words[1::2], strict=True) if pid and held]


@pytest.fixture(autouse=True)
def card() -> Iterator[None]:
    if not LIBRARY.is_file():
        pytest.skip("the stand-in for a GPU is not built (SKOL_FAKE_DEVICE_LIBRARY)")
    yield
    for pid in owners():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(FOLDER)


def test_workers_of_a_host_share_the_server_that_one_of_them_starts(
    spark: SparkSession,
    label: Label,
    model: Model,
    documents: Documents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    df = spark.createDataFrame(lines_of(documents), LINES).repartition(8)
    labelled, stats = label(df, device="auto")
    served = digest_of_frame(labelled)
    assert stats()["device"] == "cuda:0 Fake Card (server)"
    assert stats()["notices"] == []
    assert len(owners()) == 1
    words = Path(f"/proc/{owners()[0]}/cmdline").read_text().split("\0")
    assert words[1:3] == ["serve", "--background"]

    for name, value in {**DEVICE, "SKOL_SERVE": "off"}.items():
        monkeypatch.setenv(name, value)
    assert served == digest_of_core(model, documents, device="cuda")
