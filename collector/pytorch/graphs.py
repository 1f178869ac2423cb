"""Graphs as torch_geometric has them, told without importing it."""

import sys
from collections.abc import Callable
from copy import copy
from typing import Any

import torch
from torch import Tensor

_NO_FEATURES = ("y", "batch", "ptr", "train_mask", "val_mask", "test_mask")


def is_graph(value: Any) -> bool:
    """Whether it is a graph, or a batch of graphs."""
    module = sys.modules.get("torch_geometric.data.data")
    return module is not None and isinstance(value, module.BaseData)


def parts_of_graph(graph: Any) -> list[tuple[str, Any]]:
    """Name and what the graph holds under it, features of nodes first; of several kinds of nodes, kind and that."""
    parts = [(str(name), each) for name, each in graph.to_dict().items()]
    return sorted(parts, key=lambda part: part[0] in _NO_FEATURES or not _is_of_nodes(graph, part[0]))


def mapped_graph(graph: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same graph with other tensors."""
    return copy(graph).apply(change)


def means_by_graph(values: Tensor, graph_of: Tensor, n_graphs: int) -> Tensor:
    """The mean of each graph's nodes, float ``[G, …]``.

    Args:
        values: of all nodes, ``[N, …]``.
        graph_of: number of each node's graph, int ``[N]``.
    """
    sums = values.new_zeros((n_graphs, *values.shape[1:])).index_add_(0, graph_of, values)
    sizes = torch.bincount(graph_of, minlength=n_graphs).clamp(min=1).to(values.dtype)
    return sums / sizes.reshape(-1, *[1] * (values.ndim - 1))


def _is_of_nodes(graph: Any, name: str) -> bool:
    looked_up = getattr(graph, "is_node_attr", None)
    try:
        return looked_up is not None and bool(looked_up(name))
    except Exception:  # noqa: BLE001 - how many nodes there are may not be known
        return False
