"""What the model is given in training, held on to until it is known whether it has to be looked at."""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from collector.pytorch.layers import unwrapped

_SLOT = "_compiled_call_impl"
"""Where `nn.Module` looks for another way of being called, as `nn.Module.compile` gives it one. A module's hooks are
copied, pickled and scripted with it; this is left out of all of that."""
MOST_BYTES = 64 * 2**20
"""Of a step's earlier calls so much is held at most; the last one is held always."""


class StepInputs:
    """Sees the arguments of each call of a model that gradients may follow. They are not looked at here.

    Args:
        model: as it is called in training: with what wraps it.
        step: number of the step under way.
    """

    def __init__(self, model: nn.Module, step: Callable[[], int]) -> None:
        self._model = model
        self._step = step
        self._held: list[dict[str, Tensor]] = []
        self._of = -1
        self.before: Callable[..., Any] | None = vars(model).get(_SLOT)
        """The way of being called that the model had already, as of `nn.Module.compile`."""
        self._names: list[str] | None = None
        if not isinstance(model, torch.jit.ScriptModule):
            vars(model)[_SLOT] = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        called = self._model
        if not torch.compiler.is_compiling():
            # A replica, as of `nn.DataParallel`, has what its model has, and is another module.
            called = sys._getframe(1).f_locals.get("self", called)
            if called is self._model and torch.is_grad_enabled():
                self.hold(self._named(args) | kwargs)
        return self.before(*args, **kwargs) if self.before else called._call_impl(*args, **kwargs)

    def hold(self, inputs: Mapping[str, Any]) -> None:
        """Hold on to what the step under way is given: name → tensor, or a structure with tensors in it."""
        step = self._step()
        if step != self._of:
            self._of, self._held = step, []
        while self._held and sum(each.nbytes for call in self._held for each in call.values()) > MOST_BYTES:
            del self._held[0]
        own = {name: list(_tensors_in(value)) for name, value in inputs.items()}
        self._held.append({
            name if len(each) == 1 else f"{name}[{number}]": tensor.detach()
            for name, each in own.items() for number, tensor in enumerate(each)
        })  # fmt: skip

    def not_finite(self, step: int) -> dict[str, int] | None:
        """Argument → how many of its values are NaN or Inf; None where no input of this step is held."""
        if step != self._of or not self._held:
            return None
        counts: dict[str, int] = {}
        for call in self._held:
            for name, tensor in call.items():
                counts[name] = counts.get(name, 0) + int((~torch.isfinite(tensor)).sum())
        return counts

    def close(self) -> None:
        """Let go of the model and of what it was given."""
        self._held = []
        if vars(self._model).get(_SLOT) is self:
            del vars(self._model)[_SLOT]
            if self.before:
                vars(self._model)[_SLOT] = self.before

    def _named(self, args: tuple[Any, ...]) -> dict[str, Any]:
        if self._names is None:
            parameters = inspect.signature(unwrapped(self._model).forward).parameters.values()
            self._names = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        names = self._names + [f"input {number}" for number in range(len(self._names), len(args))]
        return dict(zip(names, args, strict=False))


def _tensors_in(value: Any, depth: int = 4) -> Iterator[Tensor]:
    """Those that can hold NaN."""
    if isinstance(value, Tensor):
        if value.is_floating_point() or value.is_complex():
            yield value
    elif depth and isinstance(value, Mapping):
        for each in value.values():
            yield from _tensors_in(each, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for each in value:
            yield from _tensors_in(each, depth - 1)
