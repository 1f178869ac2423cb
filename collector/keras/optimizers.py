"""The optimizers of a training: those that were given, or the model's own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import keras


class Optimizers:
    """Those that were given; none: the one that the model was compiled with, and any others among its attributes.

    They are looked for each time anew, as a model may be compiled anew while it is trained.
    """

    def __init__(self, model: keras.Model, given: Iterable[Any] = ()) -> None:
        self._model, self._given = model, list(given)

    def __iter__(self) -> Iterator[Any]:
        own = self._given or (optimizer_of(self._model), *_among(vars(self._model).values()))
        yield from {id(each): each for each in own if each is not None}.values()


def optimizer_of(model: keras.Model) -> Any:
    """The one that it was compiled with; None where it was not."""
    return getattr(model, "optimizer", None)


def check_optimizers(given: Any) -> list[Any]:
    """An option's one optimizer, or several in a list or under names.

    Raises:
        ValueError: it is something else.
    """
    several = [] if given is None else [given] if isinstance(given, keras.optimizers.Optimizer) else given
    found = list(_among([dict(several) if isinstance(several, Mapping) else several]))
    if len(found) != len(several):
        raise ValueError(
            f"optimizer is of type {type(given).__name__}; give an optimizer of Keras's, or a list or dict of such"
        )
    return found


def inner(optimizer: Any) -> Any:
    """What is inside a loss scaling, where there is one; it holds the rate, the moments and the options."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def _among(values: Iterable[Any]) -> Iterator[Any]:
    """Those of the values that are optimizers, and those inside of lists and dicts among them."""
    for each in values:
        if isinstance(each, keras.optimizers.Optimizer):
            yield each
        elif isinstance(each, dict | list | tuple):
            inside = each.values() if isinstance(each, dict) else each
            yield from (one for one in inside if isinstance(one, keras.optimizers.Optimizer))
