"""Whether the samples of a graph are its nodes, or the graphs that it is put together of."""

import inspect
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from collector.pytorch.graphs import is_graph
from collector.pytorch.samples import Samples

_GRAPH_OF = ("batch", "batch_index")
"""Under these names a graph, or the arguments of a model, hold the number of each node's graph."""


def as_graphs(samples: Samples, model: nn.Module) -> Samples | None:
    """The samples as graphs, one or several, where they are nodes of graphs; None where they are not."""
    n_nodes = len(samples)
    if n_nodes < 2:
        return None
    names = _parameter_names(model) if samples.call is None and len(samples.args) > 1 else []
    for place, each in samples.tensors:
        name = names[int(place)] if place.isdigit() and int(place) < len(names) else place
        is_number = not each.is_floating_point() and tuple(each.shape) == (n_nodes,)
        if name.rpartition(".")[2] in _GRAPH_OF and is_number:
            return replace(samples, graph_of=each, n_graphs=int(each.max()) + 1)
    if is_graph(samples.parts) or samples.is_whole:
        nodes: Tensor = torch.zeros(n_nodes, dtype=torch.int64, device=samples.first.device)
        return replace(samples, graph_of=nodes, n_graphs=1)
    return None


def has_row_for_each(samples: Samples, output: Any) -> bool:
    """Whether what the model gives has a row for each of the samples."""
    return isinstance(output, Tensor) and output.ndim > 0 and len(output) == len(samples)


def _parameter_names(model: nn.Module) -> list[str]:
    try:
        return list(inspect.signature(model.forward).parameters)
    except (TypeError, ValueError):
        return []
