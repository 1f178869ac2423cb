"""Several labels for each sample: of which topics a text is."""

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import make_multilabel_classification
from torch import nn
from torch.nn import functional

from collector import Collector

TOPICS = ("sport", "music", "science", "travel", "food")


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """Share of the held-out labels told right."""
    counts, labels = make_multilabel_classification(1500, 40, n_classes=len(TOPICS), n_labels=2, random_state=0)
    counts = torch.from_numpy((counts / counts.std(0) - (counts / counts.std(0)).mean(0)).astype(np.float32))
    labels = torch.from_numpy(labels.astype(np.float32))
    held, held_labels = counts[:200], labels[:200]

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(40, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, len(TOPICS)))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    with Collector(model, optimizer, path, probe=(held[:16], held_labels[:16]), class_names=TOPICS) as collector:
        for _ in range(steps):
            chosen = torch.randint(200, len(counts), (64,))
            loss = functional.binary_cross_entropy_with_logits(model(counts[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    with torch.no_grad():
        return ((model(held) > 0) == held_labels.bool()).float().mean().item()
