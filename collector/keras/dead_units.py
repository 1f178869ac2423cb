"""Which units are dead or saturated, as `collector.metrics.dead_units` has them, as tensors of a graph."""

from math import prod
from typing import Any

import keras
import tensorflow as tf

from collector.keras.functions import function_of
from collector.keras.layers import STAGES
from collector.metrics.dead_units import BEYOND, SHARE

RECTIFIERS = ("relu", "relu6")
BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}

_ENDS_WITH_FUNCTION = (
    *STAGES,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
    keras.layers.EinsumDense,
    keras.layers.Activation,
)
"""Layers whose output is what their ``activation`` gives. A recurrent layer's goes on through other operations."""


def useless_units(layer: Any, output: tf.Tensor, unit_axis: int) -> dict[str, tf.Tensor]:
    """``dead_fraction`` or ``saturated_fraction`` → which of all units are so, bool ``[units]``, if that has a meaning.

    A function that is part of a layer, as in ``Dense(64, activation="relu")``, counts for that layer. A unit with a
    NaN is neither.

    Args:
        layer: what gave the output.
        output: ``[N, …]`` for the probe.
        unit_axis: the axis of the units.
    """
    name = _function_of(layer, output)
    if not prod(output.shape):
        return {}
    others = [axis for axis in range(len(output.shape)) if axis != unit_axis]
    if name in RECTIFIERS:
        return {"dead_fraction": tf.reduce_all(output == 0, others)}
    if name not in BOUNDS:
        return {}
    low, high = BOUNDS[name]
    is_beyond = tf.abs(output - (low + high) / 2) > BEYOND * (high - low) / 2
    return {"saturated_fraction": tf.reduce_mean(tf.cast(is_beyond, tf.float32), others) >= SHARE}


def _function_behind(output: Any) -> str:
    """The function that made a tensor of a graph, where the layer has it from the user; empty: none that is known."""
    op = getattr(output, "op", None) if not hasattr(output, "numpy") else None
    while op is not None and op.type in ("Identity", "Cast", "Reshape"):
        op = op.inputs[0].op
    return "" if op is None else function_of(op)


def _function_of(layer: Any, output: Any = None) -> str:
    """The name of the function that a layer ends with, as Keras and TensorFlow call it; empty: none that is known."""
    if isinstance(layer, keras.layers.ReLU):
        return "" if layer.negative_slope else "relu"
    if isinstance(layer, _ENDS_WITH_FUNCTION):
        return _function_of(layer.activation) or _function_behind(output)
    is_theirs = getattr(layer, "__module__", "").partition(".")[0] in ("keras", "tensorflow")
    return getattr(layer, "__name__", "") if is_theirs else ""
