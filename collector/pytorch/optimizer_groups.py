"""Which parameters the optimizers have, in groups, and with what options."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from torch import Tensor, nn

from collector.pytorch.optimizer_coverage import hidden_layers
from collector.pytorch.optimizers import groups_of
from collector.storage.schema import OptimizersRecord, Option, ParameterGroup

MOST_GROUPS = 64
"""More groups, as of an optimizer for each parameter, are told as one for each set of options."""

_NOT_TOLD = frozenset(("params", "lr", "initial_lr", "foreach", "fused", "capturable", "differentiable", "param_names"))


def optimizers_record(
    step: int, model: nn.Module, optimizers: Sequence[Any], updated_by_others: Collection[Tensor] = ()
) -> OptimizersRecord:
    """Who updates what from this step on.

    Args:
        updated_by_others: what optimizers that were not named are known to update.
    """
    names = {each: name for name, each in model.named_parameters()}
    groups, held = [], set(updated_by_others)
    for number, optimizer in enumerate(optimizers):
        for place, group in enumerate(groups_of(optimizer)):
            held.update(group["params"])
            own = [names[each] for each in group["params"] if each in names]
            rate = rate_name(number, place)
            groups.append(ParameterGroup(own, type(optimizer).__name__, number, rate, options_of(group)))
    return OptimizersRecord(
        step,
        groups if len(groups) <= MOST_GROUPS else _merged(groups),
        in_none=[name for each, name in names.items() if each.requires_grad and each not in held],
        frozen=[name for each, name in names.items() if not each.requires_grad],
        unregistered=list(hidden_layers(model)),
    )


@cache
@cache
def rate_name(number: int, place: int) -> str:
    """``learning_rate``, ``learning_rate/group1``, ``learning_rate/optimizer1 group1``."""
    words = [f"optimizer{number}"] * (number > 0) + [f"group{place}"] * (place > 0)
    return "/".join(filter(None, ("learning_rate", " ".join(words))))


def options_of(group: Mapping[str, Any]) -> dict[str, Option]:
    """Numbers and switches of a group; of the two ``betas`` each by itself, as ``beta1``."""
    options: dict[str, Option] = {}
    for name, value in group.items():
        if name == "betas" and isinstance(value, tuple | list):
            options |= {f"beta{n}": float(each) for n, each in enumerate(value, 1) if isinstance(each, float | int)}
        elif name not in _NOT_TOLD and isinstance(value, bool | int | float):
            options[str(name)] = value
    return options


def _merged(groups: Sequence[ParameterGroup]) -> list[ParameterGroup]:
    merged: dict[tuple[Any, ...], ParameterGroup] = {}
    for group in groups:
        key = group.optimizer, *group.options.items()
        if key in merged:
            merged[key].parameters += group.parameters
        else:
            merged[key] = group
    return list(merged.values())
