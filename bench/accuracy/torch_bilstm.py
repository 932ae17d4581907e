# SPDX-License-Identifier: Apache-2.0
"""The guide's network in PyTorch: 800 words, 200 suffixes, window 50, two layers of 128 units."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from corpus import Document
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_union
from torch import nn

WINDOW, STRIDE, BATCH, EPOCHS, HIDDEN = 50, 25, 32, 4, 128


class Network(nn.Module):
    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, HIDDEN, 2, batch_first=True, bidirectional=True, dropout=0.3)
        self.dropout, self.dense = nn.Dropout(0.3), nn.Linear(2 * HIDDEN, classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.dense(self.lstm(self.dropout(rows))[0])
        return logits


@dataclass
class Model:
    features: FeatureUnion
    scale: Any
    labels: list[str]
    network: Network

    def rows(self, document: Document) -> torch.Tensor:
        found = self.features.transform(document.lines).toarray() * self.scale
        return torch.tensor(found, dtype=torch.float32)


def begin(seed: int, threads: int) -> None:
    torch.manual_seed(seed)
    random.seed(seed)
    torch.set_num_threads(threads)


def _suffixes(line: str) -> list[str]:
    return [word[-n:] for word in line.lower().split() for n in (2, 3, 4)]


def _windows(lines: int) -> list[tuple[int, int]]:
    starts = range(0, max(lines - WINDOW, 0) + STRIDE, STRIDE)
    return [(start, min(start + WINDOW, lines)) for start in starts if start < lines]


def fit(train: list[Document]) -> Model:
    lines = [line for document in train for line in document.lines]
    features = make_union(
        TfidfVectorizer(max_features=800, token_pattern=r"\S+", norm=None),
        TfidfVectorizer(max_features=200, analyzer=_suffixes, norm=None),
    )
    found = features.fit_transform(lines)
    scale = 1 / np.sqrt(np.asarray(found.multiply(found).mean(axis=0)).ravel())
    labels = sorted({label for document in train for label in document.labels})
    model = Model(features, scale, labels, Network(found.shape[1], len(labels)))
    data = [
        (model.rows(d), torch.tensor([labels.index(label) for label in d.labels])) for d in train
    ]
    windows = [(d, *w) for d, (rows, _) in enumerate(data) for w in _windows(len(rows))]
    adam = torch.optim.Adam(model.network.parameters(), lr=1e-3)
    model.network.train()
    for _ in range(EPOCHS):
        random.shuffle(windows)
        for first in range(0, len(windows), BATCH):
            batch = windows[first : first + BATCH]
            rows = nn.utils.rnn.pad_sequence([data[d][0][a:b] for d, a, b in batch], True)
            gold = nn.utils.rnn.pad_sequence([data[d][1][a:b] for d, a, b in batch], True, -1)
            logits = model.network(rows)
            loss = nn.functional.cross_entropy(
                logits.flatten(0, 1), gold.flatten(), ignore_index=-1
            )
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.network.parameters(), 1.0)
            adam.step()
    return model


def label(model: Model, test: list[Document]) -> list[str]:
    model.network.eval()
    out: list[str] = []
    with torch.no_grad():
        for document in test:
            rows = model.rows(document)
            total = torch.zeros(len(rows), len(model.labels))
            for a, b in _windows(len(rows)):
                total[a:b] += model.network(rows[None, a:b])[0].softmax(dim=1)
            out += [model.labels[i] for i in total.argmax(dim=1)]
    return out
