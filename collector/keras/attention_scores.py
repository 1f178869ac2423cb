"""Where a Keras model attends to something, found in its graph."""

from collections.abc import Iterator
from typing import Any

import keras

_BESIDE = (keras.layers.Softmax, keras.layers.Activation, keras.layers.Dropout)
"""Layers that stand between scores and weights, and do not attend themselves."""

_PRODUCTS = frozenset(("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "MatMul", "Einsum"))
_PASSED_ON = frozenset(("Identity", "Cast", "Reshape", "Transpose", "ExpandDims", "Squeeze", "StopGradient"))


def attention_scores(operations: list[tuple[Any, str]], n_samples: int) -> Iterator[tuple[str, Any]]:
    """Layer → what stands in front of the softmax of its attention, masks included, ``[N, heads, T, S]``.

    A softmax over the last axis is one of an attention if something is multiplied by what it gives.

    Args:
        operations: of a graph, each with the name of the layer that made it.
    """
    for operation, place in operations:
        if operation.type != "Softmax" or not _is_multiplied(operation):
            continue
        scores = operation.inputs[0]
        shape = scores.shape.as_list() if scores.shape.rank is not None else [None]
        if place and None not in shape and shape[0] == n_samples and len(shape) in (3, 4):
            yield place, scores if len(shape) == 4 else scores[:, None]


def attends_itself(layer: Any) -> bool:
    """Whether a layer that makes the softmax of an attention is the one that attends."""
    return not isinstance(layer, _BESIDE)


def _is_multiplied(operation: Any) -> bool:
    following = [each for output in operation.outputs for each in output.consumers()]
    return any(each.type in _PRODUCTS or (each.type in _PASSED_ON and _is_multiplied(each)) for each in following)
