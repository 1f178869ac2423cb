"""Notices updates that a `torch.amp.GradScaler` leaves out: it does not call the optimizer's step at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakMethod, finalize

import torch

Told = Callable[[Any], None]
"""Is given the optimizer that a scaler's step was called with."""

_watchers: dict[int, tuple[Callable[[], Told | None], Callable[[], Told | None]]] = {}
_original: list[Callable[..., Any]] = []


class GradScalerHooks:
    """Watches the steps of all scalers, until it is closed or given up.

    A scaler has no hooks: its class's `step` is another one while anybody watches.

    Args:
        before, after: methods that are called around each scaler's step.
    """

    def __init__(self, before: Told, after: Told) -> None:
        if not _watchers:
            _patch()
        _watchers[id(self)] = (WeakMethod(before), WeakMethod(after))
        self.close = finalize(self, _leave, id(self))


def _patch() -> None:
    scaler = torch.amp.GradScaler
    original = scaler.step

    @wraps(original)
    def step(self: torch.amp.GradScaler, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        watchers = list(_watchers.values())
        for before, _ in watchers:
            if told := before():
                told(optimizer)
        result = original(self, optimizer, *args, **kwargs)
        for _, after in watchers:
            if told := after():
                told(optimizer)
        return result

    _original[:] = [original, step]
    scaler.step = step  # type: ignore[method-assign]


def _leave(number: int) -> None:
    del _watchers[number]
    # Somebody else may have put another step around ours, which then goes on calling it.
    if not _watchers and torch.amp.GradScaler.step is _original[1]:
        torch.amp.GradScaler.step = _original[0]  # type: ignore[method-assign]
