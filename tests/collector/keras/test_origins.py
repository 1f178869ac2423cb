"""Whose units lie along which axis of a tensor, behind one operation after the other."""

from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf

from collector.keras.origins import Origin, Origins

Make = Callable[[Any], Any]
ROW, PICTURE = (2, 6), (2, 4, 4, 6)


def origin_behind(make: Make, shape: tuple[int, ...], origin: Origin | None = None) -> Origin | None:
    """Of what is made of a tensor whose units lie along its last axis."""
    found: list[Origin | None] = []

    def run(given: tf.Tensor) -> None:
        origins = Origins(given, {})
        made = given + 0.0
        if origin is not None:
            origins.put(made, origin)
        found.append(origins.of(make(made)))

    tf.function(run, autograph=False).get_concrete_function(tf.TensorSpec(shape))
    return found[0]


OF_ITSELF: dict[str, Make] = {
    "gated by itself": lambda x: x * tf.sigmoid(x),
    "the larger of two": lambda x: tf.maximum(x, 0.1 * x),
    "divided by itself": lambda x: x / (1 + tf.abs(x)),
    "added": lambda x: x + tf.tanh(x),
    "added up": lambda x: tf.add_n([x, 2 * x, x**2]),
    "added up with a constant": lambda x: tf.add_n([x, tf.ones(ROW)]),
    "what is left": lambda x: x - tf.nn.relu(x),
    "chosen": lambda x: tf.where(x > 0, x, tf.exp(x)),
}


@pytest.mark.parametrize("is_joined", [False, True])
@pytest.mark.parametrize("make", OF_ITSELF.values(), ids=OF_ITSELF)
def test_that_what_is_made_of_the_same_units_value_by_value_has_these_units(make: Make, is_joined: bool) -> None:
    origin = Origin(("a", "b") if is_joined else ("a",), 1, is_joined=is_joined)
    assert origin_behind(make, ROW, origin) == origin


KEEPING: dict[str, tuple[Make, int]] = {
    "pool": (lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), 3),
    "padding of positions": (lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 0], [0, 0]]), 3),
    "resize": (lambda x: tf.image.resize(x, (8, 8)), 3),
    "mean over positions": (lambda x: tf.reduce_mean(x, (1, 2)), 1),
    "mean over positions that stay": (lambda x: tf.reduce_mean(x, (1, 2), keepdims=True), 3),
    "mean counted from the end": (lambda x: tf.reduce_max(x, (-3, -2)), 1),
    "other order": (lambda x: tf.transpose(x, (0, 3, 1, 2)), 1),
    "positions in one row": (lambda x: tf.reshape(x, (2, 16, 6)), 2),
}


@pytest.mark.parametrize(("make", "axis"), KEEPING.values(), ids=KEEPING)
def test_that_the_units_are_where_the_operation_leaves_them(make: Make, axis: int) -> None:
    assert origin_behind(make, PICTURE) == Origin(("input",), axis)


LOSING: dict[str, Make] = {
    "padding of units": lambda x: tf.pad(x, [[0, 0], [0, 0], [0, 0], [1, 0]]),
    "padding of samples": lambda x: tf.pad(x, [[0, 1], [0, 0], [0, 0], [0, 0]]),
    "mean over units": lambda x: tf.reduce_mean(x, 3),
    "mean over samples": lambda x: tf.reduce_mean(x, 0),
    "units in another order": lambda x: x[..., ::-1],
    "product": lambda x: tf.linalg.matmul(x, x, transpose_b=True),
    "unlike shapes added": lambda x: x + tf.reduce_mean(x, (1, 2), keepdims=True),
    "samples in another number": lambda x: tf.reshape(x, (4, 2, 4, 6)),
}


@pytest.mark.parametrize("make", LOSING.values(), ids=LOSING)
def test_that_units_that_an_operation_moves_are_not_known(make: Make) -> None:
    assert origin_behind(make, PICTURE) is None


def test_that_a_picture_laid_out_in_a_row_has_the_units_of_a_position_together() -> None:
    assert origin_behind(lambda x: tf.reshape(x, (2, 96)), PICTURE) == Origin(
        ("input",), 1, block=16, is_interleaved=True
    )
    first = Origin(("input",), 1)
    assert origin_behind(lambda x: tf.reshape(x, (2, 96)), (2, 6, 4, 4), first) == Origin(("input",), 1, block=16)
