"""Of graphs the nodes are the samples, or the graphs themselves: whichever has a target, or an output."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.storage import Collection

with warnings.catch_warnings():  # of what it uses itself
    warnings.simplefilter("ignore", DeprecationWarning)
    data, layers = pytest.importorskip("torch_geometric.data"), pytest.importorskip("torch_geometric.nn")
Batch, Data = data.Batch, data.Data

SIZES = (3, 4, 5)
GRAPHS = [
    Data(
        x=torch.randn(n, 4, generator=torch.Generator().manual_seed(n)),
        edge_index=torch.stack([torch.arange(n), (torch.arange(n) + 1) % n]),
        y=torch.tensor([n % 2]),
    )
    for n in SIZES
]
BATCH = Batch.from_data_list(GRAPHS)
NODE = torch.arange(12) % 3


class Convolutions(nn.Module):
    """Takes nodes and edges; gives a row for each node, or for each graph."""

    def __init__(self, *, pools: bool = False) -> None:
        super().__init__()
        self.conv, self.out, self._pools = layers.GCNConv(4, 6), nn.Linear(6, 3), pools

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor | None = None) -> Tensor:
        hidden = self.conv(x, edge_index).relu()
        return self.out(layers.global_mean_pool(hidden, batch) if self._pools else hidden)


class TakesGraph(Convolutions):
    def forward(self, data: Any) -> Tensor:
        return super().forward(data.x, data.edge_index, data.batch)


def collected(path: Path, model: nn.Module, probe: Any, **options: Any) -> Collection:
    """The state before the first step, as it was recorded."""
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=probe, **options):
        pass
    return open_collection(path)


NODES: dict[str, tuple[type[Convolutions], Any]] = {
    "arguments": (Convolutions, (BATCH.x, BATCH.edge_index)),
    "keywords": (Convolutions, {"x": BATCH.x, "edge_index": BATCH.edge_index}),
    "a batch": (TakesGraph, BATCH),
    "a graph": (TakesGraph, Data(edge_index=BATCH.edge_index, y=NODE, x=BATCH.x)),
}
OF_GRAPHS: dict[str, tuple[type[Convolutions], Any]] = {
    "arguments": (Convolutions, (BATCH.x, BATCH.edge_index, BATCH.batch)),
    "keywords": (Convolutions, {"x": BATCH.x, "edge_index": BATCH.edge_index, "batch": BATCH.batch}),
    "a batch": (TakesGraph, BATCH),
}


def called(model: nn.Module, inputs: Any) -> Tensor:
    with torch.no_grad():
        if isinstance(inputs, dict):
            return model(**inputs)
        return model(*inputs) if isinstance(inputs, tuple) else model(inputs)


@pytest.mark.parametrize("form", NODES)
@pytest.mark.parametrize("labels", [NODE, None])
def test_that_nodes_are_samples_where_the_model_gives_something_for_each(path: Path, form: str, labels: Any) -> None:
    kind, inputs = NODES[form]
    model = kind()
    logits = called(model, inputs)

    with collected(path, model, (inputs, labels), similarity=(inputs, labels), projection=(inputs, None)) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, BATCH.x)
        np.testing.assert_array_equal(collection.passes[0].logits, logits)
        np.testing.assert_array_equal(collection.passes[0].layers["out"].activation, logits)
        np.testing.assert_array_equal(collection.similarities[0].features("out"), logits)
        assert collection.projections[0].predictions.tolist() == logits.argmax(1).tolist()


@pytest.mark.parametrize("form", OF_GRAPHS)
@pytest.mark.parametrize("labels", [BATCH.y, None])
def test_that_graphs_are_samples_where_the_model_gives_something_for_each(path: Path, form: str, labels: Any) -> None:
    kind, inputs = OF_GRAPHS[form]
    model = kind(pools=True)
    logits = called(model, inputs)
    with torch.no_grad():
        nodes = model.conv(BATCH.x, BATCH.edge_index)
    means = torch.stack([nodes[BATCH.batch == graph].mean(0) for graph in range(3)])

    with collected(path, model, (inputs, labels), similarity=(inputs, BATCH.y)) as collection:
        one = collection.passes[0]
        assert collection.probe.inputs.shape == (3, 0)
        assert (None if labels is None else collection.probe.labels.tolist()) == (None if labels is None else [1, 0, 1])
        np.testing.assert_array_equal(one.logits, logits)
        np.testing.assert_array_equal(one.layers["out"].activation, logits)
        np.testing.assert_allclose(one.layers["conv.lin"].activation, means_of(model.conv.lin), atol=1e-6)
        np.testing.assert_allclose(collection.similarities[0].features("conv"), means, atol=1e-6)
        assert "The probe is 3 graphs, which the file does not hold." in [note.text for note in collection.notes]


def means_of(layer: nn.Module) -> np.ndarray:
    with torch.no_grad():
        made = layer(BATCH.x)
    return torch.stack([made[BATCH.batch == graph].mean(0) for graph in range(3)]).numpy()


def test_that_one_graph_is_one_sample_where_it_has_one_label(path: Path) -> None:
    model, graph = TakesGraph(pools=True), GRAPHS[0]

    with collected(path, model, (graph, graph.y)) as collection:
        np.testing.assert_array_equal(collection.passes[0].logits, called(model, graph))
        assert collection.probe.labels.tolist() == graph.y.tolist()


@pytest.mark.parametrize("is_sparse", [True, False])
def test_that_nodes_that_a_matrix_joins_are_run_all_at_once(path: Path, is_sparse: bool) -> None:
    class Dense(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(4, 3)

        def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
            return self.out(adjacency @ x)

    x, adjacency = torch.randn(70, 4), (torch.rand(70, 70) > 0.9).float()
    model = Dense()
    with torch.no_grad():
        logits = model(x, adjacency)

    samples = ((x, adjacency.to_sparse() if is_sparse else adjacency), None)
    with collected(path, model, samples, similarity=samples, projection=samples) as collection:
        np.testing.assert_allclose(collection.similarities[0].features("out"), logits, atol=1e-6)
        assert collection.projections[0].predictions.tolist() == logits.argmax(1).tolist()
        np.testing.assert_allclose(collection.passes[0].logits, logits, atol=1e-6)
