"""What stands in for things that cannot be put back, while a model runs and nobody is to notice."""

import copy
import functools
import gc
import warnings
from collections.abc import Callable, Iterator
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any

from torch import Tensor

_CACHED = type(functools.lru_cache(lambda: None))
_GENERATORS = (GeneratorType, CoroutineType, AsyncGeneratorType)


class NotToBeCopiedError(Exception):
    """Something holds its state in a place that cannot be seen."""


def substitute(value: Any) -> Any:
    """What is used in a run instead of ``value``, which then stays as it is; most things stand for themselves.

    Raises:
        NotToBeCopiedError: what a run changes of it could not be put back.
    """
    if isinstance(value, Tensor):  # of a graph: a run may cut it off in place
        return value if value.is_leaf else value.detach().clone()
    kind = type(value)
    if kind is _CACHED:
        return _uncached(value)
    if kind in _GENERATORS:
        raise NotToBeCopiedError("a generator")
    if kind.__module__ in ("builtins", "itertools") and isinstance(value, Iterator):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                return copy.deepcopy(value)
        except Exception:  # noqa: BLE001 - it iterates over anything
            raise NotToBeCopiedError(f"an iterator of type {kind.__name__}") from None
    return value


@functools.lru_cache(4096)
def may_have_substitute(kind: Any) -> bool:
    """Whether something of this type may be stood in for."""
    is_iterator = kind.__module__ in ("builtins", "itertools") and issubclass(kind, Iterator)
    return is_iterator or issubclass(kind, (Tensor, _CACHED, *_GENERATORS))


def entries_of(cached: Any) -> dict[Any, Any]:
    """What a function of ``functools.cache`` remembers, as its own dict; empty where it cannot be seen."""
    if cached.cache_parameters()["maxsize"] is not None:  # the values are within links that cannot be seen
        return {}
    return next((each for each in gc.get_referents(cached) if type(each) is dict), {})


def _uncached(cached: Any) -> Callable[..., Any]:
    """The function, which knows what ``functools.cache`` remembers and leaves nothing new there."""
    entries, made = entries_of(cached), dict[Any, Any]()

    @functools.wraps(cached.__wrapped__)
    def call(*args: Any, **kwargs: Any) -> Any:
        key: Any = args[0] if len(args) == 1 and type(args[0]) in (int, str) else args
        if kwargs:
            key = functools._make_key(args, kwargs, typed=False)
        elif key in entries:
            return entries[key]
        if key not in made:
            made[key] = cached.__wrapped__(*args, **kwargs)
        return made[key]

    return call
