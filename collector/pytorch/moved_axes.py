"""Where an axis of a tensor is in what a torch function makes of it: of the units, and of the samples."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

MOVING = frozenset(
    (
        *("transpose", "swapaxes", "swapdims", "permute", "movedim", "moveaxis", "t", "T", "mT"),
        *("getitem", "select", "narrow", "squeeze", "unsqueeze", "unbind"),
    )
)
"""Functions that move, remove and add axes, and leave each of the others as it is, or make it shorter."""

_REDUCING = frozenset(["flatten", "mean", "sum", "amax", "amin"])
_RECURRENT = frozenset(["lstm", "gru", "rnn_tanh", "rnn_relu"])

_MARK = 7919
"""Stands for the length of the axis that is looked for: no other is as long by chance."""


def moved_axis(
    function: Callable[..., Any],
    axis: int,
    shape: Sequence[int],
    place: int,
    args: Sequence[Any],
    kwargs: dict[str, Any],
) -> int | None:
    """Where an axis of the first argument is in the result, as the function itself tells; None where it is not whole.

    Args:
        axis: in the first argument.
        shape: of that argument.
        place: of the result, where there are several.
    """
    marked = [*shape]
    try:
        marked[axis] = _MARK
        result = function(torch.empty(marked, device="meta"), *args[1:], **kwargs)
        found = result[place] if isinstance(result, tuple | list) else result
    except Exception:  # noqa: BLE001 - whatever comes of another length
        return None
    return list(found.shape).index(_MARK) if _MARK in found.shape else None


def sample_axis(
    function: Callable[..., Any],
    name: str,
    axis: int,
    shape: Sequence[int],
    made: Sequence[int],
    place: int,
    args: Sequence[Any],
    kwargs: dict[str, Any],
) -> int | None:
    """The axis of the samples in a function's result; None where they have none.

    Args:
        name: of the function.
        made: shape of the result.
        axis, shape, place: see `moved_axis`.
    """
    n_samples = shape[axis]
    if name in _RECURRENT and place:  # the states, which have an axis of layers in front
        return 1 if len(made) == 3 and made[1] == n_samples else None
    if name in MOVING or name in _REDUCING:
        found = moved_axis(function, axis, shape, place, args, kwargs)
        if found is not None and made[found] == n_samples:
            return found
    return next((each for each in (axis, 0) if each < len(made) and made[each] == n_samples), None)
