"""Whoever is told when an optimizer's step begins and ends, also of optimizers without torch's hooks."""

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from types import MethodType
from typing import Any

import torch
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from collector.pytorch.closures import Arguments
from collector.pytorch.uncompiled import uncompiled

Before = Callable[[Any, tuple[Any, ...], dict[str, Any]], Arguments | None]
After = Callable[[Any, tuple[Any, ...], dict[str, Any]], None]


def hook_step(optimizer: Any, before: Before, after: After) -> Callable[[], None]:
    """Call ``before`` and ``after`` around each step of an optimizer, outside of what `torch.compile` compiles.

    Returns:
        What ends it.

    Raises:
        AttributeError: the optimizer has no hooks, and its step cannot be replaced.
    """
    if has_hooks(optimizer):
        # A hook that is not to be compiled costs no graph: torch's own step breaks it at the same place.
        hooks = [
            optimizer.register_step_pre_hook(uncompiled(before)),
            optimizer.register_step_post_hook(uncompiled(after)),
        ]
        return partial(_remove, hooks)
    return HookedStep(optimizer, before, after).close


def _remove(hooks: Sequence[RemovableHandle]) -> None:
    for hook in hooks:
        hook.remove()


def has_hooks(optimizer: Any) -> bool:
    """Whether torch calls this optimizer's hooks: not where a class never called ``super().__init__()``."""
    is_set_up = isinstance(optimizer, Optimizer) and "_optimizer_step_pre_hooks" in vars(optimizer)
    return is_set_up and getattr(type(optimizer).step, "hooked", False)


class HookedStep:
    """Stands in the place of an optimizer's `step`, as an attribute of the object, and calls it.

    Args:
        after: also called where the step failed, if ``is_sure``.

    Raises:
        AttributeError: the optimizer has no place for it.
    """

    def __init__(self, optimizer: Any, before: Before, after: After, *, is_sure: bool = False) -> None:
        self._optimizer, self._before, self._after, self._is_sure = optimizer, before, after, is_sure
        self._step = optimizer.step
        self._was_own = "step" in vars(optimizer)
        self._is_open = True
        update_wrapper(self, self._step)
        optimizer.step = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._is_open or torch.compiler.is_compiling():
            return self._step(*args, **kwargs)
        given = self._before(self._optimizer, (self._optimizer, *args), kwargs)
        args, kwargs = (args, kwargs) if given is None else (given[0][1:], given[1])
        is_done = False
        try:
            result = self._step(*args, **kwargs)
            is_done = True
        finally:
            if is_done or self._is_sure:
                self._after(self._optimizer, (self._optimizer, *args), kwargs)
        return result

    def close(self) -> None:
        """Put the step back; where somebody has put another around this one, it goes on as if it were not there."""
        self._is_open = False
        if vars(self._optimizer).get("step") is self:
            if self._was_own:
                self._optimizer.step = self._step
            else:
                del self._optimizer.step

    @property
    def __func__(self) -> Callable[..., Any]:
        """As methods have it: a schedule of the rate wraps this."""
        return lambda optimizer, *args, **kwargs: self(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "_step":
            raise AttributeError(name)
        return getattr(self._step, name)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy of the optimizer is not watched."""
        return _own_step, (self._optimizer, type(self._optimizer).step)


def _own_step(optimizer: Any, step: Callable[..., Any]) -> Any:
    return MethodType(step, optimizer)
