"""Which positions are kept of parameters that are neither one number for each unit nor units by inputs."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from collector.capture.parameter_axes import Axis, KnownUnits, axis_of, spread_axes
from collector.keras.layers import cell_of

_GATES_OF_LSTM = ("input gate", "forget gate", "cell gate", "output gate")

GATES: Mapping[str, tuple[str, ...]] = {
    "LSTMCell": _GATES_OF_LSTM,
    "ConvLSTMCell": _GATES_OF_LSTM,
    "GRUCell": ("update gate", "reset gate", "new gate"),
}
"""Class of a cell → the parts of its parameters, in the order in which Keras has them."""

_BIASES = ("input", "recurrent")
"""The rows of a GRU's bias, where it is reset after the product."""

Shape = tuple[int, ...]


def axes_of_parameters(
    layer: Any, shapes: Mapping[str, Shape], units: KnownUnits, inputs: KnownUnits | None, cap: int
) -> dict[str, list[Axis]]:
    """Name → dimensions of each parameter of a layer.

    Args:
        shapes: of the parameters, as the file has them.
        units: of the layer's output.
        inputs: the units along the last axis of what it is given, where they are known.
        cap: `neuron_cap`.
    """
    gates = _gates_of(layer)
    found = {}
    for name, shape in shapes.items():
        known = _alike(shape, units)
        if gates is not None and shape[-1] == max(1, len(gates)) * units.units.total:
            known = _of_recurrent(name, shape, units, inputs, gates)
        elif name.startswith("lora") and len(shape) == 2 and inputs is not None and shape[0] == inputs.units.total:
            known = {**known, 0: axis_of(inputs)}
        found[name] = spread_axes(shape, cap, known)
    return found


def _gates_of(layer: Any) -> tuple[str, ...] | None:
    """The parts of a recurrent layer's parameters; None: it is none of Keras's own."""
    cell = cell_of(layer)
    kinds = [kind.__name__ for kind in type(cell).__mro__]
    found = next((GATES[kind] for kind in kinds if kind in GATES), None)
    return () if found is None and isinstance(cell, keras.layers.SimpleRNNCell) else found


def _of_recurrent(
    name: str, shape: Shape, units: KnownUnits, inputs: KnownUnits | None, gates: tuple[str, ...]
) -> dict[int, Axis]:
    last = len(shape) - 1
    found = {last: axis_of(units, gates)}
    if name == "recurrent_kernel":
        found[last - 1] = axis_of(units)
    elif name == "kernel" and inputs is not None and inputs.units.total == shape[last - 1]:
        found[last - 1] = axis_of(inputs)
    elif name == "bias" and last == 1:
        found[0] = Axis(2, np.arange(2), _BIASES)
    return found


def _alike(shape: Shape, units: KnownUnits) -> dict[int, Axis]:
    """Of a parameter of which nothing is known: an axis as long as the units has the positions of the kept ones."""
    same = [number for number, size in enumerate(shape) if size == units.units.total > 1]
    return {number: Axis(shape[number], units.units.kept) for number in same}
