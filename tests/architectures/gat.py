"""A graph attention network (torch_geometric): of which field a paper is, from its words and what it cites."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import Data
from torch_geometric.nn import GATConv

from collector import Collector


class Gat(nn.Module):
    """Eight heads and then one."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = GATConv(n_in, 8, heads=8, dropout=0.6), GATConv(64, n_out, dropout=0.6)

    def forward(self, data: Data) -> Tensor:
        features = functional.dropout(data.x, 0.6, self.training)
        features = functional.elu(self.conv1(features, data.edge_index))
        return self.conv2(functional.dropout(features, 0.6, self.training), data.edge_index)


def papers(n: int = 300, n_fields: int = 5) -> Data:
    """Papers that mostly cite their like, each with some of the words of its field; a third of the labels is known."""
    numbers = np.random.default_rng(0)
    fields = numbers.integers(0, n_fields, n)
    cites = np.triu(numbers.random((n, n)) < np.where(fields[:, None] == fields, 0.06, 0.004), 1)
    edges = np.stack(np.nonzero(cites | cites.T))
    is_own = np.arange(100) // 20 == fields[:, None]
    bags = (numbers.random((n, 100)) < np.where(is_own, 0.15, 0.05)).astype(np.float32)
    is_known = torch.arange(n) < n // 3
    return Data(torch.from_numpy(bags), torch.from_numpy(edges), y=torch.from_numpy(fields), train_mask=is_known)


def train(path: Path, seed: int = 0, steps: int = 200) -> float:
    """Share of the unknown labels told right."""
    torch.manual_seed(seed)
    data = papers()
    model = Gat(100, 5)
    optimizer = torch.optim.Adam(model.parameters(), 5e-3, weight_decay=5e-4)
    with Collector(model, optimizer, path, probe=(data, data.y)) as collector:
        for _ in range(steps):
            loss = functional.cross_entropy(model(data)[data.train_mask], data.y[data.train_mask])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return (model(data).argmax(1) == data.y)[~data.train_mask].float().mean().item()
