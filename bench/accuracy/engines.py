# SPDX-License-Identifier: Apache-2.0
"""What skol's labels are compared with. Each engine trains on documents and labels others; it says
how long both took."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import KEPT, OTHER, ROOT, Document

from features import of_document

Result = dict[str, Any]
THREADS = len(os.sched_getaffinity(0))


def skol(*options: str) -> Callable[[list[Document], list[Document], int], Result]:
    """The command of this tree, on the same files; it scores itself."""

    def run(train: list[Document], test: list[Document], seed: int) -> Result:
        program = ROOT / "build" / "skol"
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.skol"
            begin = time.perf_counter()
            some = {label for document in train for label in document.labels}
            labels = "collapsed" if some <= {*KEPT, OTHER} else "all"
            command = [program, "train", "-o", model, "--seed", seed, "--final-refit", *options]
            command += ["--labels", labels]
            _json(command, [document.path for document in train])
            trained = time.perf_counter() - begin
            found = _json([program, "evaluate", model], [document.path for document in test])
            out = Path(folder) / "out"
            command = [program, "predict", model, "-o", out, "--format", "labels"]
            speed = _json(command, [document.path for document in test])
        return {
            "accuracy": found["accuracy"],
            "macro_f1": found["macro_f1"],
            "macro_f1_frequent": found["macro_f1_frequent"],
            "f1": {name: label["f1"] for name, label in found["labels"].items()},
            "expected_calibration_error": found["expected_calibration_error"],
            "train_seconds": trained,
            "lines_per_second": speed["lines_per_second"],
            "peak_bytes": speed["peak_bytes"],
        }

    return run


def _json(command: list[Any], files: list[Path]) -> Any:
    words = [str(word) for word in [*command, *files, "--json"]]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words[:4])} ...: {done.stderr.strip()}")
    return json.loads(done.stdout)


def _timed(
    fit: Callable[[], Any], label: Callable[[Any], list[str]], test: list[Document]
) -> Result:
    begin = time.perf_counter()
    model = fit()
    fitted = time.perf_counter()
    predicted = label(model)
    seconds = time.perf_counter() - fitted
    return {
        "predicted": predicted,
        "train_seconds": fitted - begin,
        "lines_per_second": sum(len(document.lines) for document in test) / seconds,
    }


def logistic_regression(train: list[Document], test: list[Document], seed: int) -> Result:
    """One line at a time: TF-IDF of the 800 commonest words and 200 suffixes."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    def suffixes(line: str) -> list[str]:
        return [word[-n:] for word in line.lower().split() for n in (2, 3, 4)]

    words = TfidfVectorizer(max_features=800, token_pattern=r"\S+")
    ends = TfidfVectorizer(max_features=200, analyzer=suffixes)
    model = make_pipeline(
        make_union(words, ends), LogisticRegression(max_iter=300, random_state=seed)
    )
    lines = [line for document in train for line in document.lines]
    labels = [label for document in train for label in document.labels]
    asked = [line for document in test for line in document.lines]
    return _timed(lambda: model.fit(lines, labels), lambda m: list(m.predict(asked)), test)


def crfsuite(train: list[Document], test: list[Document], seed: int) -> Result:
    """A linear chain over whole documents, features by hand, L-BFGS."""
    import pycrfsuite

    def fit() -> Any:
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 80})
        for document in train:
            trainer.append(pycrfsuite.ItemSequence(of_document(document.lines)), document.labels)
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "crf")
            trainer.train(path)
            tagger = pycrfsuite.Tagger()
            tagger.open_inmemory(Path(path).read_bytes())
        return tagger

    def label(tagger: Any) -> list[str]:
        return [name for document in test for name in tagger.tag(of_document(document.lines))]

    return _timed(fit, label, test)


def bilstm(train: list[Document], test: list[Document], seed: int) -> Result:
    """PyTorch: the guide's features and network; see torch_bilstm.py."""
    import torch_bilstm

    torch_bilstm.begin(seed, THREADS)
    return _timed(
        lambda: torch_bilstm.fit(train), lambda model: torch_bilstm.label(model, test), test
    )


ENGINES: dict[str, Callable[[list[Document], list[Document], int], Result]] = {
    "skol, rich": skol(),
    "skol, rich, crf": skol("--decoder", "crf"),
    "skol, compact": skol("--features", "compact"),
    "logistic regression": logistic_regression,
    "CRFsuite": crfsuite,
    "PyTorch BiLSTM": bilstm,
}
