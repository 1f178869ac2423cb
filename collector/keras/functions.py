"""Activations that a model calls as functions, found in its graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.keras.attention_scores import attends_itself, attention_scores

_TYPES = {"Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softsign": "softsign"}
"""Type of an operation → the function, of those in which a unit can be dead or saturated."""

_COMPOUND = frozenset(
    [
        *("silu", "swish", "swish_impl", "gelu", "mish", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh"),
        *("tanh_shrink", "soft_shrink", "glu", "log_sigmoid", "leaky_relu", "threshold"),
    ]
)
"""Functions of Keras's and TensorFlow's in which such an operation is only a part."""


@dataclass(frozen=True)
class FunctionCall:
    """An activation that was called as a function.

    Attributes:
        order: number of the operation in the graph, from 1.
        function: its name.
        place: name of the innermost layer of the user's own in which it was called; empty: the model.
        output: what it gave.
    """

    order: int
    function: str
    place: str
    output: Any

    @property
    def like(self) -> Any:
        """A layer that does the same."""
        return keras.layers.Activation(self.function)


class FunctionCalls:
    """Knows which operations of a graph a layer of Keras's own makes, of which that layer tells, and which others.

    Args:
        graph: in which the model runs.
    """

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._places: list[tuple[str, bool, str]] = [("", False, "")]
        self._n_known = 0
        self._owners: list[tuple[str, bool, str]] = []

    def enter(self, name: str, layer: Any) -> None:
        """A layer is called."""
        self._give_owner()
        module = type(layer).__module__
        is_keras = module.startswith("keras.") and not isinstance(layer, keras.Model)
        place, is_within, innermost = self._places[-1]
        innermost = name if attends_itself(layer) else innermost
        place = place if is_keras or isinstance(layer, keras.Sequential) else name
        self._places.append((place, is_within or is_keras, innermost))

    def leave(self) -> None:
        """It has ended."""
        self._give_owner()
        self._places.pop()

    def found(self) -> Iterator[FunctionCall]:
        """The calls, in order."""
        self._give_owner()
        for order, op in enumerate(self._graph.get_operations()[: self._n_known], 1):
            place, is_within, _ = self._owners[order - 1]
            name = "" if is_within else function_of(op)
            if name:
                yield FunctionCall(order, name, place, op.outputs[0])

    @property
    def n_operations(self) -> int:
        """In the graph by now."""
        return self._graph.num_operations()

    def attentions(self, n_samples: int) -> dict[str, Any]:
        """Layer → scores of its last attention, see `attention_scores`."""
        self._give_owner()
        operations = self._graph.get_operations()[: self._n_known]
        owners = (innermost for _, _, innermost in self._owners)
        return dict(attention_scores(list(zip(operations, owners, strict=False)), n_samples))

    def _give_owner(self) -> None:
        n_now = self.n_operations
        self._owners += [self._places[-1]] * (n_now - self._n_known)
        self._n_known = n_now


def function_of(op: Any) -> str:
    """The function that an operation is; empty: none of those, or a part of another one."""
    name = _TYPES.get(op.type, "")
    if op.type == "Maximum" and any(_is_zero(each) for each in op.inputs):
        name = "relu"
    return "" if name and _COMPOUND.intersection(_library_functions(op)) else name


def _is_zero(tensor: Any) -> bool:
    value = tf.get_static_value(tensor) if tensor.dtype.is_floating else None
    return value is not None and value.size > 0 and not np.any(value)


def _library_functions(op: Any) -> Iterator[str]:
    """Names of the functions of Keras's and TensorFlow's behind the user's last line that made the operation."""
    for frame in reversed(op.traceback):
        if "/keras/src/" not in frame.filename and "/tensorflow/python/" not in frame.filename:
            return
        yield frame.name
