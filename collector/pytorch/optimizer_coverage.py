"""Who updates what: parameters without an optimizer, optimizers without a parameter, layers outside of the model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from collector.capture.guard import Guard
from collector.capture.wording import listed
from collector.pytorch.optimizers import groups_of, parameters_of
from collector.pytorch.unreadable_models import is_of_keras

_OF_TORCH = frozenset(vars(nn.Module()))
"""Attributes of a module in which torch keeps what belongs to it."""


class OptimizerCoverage:
    """Says, from the parameters themselves, which of them nobody updates and which optimizers update none of them.

    Args:
        model: whose parameters are meant.
        guard: is told.
    """

    def __init__(self, model: nn.Module, guard: Guard) -> None:
        self._model = model
        self._guard = guard
        self._held: set[Tensor] = set()
        self._n_held = 0
        self._told: set[str] = set()

    def begin(self, optimizers: Sequence[Any]) -> None:
        """Look at what is sure when a run begins."""
        self.remember(optimizers)
        own = set(self._model.parameters())
        for optimizer in optimizers if any(each.requires_grad for each in own) else ():
            held = parameters_of(optimizer)
            if held and own.isdisjoint(held):
                name = type(optimizer).__name__
                self._guard.say(f"None of {name}'s parameters belongs to the model: what it updates is not recorded.")
        if hidden := list(hidden_layers(self._model)):
            self._guard.say(
                f"{listed(hidden)} {_are(hidden)} kept in a plain list or dict, and so no part of the model: neither "
                "recorded nor found by model.parameters(). torch.nn.ModuleList and ModuleDict make them a part of it."
            )

    def look(self, optimizers: Sequence[Any], updated_by_others: Iterable[Tensor], *, is_said: bool = False) -> None:
        """Look for parameters that no optimizer holds, which others may hold that were seen at work.

        Args:
            is_said: whether it has been told elsewhere what they hold.
        """
        held = self._held.union(updated_by_others)
        own = _names(self._model)
        if held.isdisjoint(own) and any(parameters_of(each) for each in optimizers):
            return  # which has been said of the optimizers
        missed = [name for each, name in own.items() if each.requires_grad and each not in held]
        new = [name for name in missed if name not in self._told]
        self._told = set(missed)
        if new and self._held and not is_said:
            self._guard.say(f"{listed(new)} {_are(new)} in none of the optimizers.")

    def has_changed(self, optimizers: Sequence[Any]) -> bool:
        """Whether the optimizers hold another number of parameters than when they were last looked at."""
        return _count(optimizers) != self._n_held

    def follow(self, optimizers: Sequence[Any], step: int) -> None:
        """Tell what the optimizers were given, or gave up, since they were last looked at."""
        before = self._held
        self.remember(optimizers)
        names = _names(self._model)
        given = [name for each, name in names.items() if each in self._held and each not in before]
        if given:
            self._guard.remark(f"From step {step} on {listed(given)} {_are(given)} updated by an optimizer.")
        if foreign := len(self._held - before - names.keys()):
            what = "a parameter that is" if foreign == 1 else f"{foreign} parameters that are"
            self._guard.say(f"From step {step} on an optimizer also updates {what} not the model's, and not recorded.")

    def remember(self, optimizers: Sequence[Any]) -> None:
        """What they hold now is known, and said elsewhere."""
        self._held = {parameter for each in optimizers for parameter in parameters_of(each)}
        self._n_held = _count(optimizers)


def hidden_layers(model: nn.Module) -> Iterator[str]:
    """Names of modules with parameters to be trained that lie in lists and dicts which torch does not look into.

    Keras holds its layers in lists, and gives torch their parameters itself.
    """
    inside = set(model.modules())
    for name, module in model.named_modules():
        for attribute, value in () if is_of_keras(module) else vars(module).items():
            if attribute not in _OF_TORCH:
                for place, each in _parts(value):
                    if each not in inside and any(one.requires_grad for one in each.parameters()):
                        yield f"{name}.{attribute}.{place}".lstrip(".")


def _parts(value: Any) -> Iterator[tuple[str, nn.Module]]:
    """Place → module, of those in a list, tuple or dict, one within another at most."""
    if isinstance(value, Mapping | list | tuple):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for place, each in parts:
            if isinstance(each, nn.Module):
                yield str(place), each
            elif isinstance(each, list | tuple):
                yield from ((f"{place}.{n}", one) for n, one in enumerate(each) if isinstance(one, nn.Module))


def _names(model: nn.Module) -> dict[Tensor, str]:
    return {each: name for name, each in model.named_parameters()}


def _count(optimizers: Sequence[Any]) -> int:
    return sum(len(group["params"]) for each in optimizers for group in groups_of(each))


def _are(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"
