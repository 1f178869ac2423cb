"""Notices optimizers that nobody named, and that update the model all the same."""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakMethod, WeakSet, finalize

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_pre_hook

from collector.capture.guard import Guard
from collector.capture.words import listed

PATIENCE = 20
"""After so many updates by one that nobody named, and none by the others, it is watched in their place."""

FURTHER = (
    "A further optimizer, {name}, updates {parameters}: its updates are no steps, and the gradients recorded there are "
    "those of the moment when {known} steps. To record both, give both: Collector(model, [first, second], …)."
)


class StrangeOptimizers:
    """Looks at every update that any optimizer makes.

    One that updates parameters of a watched optimizer has replaced it. One that updates other parameters of the model
    is a further one, which is said; it replaces the others where only it goes on.

    Args:
        model: whose parameters matter.
        replace: is given those that were replaced, and what replaces them.
        guard: wraps what may fail on our side, and is told what is found.

    Attributes:
        known: the optimizers that are watched.
        under_way: that of them which is making an update, to which the updates inside it belong.
        n_unknown: updates in a row by others.
    """

    def __init__(
        self, model: nn.Module, replace: Callable[[Sequence[Optimizer], Optimizer], None], guard: Guard
    ) -> None:
        self._model = model
        self._parameters = dict(model.named_parameters(remove_duplicate=False))
        self._replace = replace
        self._guard = guard
        self.known: Sequence[Optimizer] = ()
        self.under_way: Optimizer | None = None
        self.n_unknown = 0
        self._foreign: WeakSet[Optimizer] = WeakSet()
        """Those of other models."""
        self._further: WeakSet[Optimizer] = WeakSet()
        before_any = WeakMethod(self._before_any)  # what all optimizers know must not keep a model that is given up
        self._hook = register_optimizer_step_pre_hook(lambda *given: call(*given) if (call := before_any()) else None)
        finalize(self, self._hook.remove)

    def close(self) -> None:
        """Leave no hook behind."""
        self._hook.remove()

    def _before_any(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.under_way is not None or any(optimizer is each for each in self.known) or optimizer in self._foreign:
            return
        with self._guard("looking at an optimizer that was not named"):
            self._look_at(optimizer)

    def _look_at(self, optimizer: Optimizer) -> None:
        self.n_unknown += 1
        if optimizer in self._further and self.n_unknown < PATIENCE:
            return
        own = parameters_of(optimizer)
        at_first, now = self._parameters.items(), self._model.named_parameters()
        names: dict[Tensor, str] = {each: name for name, each in (*at_first, *now)}
        replaced = [each for each in self.known if not own.isdisjoint(parameters_of(each))]
        known = " and ".join(type(each).__name__ for each in replaced or self.known)
        if not replaced and own.isdisjoint(names):
            self._foreign.add(optimizer)
            self.n_unknown -= 1
        elif not replaced and self.n_unknown < PATIENCE:
            self._further.add(optimizer)
            parameters = listed([names[each] for each in names if each in own])
            self._guard.say(FURTHER.format(name=type(optimizer).__name__, parameters=parameters, known=known))
        else:
            replaced = replaced or list(self.known)
            before = {each for old in replaced for each in parameters_of(old)}
            self.n_unknown = 0
            self._replace(replaced, optimizer)
            self._guard.say(self._told(type(optimizer).__name__, known, names, before, own))

    def _told(self, name: str, known: str, names: dict[Tensor, str], before: set[Tensor], own: set[Tensor]) -> str:
        """What has changed with the optimizer, in words."""
        text = f"The optimizer {name} has taken the place of {known}, and is followed from here on."
        at_first = set(self._parameters.values())
        for found, words in (
            ((own - before) & at_first, "It updates, as the other did not, {}."),
            (before - own, "It no longer updates {}."),
            (own - at_first, "Not in the model when the run began, and so not recorded: {}."),
        ):
            if shown := [name for each, name in names.items() if each in found]:
                text += " " + words.format(listed(shown))
        return text


def parameters_of(optimizer: Optimizer) -> set[Tensor]:
    """All that an optimizer updates."""
    return {each for group in optimizer.param_groups for each in group["params"]}
