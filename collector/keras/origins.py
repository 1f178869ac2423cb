"""What the tensors of a TensorFlow graph hold: whose units lie along which axis.

Operations that are known to leave each unit where it was carry the origin on. Behind any other it is not known,
because an edge to the wrong unit is worse than none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import tensorflow as tf

from collector.keras.layers import INPUT


@dataclass(frozen=True)
class Origin:
    """Whose units lie along one axis of a tensor."""

    stages: tuple[str, ...]
    """One stage; of several, the outputs were added, or concatenated in this order. None at all: a constant."""
    axis: int = 1
    """Sample axis included."""
    block: int = 1
    """Positions of each unit along the axis: more than one where channels were flattened."""
    is_interleaved: bool = False
    """Whether the units of one position lie together, as channels that come last do when they are flattened."""
    is_joined: bool = False
    """Whether the stages were concatenated."""


CONSTANT = Origin(())


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTWISE = _names(
    """
    Relu Relu6 LeakyRelu Elu Selu Softplus Softsign Sigmoid Tanh Softmax LogSoftmax Erf Exp Expm1 Log Log1p
    Neg Abs Sign Sqrt Rsqrt Square Pow Reciprocal ClipByValue Cast Identity StopGradient Snapshot CheckNumerics
    Add AddN AddV2 Sub Mul MulNoNan RealDiv DivNoNan Maximum Minimum BiasAdd FusedBatchNormV3 LRN
    Greater GreaterEqual Less LessEqual Select SelectV2
    """
)
"""Each value of the result comes from the value at its place, perhaps compared with others."""

_POOLS = _names("MaxPool AvgPool MaxPool3D AvgPool3D MaxPoolV2")
_RESIZES = _names("ResizeBilinear ResizeNearestNeighbor ResizeBicubic ResizeArea ScaleAndTranslate")
_PADS = _names("Pad PadV2 MirrorPad")
_REGROUPING = _names("Reshape Squeeze ExpandDims")
_REDUCING = _names("Mean Sum Max")
_ADDING = _names("Add AddV2 Sub AddN")


class Origins:
    """Knows the origin of the tensors of one graph that are made of the network's input.

    Args:
        inputs: the one that the file shows.
        others: name → tensor, where the network takes several.
    """

    def __init__(self, inputs: tf.Tensor, others: Mapping[str, tf.Tensor]) -> None:
        self._known: dict[str, Origin | None] = {}
        self._graph = inputs.graph
        for name, each in {**others, INPUT: inputs}.items():
            self.put(each, Origin((name,), each.shape.rank - 1))

    def put(self, tensor: tf.Tensor, origin: Origin | None) -> None:
        """Say what a tensor holds; None is not known."""
        if tensor.graph is self._graph:
            self._known[tensor.name] = origin

    def of(self, tensor: tf.Tensor) -> Origin | None:
        """What a tensor holds, where that is known."""
        if tensor.graph is not self._graph:
            return None
        if tensor.name not in self._known:
            self._known[tensor.name] = self._derived(tensor)
        return self._known[tensor.name]

    def _derived(self, tensor: tf.Tensor) -> Origin | None:
        given = [(each, self.of(each)) for each in tensor.op.inputs]
        moving = [(each, origin) for each, origin in given if origin != CONSTANT]
        if not moving:
            return CONSTANT
        origins = [origin for _, origin in moving if origin is not None]
        shapes = [_shape(each) for each, _ in moving]
        made = _shape(tensor)
        if len(origins) < len(moving) or made is None or any(shape is None for shape in shapes):
            return None
        return _derive(tensor.op, origins, shapes, made)  # type: ignore[arg-type]


def _shape(tensor: tf.Tensor) -> tuple[int, ...] | None:
    return tuple(tensor.shape) if tensor.shape.is_fully_defined() else None


def _derive(op: Any, origins: list[Origin], shapes: list[tuple[int, ...]], made: tuple[int, ...]) -> Origin | None:
    """The origin of an operation's result, from those of its inputs that are no constants."""
    if op.type == "ConcatV2":
        return _joined(origins, shapes, tf.get_static_value(op.inputs[-1]))
    if len(origins) == 1:
        return _of_one(op, origins[0], shapes[0], made)
    if any(shape != made for shape in shapes):
        return None
    if all(each == origins[0] for each in origins) and op.type in _ELEMENTWISE:
        return origins[0]
    return _added(origins) if op.type in _ADDING else None


