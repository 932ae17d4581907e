# SPDX-License-Identifier: Apache-2.0
"""One model in many threads, and interruption."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from skol_classifier import RNNClassifier


def test_predict_from_several_threads_gives_the_same_bits(
    classifier: RNNClassifier, gold_files: list[Path]
) -> None:
    expected = {k: v.tobytes() for k, v in classifier.predict_proba(gold_files).items()}

    def run(size: int) -> bool:
        assert classifier._model is not None
        classifier._model.prediction_batch_size = size
        result = classifier.predict_proba(gold_files)
        return {k: v.tobytes() for k, v in result.items()} == expected

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(run, range(1, 33)))
    assert classifier.stats_["documents"] == len(gold_files)


def test_ctrl_c_ends_a_training_and_leaves_the_object_usable(
    model_path: Path, train_folder: Path
) -> None:
    code = f"""
import sys
from skol_classifier import RNNClassifier
classifier = RNNClassifier.load_from_disk({str(model_path)!r}, verbosity=0)
digest = classifier._model.trained().digest
classifier.set_params(hidden_size=128, num_layers=2, epochs=1000)
try:
    print("ready", flush=True)
    classifier.fit({str(train_folder)!r})
except KeyboardInterrupt:
    assert classifier._model.trained().digest == digest
    assert len(classifier.predict(["a line", "another"])) == 2
    print("interrupted", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out == "interrupted\n"
    assert process.returncode == 0
