"""Notices layers of a model that are replaced between two trainings, and weights that no optimizer moves."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from collector.capture.wording import listed
from collector.keras.layers import layers_of, parameters_of
from collector.keras.optimizers import Optimizers, inner
from collector.keras.plan import LayerPlan

GONE = "replaced while the model was trained"


def replacements(model: keras.Model, plans: Sequence[LayerPlan], step: int) -> Iterator[str]:
    """What went and what came since the plans were made or last looked at; a plan of what went is marked as gone.

    Args:
        step: the next one.
    """
    now = layers_of(model)
    known = {id(plan.layer) for plan in plans}
    still = {id(layer): {id(each) for each in parameters_of(layer).values()} for layer in now.values()}
    went = []
    for plan in plans:
        own = {id(each) for each in plan.parameters.values()}
        if not plan.is_gone and own and not own <= still.get(id(plan.layer), set()):
            plan.is_gone = True
            plan.not_recorded |= dict.fromkeys(("activation", *plan.parameters), GONE)
            other = now.get(plan.name)
            instead = "" if other is None or other is plan.layer else f" by {_described(plan.name, other)}"
            went.append(f"{_described(plan.name, plan.layer)}{instead}")
    names = {plan.name for plan in plans}
    came = [
        _described(name, layer)
        for name, layer in now.items()
        if id(layer) not in known and name not in names and parameters_of(layer)
    ]
    if went:
        yield (
            f"Replaced in the model before step {step}: {'; '.join(went[:3])}"
            f"{f'; and {len(went) - 3} more' if len(went) > 3 else ''}. What went is recorded no more, and what came "
            "is not, as the file has no place for it."
        )
    if came:
        yield f"Came into the model before step {step}, and so not recorded: {listed(came)}."


def _described(name: str, layer: Any) -> str:
    """``fc, a Dense of weight [16, 3]``."""
    shapes = [f"{name} {list(each.shape)}" for name, each in parameters_of(layer).items()]
    return f"{name}, a {type(layer).__name__}{f' of {shapes[0]}' if shapes else ''}"


def without_optimizer(
    model: keras.Model, optimizers: Optimizers, plans: Sequence[LayerPlan]
) -> tuple[list[str], set[int]]:
    """Sentences on weights that are trained and in no optimizer, and on optimizers with none; ``id`` of the former.

    Only of optimizers that were made for their weights already, which is known after the first step at the latest.
    """
    made = [each for one in optimizers if (each := inner(one)).built]
    names = {id(each.value): each.path for each in model.trainable_variables}
    names |= {
        id(each.value): f"{plan.name}.{name}"
        for plan in plans
        for name, each in plan.parameters.items()
        if id(each.value) in names
    }
    own = {id(each.value) for each in model.variables}
    held = [{id(each.value) for each in optimizer._trainable_variables} for optimizer in made]
    strange = [optimizer.name for optimizer, keys in zip(made, held, strict=True) if keys and not keys & own]
    told = [f"None of {name}'s weights belongs to the model: what it updates is not recorded." for name in strange]
    missed = set(names).difference(*held) if len(strange) < len(held) else set()
    if missed:
        listing = [name for key, name in names.items() if key in missed]
        told.append(f"{listed(listing)} {'are' if len(listing) > 1 else 'is'} in none of the optimizers.")
    return told, missed