def _of_one(op: Any, origin: Origin, shape: tuple[int, ...], made: tuple[int, ...]) -> Origin | None:
    if op.type in _ELEMENTWISE:
        return origin if made == shape else None
    if op.type in _REGROUPING:
        return _regrouped(origin, shape, made)
    if op.type in _REDUCING:
        return _reduced(origin, len(shape), tf.get_static_value(op.inputs[1]), op.get_attr("keep_dims"))
    if op.type == "Transpose":
        order = tf.get_static_value(op.inputs[1])
        return None if order is None else replace(origin, axis=list(order).index(origin.axis))
    is_spatial = len(made) == len(shape) and all(made[axis] == shape[axis] for axis in (0, origin.axis))
    return origin if is_spatial and _leaves_units(op, origin.axis, len(shape)) else None


def _leaves_units(op: Any, axis: int, n_dimensions: int) -> bool:
    """Whether a spatial operation works on other axes than the samples' and the units'."""
    if op.type in _POOLS:
        return bool(op.get_attr("ksize")[axis] == 1)
    if op.type in _PADS:
        sizes = tf.get_static_value(op.inputs[1])
        return sizes is not None and not sizes[axis].any() and not sizes[0].any()
    return op.type in _RESIZES and axis == n_dimensions - 1


def _added(origins: list[Origin]) -> Origin | None:
    """Several outputs of the same units, added."""
    first = origins[0]
    if any(replace(each, stages=first.stages) != first or each.is_joined for each in origins):
        return None
    return replace(first, stages=tuple(dict.fromkeys(stage for each in origins for stage in each.stages)))


def _joined(origins: list[Origin], shapes: list[tuple[int, ...]], axis: Any) -> Origin | None:
    """Several outputs, one after the other along the axis of their units."""
    if axis is None:
        return None
    stages = [stage for each in origins for stage in each.stages]
    is_plain = all(each.axis == int(axis) % len(shapes[0]) and each.block == 1 for each in origins)
    is_ordered = all(len(each.stages) == 1 or each.is_joined for each in origins) and len(set(stages)) == len(stages)
    return Origin(tuple(stages), origins[0].axis, is_joined=True) if is_plain and is_ordered else None


def _regrouped(origin: Origin, shape: tuple[int, ...], made: tuple[int, ...]) -> Origin | None:
    """The same values in the same order under other axes."""
    axis, units = origin.axis, shape[origin.axis]
    if made[:1] != shape[:1]:
        return None
    if axis == len(shape) - 1 and made[-1] == units:
        return replace(origin, axis=len(made) - 1)
    if made[: axis + 1] == shape[: axis + 1]:
        return origin
    if len(made) != 2 or origin.block > 1:
        return None
    if axis == 1:
        return replace(origin, block=prod(shape[2:]))
    return replace(origin, axis=1, block=prod(shape[1:-1]), is_interleaved=True) if axis == len(shape) - 1 else None


def _reduced(origin: Origin, n_dimensions: int, given: Any, keeps: bool) -> Origin | None:
    """A mean over other axes than the samples' and the units'."""
    if given is None:
        return None
    axes: set[int] = {int(axis) % n_dimensions for axis in given.reshape(-1)}
    if not axes or axes & {0, origin.axis}:
        return None
    return origin if keeps else replace(origin, axis=origin.axis - sum(axis < origin.axis for axis in axes))
