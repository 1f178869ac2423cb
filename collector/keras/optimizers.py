"""The optimizers of a Keras model: its own, and those that a training step of the user's own calls besides."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras


def optimizers_of(model: keras.Model) -> list[Any]:
    """The optimizer that the model was compiled with, and any others among its attributes, each once."""
    found = {id(each): each for each in (model.optimizer, *_among(vars(model).values())) if each is not None}
    return list(found.values())


def inner(optimizer: Any) -> Any:
    """What is inside a loss scaling, where there is one; it holds the rate, the moments and the options."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def _among(values: Any) -> Iterator[Any]:
    for each in values:
        inside = each.values() if isinstance(each, Mapping) else each if isinstance(each, list | tuple) else (each,)
        yield from (one for one in inside if isinstance(one, keras.optimizers.Optimizer))
