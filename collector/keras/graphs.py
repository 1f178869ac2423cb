"""What the operations of a TensorFlow graph write, and what its tensors are made of, functions within it included."""

from collections.abc import Collection, Iterator
from typing import Any

import tensorflow as tf

_READING = frozenset(
    [
        *("ReadVariableOp", "VariableShape", "ResourceGather", "ResourceGatherNd", "VarIsInitializedOp"),
        *("LookupTableFindV2", "LookupTableSizeV2", "LookupTableExportV2", "Identity"),
    ]
)
"""They take a variable or a table and leave it as it is."""

_CALLS = {
    **dict.fromkeys(["PartitionedCall", "StatefulPartitionedCall", "While", "StatelessWhile"], 0),
    **dict.fromkeys(["If", "StatelessIf", "Case", "StatelessCase"], 1),
}
"""Operations that run functions of TensorFlow's → so many of their first inputs are not handed on."""


def written(graph: Any) -> dict[int, Any]:
    """``id`` → handle of each variable, or other resource, that the graph may write."""
    found: dict[int, Any] = {}
    waiting: list[tuple[Any, dict[int, Any]]] = [(graph, {})]
    seen: set[tuple[int, frozenset[int]]] = set()
    while waiting:
        one, given = waiting.pop()
        handles = {id(inner): outside for outer, inner in one.captures if (outside := outside_of(outer)) is not None}
        handles |= given
        key = id(one), frozenset(map(id, handles.values()))
        if key in seen:
            continue
        seen.add(key)
        for op in one.get_operations():
            held = [handles.get(id(each)) if each.dtype == tf.resource else None for each in op.inputs]
            inner = _functions(op)
            if op.type in _CALLS and inner:
                handed = held[_CALLS[op.type] :]
                for each in inner:
                    pairs = zip(each.inputs, handed, strict=False)
                    waiting.append((each, {id(name): handle for name, handle in pairs if handle is not None}))
            elif op.type not in _READING:
                found |= {id(each): each for each in held if each is not None}
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


def outside_of(tensor: Any) -> Any:
    """What a graph has captured under this name, outside of all graphs; None: it was handed in or made within."""
    while not hasattr(tensor, "numpy"):
        captured = getattr(tensor.graph, "captures", ())
        tensor = next((outer for outer, inner in captured if inner is tensor), None)
        if tensor is None:
            return None
    return tensor


def first_read(graph: Any, variable: Any) -> Any:
    """What a variable held when a graph began to run: its first reading; None where the graph does not begin with one.

    That the graph makes the variable, where it is not made yet, comes before its beginning.

    Args:
        variable: of TensorFlow's own, that the graph captures.
    """
    held = next((inner for outer, inner in graph.captures if outside_of(outer) is variable.handle), None)
    using = [op for op in graph.get_operations() if any(each is held for each in op.inputs)]
    first = next((op for op in using if not _makes(op)), None)
    return first.outputs[0] if first is not None and first.type == "ReadVariableOp" else None


def _makes(op: Any) -> bool:
    """Whether an operation on a variable asks whether that is made, or makes it where it is not."""
    return op.type == "VarIsInitializedOp" or (op.type == "If" and op.inputs[0].op.type == "VarIsInitializedOp")


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
            outer = outside_of(one)
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
