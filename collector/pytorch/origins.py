"""What the results of torch's functions hold, from what their arguments hold.

Functions that are known to leave each unit where it was carry the origin on. Behind any other it is not known,
because an edge to the wrong unit is worse than none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import torch


@dataclass(frozen=True)
class Origin:
    """Whose units lie along one axis of a tensor."""

    stages: tuple[str, ...]
    """One stage; of several, the outputs were added, or concatenated in this order."""
    axis: int = 1
    """Sample axis included."""
    block: int = 1
    """Positions of each unit along the axis: more than one where channels were flattened."""
    is_joined: bool = False
    """Whether the stages were concatenated."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTWISE = _names(
    """
    relu leaky_relu prelu rrelu elu selu celu gelu silu mish sigmoid tanh hardtanh relu6 hardswish hardsigmoid
    softplus softsign tanhshrink hardshrink softshrink logsigmoid threshold softmax log_softmax softmin
    dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout
    batch_norm instance_norm layer_norm group_norm rms_norm local_response_norm normalize
    add sub mul div true_divide rsub neg abs exp log sqrt square pow clamp clip
    clamp_min clamp_max special_expit
    clone contiguous detach to float half double bfloat16 type
    """
)
"""Each value of the result comes from the value at its place, perhaps compared with others."""

_SPATIAL = _names(
    """
    max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d
    adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d
    interpolate upsample pad
    """
)
"""Each channel of the result comes from the channel of its number, if there are as many."""

_REGROUPING = _names("flatten view reshape squeeze unsqueeze unflatten view_as reshape_as")
"""The values stay in their order; only the axes change."""

_REDUCING = _names("mean sum amax")
_ADDING = _names("add sub rsub")
_JOINING = _names("cat concat concatenate")


def derived(
    name: str,
    origins: list[Origin],
    shapes: list[torch.Size],
    made: torch.Size,
    args: Sequence[Any],
    kwargs: dict[str, Any],
) -> Origin | None:
    """The origin of a function's result, from those of its arguments."""
    if name in _JOINING:
        return _joined(origins, shapes, args, kwargs)
    origin, shape = origins[0], shapes[0]
    if len(origins) > 1:
        is_sum = name in _ADDING and all(each == shape for each in shapes)
        return _added(origins) if is_sum and made == shape else None
    if name in _ELEMENTWISE:
        return origin if made == shape else None
    if name in _SPATIAL:
        is_known = origin.axis == 1 and made[:2] == shape[:2] and _leaves_channels(name, shape, args, kwargs)
        return origin if is_known else None
    if name in _REGROUPING:
        return _regrouped(origin, shape, made)
    return _reduced(origin, shape, args, kwargs) if name in _REDUCING else None


def _added(origins: list[Origin]) -> Origin | None:
    """Several outputs of the same units, added."""
    first = origins[0]
    if any(replace(each, stages=first.stages) != first or each.is_joined for each in origins):
        return None
    stages = tuple(dict.fromkeys(stage for each in origins for stage in each.stages))
    return replace(first, stages=stages)


def _joined(
    origins: list[Origin], shapes: list[torch.Size], args: Sequence[Any], kwargs: dict[str, Any]
) -> Origin | None:
    """Several outputs, one after the other along the axis of their units."""
    axis = kwargs.get("dim", args[1] if len(args) > 1 else 0)
    stages = [stage for each in origins for stage in each.stages]
    is_plain = all(each.axis == axis % len(shapes[0]) and each.block == 1 for each in origins)
    is_ordered = all(len(each.stages) == 1 or each.is_joined for each in origins) and len(set(stages)) == len(stages)
    return Origin(tuple(stages), origins[0].axis, is_joined=True) if is_plain and is_ordered else None


def _leaves_channels(name: str, shape: torch.Size, args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Whether a spatial operation works on the axes behind the channels only."""
    if name == "pad":
        return len(kwargs.get("pad", args[1] if len(args) > 1 else ())) <= 2 * (len(shape) - 2)
    # A picture without an axis of samples would have its channels where a sequence has its positions.
    return not name.endswith("d") or len(shape) == 2 + int(name[-2])


def _regrouped(origin: Origin, shape: torch.Size, made: torch.Size) -> Origin | None:
    axis = origin.axis
    if len(made) <= axis or made[:axis] != shape[:axis]:
        return None
    if made[axis] == shape[axis]:
        return origin
    is_flat = len(made) == axis + 1 and made[axis] == prod(shape[axis:])
    return replace(origin, block=origin.block * prod(shape[axis + 1 :])) if is_flat else None


def _reduced(origin: Origin, shape: torch.Size, args: Sequence[Any], kwargs: dict[str, Any]) -> Origin | None:
    """A mean over other axes than the samples' and the units'."""
    given = kwargs.get("dim", args[1] if len(args) > 1 else None)
    axes = {axis % len(shape) for axis in ((given,) if isinstance(given, int) else given or ())}
    if not axes or axes & {0, origin.axis}:
        return None
    keeps = kwargs.get("keepdim", args[2] if len(args) > 2 else False)
    return origin if keeps else replace(origin, axis=origin.axis - sum(axis < origin.axis for axis in axes))
