"""What lies between a Keras model's layers and its output, as the graph of a run tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from collector.keras.graphs import outside_of

_SHAPES = frozenset(
    ("Identity", "Cast", "Reshape", "Transpose", "Squeeze", "ExpandDims", "StopGradient", "Pack", "StridedSlice")
)
"""Operations that change no value."""
_LINEAR_MAPS = frozenset(
    ("MatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "Conv2D", "Conv3D", "DepthwiseConv2dNative")
)
_STAY_LINEAR = _SHAPES | {"BiasAdd", "AddV2", "Sub", "Mul", "RealDiv", "FusedBatchNormV3"}
"""Linear where one of what they are given comes from the data, and the rest from weights and constants."""
_NO_VALUES = frozenset(("Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"))


@dataclass(frozen=True)
class OutputGraph:
    """The way of the data through the last layers, and between layers.

    Attributes:
        operations: from the output back to the last layer with parameters, but for those that only change a shape.
        layer: that layer; empty where several things are put together on the way.
        has_logits: whether Keras's own softmax or sigmoid made the output, and has left on it what it was given.
        linear: layers of which the second is given what the first gives, with nothing that is not linear between them.
    """

    operations: tuple[str, ...] = ()
    layer: str = ""
    has_logits: bool = False
    linear: tuple[tuple[str, str], ...] = ()


def output_graph(output: Any, layers: Mapping[int, str]) -> OutputGraph:
    """What the graph of a tensor tells.

    Args:
        output: what the model gave, in a graph.
        layers: ``id`` of TensorFlow's handle of a variable → the layer that it belongs to.
    """
    graph = _Graph(output.graph, layers)
    operations, layer = graph.way_to_last_layer(output)
    return OutputGraph(tuple(operations), layer, hasattr(output, "_keras_logits"), tuple(graph.linear_pairs()))


class _Graph:
    """Knows of each tensor whether it comes from the data, and of all others whose variable they come from."""

    def __init__(self, graph: Any, layers: Mapping[int, str]) -> None:
        self._operations = graph.get_operations()
        self._from_data: set[str] = set()
        self._owners: dict[str, str] = {}
        for op in self._operations:  # in the order in which they were made, so what is given comes first
            outside = outside_of(op.outputs[0]) if op.type == "Placeholder" else None
            own = "" if outside is None else layers.get(id(outside), "")
            owner = own or next((name for each in op.inputs if (name := self._owners.get(each.name))), "")
            is_input = op.type == "Placeholder" and op.outputs[0].dtype != tf.resource
            is_of_data = op.type not in _NO_VALUES and any(each.name in self._from_data for each in op.inputs)
            for each in op.outputs:
                if is_input or is_of_data:
                    self._from_data.add(each.name)
                elif owner:
                    self._owners[each.name] = owner

    def _layer(self, op: Any) -> str:
        """The layer whose variables an operation uses; empty where it uses none."""
        return next((name for each in op.inputs if (name := self._owners.get(each.name))), "")

    def _given(self, op: Any) -> list[Any]:
        """What an operation is given of the data."""
        return [each for each in op.inputs if each.name in self._from_data]

    def way_to_last_layer(self, output: Any) -> tuple[list[str], str]:
        operations: list[str] = []
        tensor = output
        while len(operations) < 32:
            op = tensor.op
            if layer := self._layer(op):
                return operations, layer
            if op.type not in _SHAPES:
                operations.append(op.type)
            given = self._given(op)
            if len(given) != 1:
                break
            tensor = given[0]
        return operations, ""

    def linear_pairs(self) -> Iterator[tuple[str, str]]:
        told = set()
        for op in self._operations:
            layer = self._layer(op) if op.type in _LINEAR_MAPS else ""
            for given in self._given(op) if layer else ():
                before = self._linear_before(given)
                if before and before != layer and (before, layer) not in told:
                    told.add((before, layer))
                    yield before, layer

    def _linear_before(self, tensor: Any) -> str:
        for _ in range(64):
            op = tensor.op
            if op.type in _LINEAR_MAPS and (layer := self._layer(op)):
                return layer
            given = self._given(op)
            if op.type not in _STAY_LINEAR or len(given) != 1:  # two: a sum of branches, as around a residual block
                return ""
            tensor = given[0]
        return ""
