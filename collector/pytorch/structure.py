"""Notices layers and parameters of a model that are replaced while it learns."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from torch import Tensor, nn

from collector.capture.guard import Guard
from collector.capture.wording import listed
from collector.pytorch.layers import is_layer, parameters_of
from collector.pytorch.modules import modules_of
from collector.pytorch.plan import LayerPlan

GONE = "replaced while the model was trained"

Replaced = dict[Tensor, Tensor | None]
"""Parameter → the one in its place, or None where what came cannot be recorded in its place."""


class Structure:
    """Looks, at each step, whether the model's layers and parameters are still those that the plan was made of.

    What comes in the place of a layer is recorded where it is of the same kind and shapes. What went is not recorded
    any more, whatever comes. Either is noted with its name.

    Args:
        plans: of the layers; they follow what happens.
        guard: is told.
    """

    def __init__(self, model: nn.Module, plans: Sequence[LayerPlan], guard: Guard) -> None:
        self._model = model
        self._plans = plans
        self._guard = guard
        self._take()

    def _take(self) -> None:
        self._modules = modules_of(self._model)
        self._parameters = {name: parameters_of(module) for name, module in self._modules.items()}
        places = (each for module in self._modules.values() for each in (module._modules, module._parameters))
        self._places: list[dict[str, Any]] = [
            each for each in places if isinstance(each, dict)
        ]  # what a script holds cannot be replaced
        self._ids = self._now()

    def _now(self) -> list[int]:
        return list(map(id, chain.from_iterable(map(dict.values, self._places))))

    @property
    def has_changed(self) -> bool:
        """Whether anything is another module or parameter than it was."""
        return self._now() != self._ids

    def follow(self, step: int) -> Replaced:
        """Look at what was replaced before this step, tell it, and let the plans follow."""
        modules, parameters = self._modules, self._parameters
        self._take()
        same: list[str] = []
        other: list[str] = []
        replaced: Replaced = {}
        for plan in self._plans:
            name = next((name for name, module in modules.items() if module is plan.module), None)
            if name is None:  # gone before
                continue
            now = self._modules.get(name)
            before = parameters[name]
            if now is not plan.module and not _is_like(now, plan.module, before):
                came = "" if now is None else f", by a {_described(now)}"
                other.append(f"{plan.name}, a {_described(plan.module, before)}{came}")
                replaced |= dict.fromkeys(before.values())
                plan.not_recorded |= dict.fromkeys(("activation", *before), GONE)
                plan.is_gone = True
                continue
            if now is not None and now is not plan.module:
                plan.module = now
                same.append(plan.name)
            for kind, each in before.items():
                one = self._parameters[name].get(kind)
                full = f"{plan.name}.{kind}"
                if one is not None and one is not each and one.shape == each.shape:
                    replaced[each] = one
                    same += [full] * (plan.name not in same)
                elif one is not each:
                    replaced[each] = None
                    plan.not_recorded[kind] = GONE
                    other.append(_told(full, each, one, getattr(now, kind, None)))
        # One that is still there under another name goes on as it was.
        still = {each for own in self._parameters.values() for each in own.values()}
        replaced = {each: one for each, one in replaced.items() if one is not None or each not in still}
        self._tell(step, same, other, list(self._came(modules)))
        return replaced

    def _came(self, before: Mapping[str, nn.Module]) -> Iterator[str]:
        """Layers under names that no layer had."""
        for name, module in self._modules.items():
            if name not in before and is_layer(module) and parameters_of(module):
                yield f"{name}, a {_described(module)}"

    def _tell(self, step: int, same: list[str], other: list[str], came: list[str]) -> None:
        if same:
            self._guard.say(
                f"Replaced in the model before step {step}, and recorded from there on as what came in the place: "
                f"{listed(same)}."
            )
        if other:
            self._guard.say(
                f"Replaced in the model before step {step}: {'; '.join(other[:3])}"
                f"{f'; and {len(other) - 3} more' if len(other) > 3 else ''}. What went is recorded no more, and what "
                "came is not, as it is of another kind or shape."
            )
        if came:
            self._guard.say(f"Came into the model before step {step}, and so not recorded: {listed(came)}.")


def _told(name: str, before: Tensor, now: Tensor | None, attribute: object) -> str:
    if now is not None:
        return f"{name}, {list(before.shape)}, by one of {list(now.shape)}"
    return f"{name}, by what is computed from other parameters" if isinstance(attribute, Tensor) else name


def _is_like(now: nn.Module | None, before: nn.Module, parameters: Mapping[str, Tensor]) -> bool:
    if type(now) is not type(before) or now is None:
        return False
    shapes = {name: each.shape for name, each in parameters_of(now).items()}
    return shapes == {name: each.shape for name, each in parameters.items()}


def _described(module: nn.Module, parameters: Mapping[str, Tensor] | None = None) -> str:
    """``Linear of weight [3, 16]``."""
    own = parameters_of(module) if parameters is None else parameters
    shapes = [f"{name} {list(each.shape)}" for name, each in own.items()]
    return f"{type(module).__name__}{f' of {shapes[0]}' if shapes else ''}"
