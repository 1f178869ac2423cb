"""Notices optimizers that nobody named, and that update the model all the same."""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakMethod, WeakSet, finalize

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_pre_hook

from collector.capture.guard import Guard
from collector.capture.wording import listed
from collector.pytorch.optimizers import backward_under_way, kinds_of, parameters_of
from collector.pytorch.uncompiled import uncompiled

PATIENCE = 20
"""After so many updates by one that nobody named, and none by the others, it is watched in their place."""

FURTHER = (
    "A further optimizer, {name}, updates {parameters}: its updates are no steps, and the gradients recorded there are "
    "those of the moment when {known} steps. To record both, give both: Collector(model, [first, second], …)."
)


class UnknownOptimizers:
    """Looks at every update that any optimizer makes.

    One that updates parameters of a watched optimizer has replaced it, or all, where those update nothing of the model.
    One that updates other parameters of the model is a further one, which is said; it replaces the others where only it
    goes on.

    Args:
        model: whose parameters matter.
        replace: is given those that were replaced, and what replaces them.
        join: is given one that updates the model within a backward pass.
        guard: wraps what may fail on our side, and is told what is found.

    Attributes:
        known: the optimizers that are watched, by `id`.
        under_way: that of them which is making an update, to which the updates inside it belong.
        n_unknown: updates in a row by others.
        further: others that have updated the model.
    """

    def __init__(
        self,
        model: nn.Module,
        replace: Callable[[Sequence[Any], Any], None],
        join: Callable[[Any], None],
        guard: Guard,
    ) -> None:
        self._model = model
        self._parameters = dict(model.named_parameters(remove_duplicate=False))
        self._replace = replace
        self._join = join
        self._guard = guard
        self.known: dict[int, Any] = {}
        self.under_way: Any = None
        self.n_unknown = 0
        self._foreign: WeakSet[Optimizer] = WeakSet()
        """Those of other models."""
        self.further: WeakSet[Optimizer] = WeakSet()
        before_any = WeakMethod(self._before_any)  # what all optimizers know must not keep a model that is given up
        self._hook = register_optimizer_step_pre_hook(
            uncompiled(lambda *given: call(*given) if (call := before_any()) else None)
        )
        finalize(self, self._hook.remove)

    def close(self) -> None:
        """Leave no hook behind."""
        self._hook.remove()

    def _before_any(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.under_way is not None or id(optimizer) in self.known or optimizer in self._foreign:
            return
        with self._guard.quick("looking at an optimizer that was not named"):
            self._look_at(optimizer)

    def _look_at(self, optimizer: Optimizer) -> None:
        self.n_unknown += 1
        if optimizer in self.further and self.n_unknown < PATIENCE:
            return
        own = parameters_of(optimizer)
        names = self._names()
        replaced = [each for each in self.known.values() if not own.isdisjoint(parameters_of(each))]
        if not replaced and self._known_are_of_others() and not own.isdisjoint(self._model.parameters()):
            replaced = list(self.known.values())
        known = " and ".join(type(each).__name__ for each in replaced or self.known.values())
        if not replaced and own.isdisjoint(names):
            self._foreign.add(optimizer)
            self.n_unknown -= 1
        elif not replaced and optimizer not in self.further and backward_under_way() is not None:
            self._join(optimizer)
        elif not replaced and self.n_unknown < PATIENCE:
            self._tell_further([optimizer], known)
        else:
            replaced = replaced or list(self.known.values())
            before = {each for old in replaced for each in parameters_of(old)}
            self.n_unknown = 0
            self._replace(replaced, optimizer)
            self._guard.say(self._told(type(optimizer).__name__, known, names, before, own))

    def _known_are_of_others(self) -> bool:
        """Whether none of those that are watched updates the model as it is now."""
        now = set(self._model.parameters())
        return all(now.isdisjoint(parameters_of(each)) for each in self.known.values())

    def leave_out(self, joined: Sequence[Optimizer]) -> None:
        """Those that joined in a backward pass are further ones, as none that is known steps there."""
        if joined:
            self._tell_further(joined, " and ".join(type(each).__name__ for each in self.known.values()))

    def tell_joined(self, joined: Sequence[Optimizer], known: Any) -> None:
        """Those that joined step within the backward pass, as one that is known does."""
        self._guard.remark(
            f"Optimizers that were not named update {listed(self._updated_by(joined))} within the backward pass, as "
            f"{type(known).__name__} does: each such pass is one step of all of them."
        )

    def _tell_further(self, optimizers: Sequence[Optimizer], known: str) -> None:
        for each in optimizers:
            self.further.add(each)
        parameters = listed(self._updated_by(optimizers))
        self._guard.say(FURTHER.format(name=kinds_of(optimizers), parameters=parameters, known=known))

    def _updated_by(self, optimizers: Sequence[Optimizer]) -> list[str]:
        own = {parameter for each in optimizers for parameter in parameters_of(each)}
        return [name for each, name in self._names().items() if each in own]

    def _names(self) -> dict[Tensor, str]:
        """Parameter → name, of those that the model had when the run began too."""
        at_first, now = self._parameters.items(), self._model.named_parameters()
        return {each: name for name, each in (*at_first, *now)}

    def _told(self, name: str, known: str, names: dict[Tensor, str], before: set[Tensor], own: set[Tensor]) -> str:
        """What has changed with the optimizer, in words."""
        text = f"The optimizer {name} has taken the place of {known}, and is followed from here on."
        at_first, now = set(self._parameters.values()), set(self._model.parameters())
        for found, words in (
            ((own - before) & at_first, "It updates, as the other did not, {}."),
            ((before - own) & now, "It no longer updates {}."),
        ):
            if shown := [name for each, name in names.items() if each in found]:
                text += " " + words.format(listed(shown))
        return text
