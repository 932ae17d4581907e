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
            begin, used = time.perf_counter(), processor_seconds()
            some = {label for document in train for label in document.labels}
            labels = "collapsed" if some <= {*KEPT, OTHER} else "all"
            command = [program, "train", "-o", model, "--seed", seed, "--final-refit", *options]
            command += ["--labels", labels]
            _json(command, [document.path for document in train])
            trained, used = time.perf_counter() - begin, processor_seconds() - used
            found = _json([program, "evaluate", model], [document.path for document in test])
            out, labelling = Path(folder) / "out", processor_seconds()
            command = [program, "predict", model, "-o", out, "--format", "labels"]
            speed = _json(command, [document.path for document in test])
            labelling = processor_seconds() - labelling
        return {
            "accuracy": found["accuracy"],
            "macro_f1": found["macro_f1"],
            "macro_f1_frequent": found["macro_f1_frequent"],
            "f1": {name: label["f1"] for name, label in found["labels"].items()},
            "expected_calibration_error": found["expected_calibration_error"],
            "train_seconds": trained,
            "train_processor_seconds": used,
            "lines_per_second": speed["lines_per_second"],
            "lines_per_processor_second": sum(len(d.lines) for d in test) / labelling,
            "peak_bytes": speed["peak_bytes"],
        }

    return run


def _json(command: list[Any], files: list[Path]) -> Any:
    words = [str(word) for word in [*command, *files, "--json"]]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words[:4])} ...: {done.stderr.strip()}")
    return json.loads(done.stdout)


def processor_seconds() -> float:
    """Of this process and those that it waited for, which other programs do not lengthen."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def _timed(
    fit: Callable[[], Any], label: Callable[[Any], list[str]], test: list[Document]
) -> Result:
    begin, used = time.perf_counter(), processor_seconds()
    model = fit()
    fitted, labelling = time.perf_counter(), processor_seconds()
    predicted = label(model)
    lines = sum(len(document.lines) for document in test)
    seconds = time.perf_counter() - fitted
    used, labelling = labelling - used, processor_seconds() - labelling
    return {
        "predicted": predicted,
        "train_seconds": fitted - begin,
        "train_processor_seconds": used,
        "lines_per_second": lines / seconds,
        "lines_per_processor_second": lines / labelling,
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
            model = Path(path).read_bytes()  # which the tagger reads from as long as it labels
            tagger.open_inmemory(model)
        return tagger, model

    def label(fitted: Any) -> list[str]:
        tagger, _ = fitted
        return [name for document in test for name in tagger.tag(of_document(document.lines))]

    return _timed(fit, label, test)


def bilstm(train: list[Document], test: list[Document], seed: int) -> Result:
    """PyTorch: the guide's features and network; see torch_bilstm.py."""
    import torch_bilstm

    torch_bilstm.begin(seed, THREADS)
    return _timed(
        lambda: torch_bilstm.fit(train), lambda model: torch_bilstm.label(model, test), test
    )


def minilm(train: list[Document], test: list[Document], seed: int) -> Result:
    """Sentence embeddings and a linear chain; see torch_embeddings.py."""
    import torch_embeddings

    torch_embeddings.begin(seed, THREADS)
    return _timed(
        lambda: torch_embeddings.fit(train), lambda model: torch_embeddings.label(model, test), test
    )


ENGINES: dict[str, Callable[[list[Document], list[Document], int], Result]] = {
    "skol, rich": skol(),
    "skol, rich, crf": skol("--decoder", "crf"),
    "skol, compact": skol("--features", "compact"),
    "logistic regression": logistic_regression,
    "CRFsuite": crfsuite,
    "PyTorch BiLSTM": bilstm,
    "MiniLM embeddings + CRF": minilm,
}
