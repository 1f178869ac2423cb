"""Weights of a file as a model takes them: under its own names, all of them, of the same shapes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from collector.storage.errors import CollectionError

_MOST_NAMED = 3


def fitted(model: nn.Module, weights: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], list[str]]:
    """What `load_state_dict` takes, and the names that the model has no place for.

    A wrapper puts its attribute's name before all others, as ``model.`` in a Lightning module; what the model and the
    file have of that is matched. Of weights that the model ties together a file may hold one.

    Raises:
        CollectionError: weights are missing, or of another shape, in words.
    """
    own = model.state_dict()
    weights = _renamed(own, weights)
    missing = [name for name in own if name not in weights]
    if missing:
        there = {_place(own[name]) for name in own if name in weights}
        missing = [name for name in missing if _place(own[name]) not in there]
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        raise CollectionError(
            path,
            f"has nothing for {', '.join(missing[:_MOST_NAMED])}{more} of {type(model).__name__}.",
            "Give the model that these weights were saved of.",
        )
    other = [name for name in own if name in weights and _shape(own[name]) != _shape(weights[name])]
    if other:
        name = other[0]
        raise CollectionError(
            path,
            f"has {name} of shape {list(_shape(weights[name]) or ())}, and the model {list(_shape(own[name]) or ())}.",
            "Give the model that these weights were saved of.",
        )
    return {name: weights[name] for name in own if name in weights}, [name for name in weights if name not in own]


def _renamed(own: Mapping[str, Any], weights: Mapping[str, Any]) -> Mapping[str, Any]:
    """Under the model's names, where a beginning that all have makes the difference."""
    if not own or any(name in weights for name in own):
        return weights
    first = next(iter(own))
    for name in weights:
        if name.endswith(f".{first}"):  # the file's are longer
            begin = name[: -len(first)]
            return {each.removeprefix(begin): tensor for each, tensor in weights.items()}
    for name in own:
        if any(name.endswith(f".{each}") for each in weights):  # the model's are
            begin = next(name[: -len(each)] for each in weights if name.endswith(f".{each}"))
            return {begin + each: tensor for each, tensor in weights.items()}
    return weights


def _place(value: Any) -> object:
    return (value.data_ptr(), tuple(value.shape)) if isinstance(value, Tensor) and value.numel() else None


def _shape(value: Any) -> tuple[int, ...] | None:
    return tuple(value.shape) if isinstance(value, Tensor) else None
