"""What the operations of a TensorFlow graph write, and what its tensors are made of, functions within it included."""

from collections.abc import Collection, Iterator
from typing import Any

import tensorflow as tf

_READING = frozenset(
    ["ReadVariableOp", "VariableShape", "ResourceGather", "ResourceGatherNd", "VarIsInitializedOp", "NoOp"]
)
"""They take a variable and leave it as it is."""

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def written(graph: Any) -> dict[int, Any]:
    """``id`` → handle of each variable that the graph may write; of a loop or a branch each that goes into it."""
    found: dict[int, Any] = {}
    for op in _operations(graph):
        if op.type not in _READING and op.type not in _CALLS:
            handles = [_outside(each) for each in op.inputs if each.dtype == tf.resource]
            found |= {id(each): each for each in handles if each is not None}
    return found


def of_types(graph: Any, types: Collection[str]) -> list[str]:
    """Those of the types of operations that the graph has."""
    return sorted({op.type for op in _operations(graph)} & set(types))


def _operations(graph: Any) -> Iterator[Any]:
    """All operations, those of functions that are called, of branches and of loops with them."""
    waiting, seen = [graph], set()
    while waiting:
        one = waiting.pop()
        for op in one.get_operations():
            yield op
            for inner in _functions(op):
                if id(inner) not in seen:
                    seen.add(id(inner))
                    waiting.append(inner)


def _functions(op: Any) -> list[Any]:
    """The graphs that an operation runs."""
    names = [value.func.name for value in op.node_def.attr.values() if value.HasField("func")]
    return [each for name in names if (each := _graph_of(op.graph, name)) is not None]


def _graph_of(graph: Any, name: str) -> Any:
    while graph is not None:
        function = graph._get_function(name)
        if function is not None:
            return getattr(function, "graph", None)
        graph = getattr(graph, "outer_graph", None)
    return None


def _outside(tensor: Any) -> Any:
    """What a graph has captured under this name, outside of all graphs; None: it was handed in or made within."""
    while not hasattr(tensor, "numpy"):
        captured = getattr(tensor.graph, "captures", ())
        tensor = next((outer for outer, inner in captured if inner is tensor), None)
        if tensor is None:
            return None
    return tensor


def is_made_of(tensor: Any, handles: Collection[int]) -> bool:
    """Whether a tensor is computed from any of these variables, by ``id`` of their handles."""
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(tensor, ())]
    seen = set()
    while waiting:
        one, callers = waiting.pop()
        if (id(one), callers) in seen or hasattr(one, "numpy"):
            continue
        seen.add((id(one), callers))
        if one.dtype == tf.resource:
            outer = _outside(one)
            if outer is not None:
                if id(outer) in handles:
                    return True
                continue
        op = one.op
        inner = _functions(op) if op.type in _CALLS else []
        if inner:
            waiting.append((inner[0].outputs[one.value_index], (*callers, op)))
        elif op.type == "Placeholder" and callers:
            place = next((number for number, each in enumerate(op.graph.inputs) if each is one), None)
            if place is not None:
                waiting.append((callers[-1].inputs[place], callers[:-1]))
        else:
            waiting += [(each, callers) for each in op.inputs]
    return False
