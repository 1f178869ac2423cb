"""One hook on each module, while the model runs, for all that look at what modules are given and give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import nn

from collector.capture.guard import Guard
from collector.pytorch.compiled import is_compiled
from collector.pytorch.hooks import Hooks

Look = Callable[[nn.Module, Any, Any, Any], None]
"""Is called with a module, its arguments, its keywords and what it gives."""


class ModuleWatcher(Protocol):
    """Looks at modules while the model is called in training."""

    @property
    def looks(self) -> Mapping[nn.Module, Look]:
        """What is called for each module that it looks at."""

    def begin(self) -> None:
        """A call of the model that is looked at is about to be made."""


class ModuleCalls:
    """Lets others look at the modules of a call; see `CallWatcher`.

    Hooks are on the modules only while the model runs, so that nobody copies or saves them. Models that are compiled
    are not looked at: hooks would have them compiled anew.
    """

    def __init__(self, model: nn.Module, watchers: Sequence[ModuleWatcher], guard: Guard) -> None:
        self._model, self._watchers, self._guard = model, watchers, guard
        self._looks: dict[nn.Module, list[Look]] = {}
        for watcher in watchers:
            for module, look in watcher.looks.items():
                self._looks.setdefault(module, []).append(look)
        self._is_compiled: bool | None = None

    def put_on(self, hooks: Hooks) -> None:
        """Look at the call that follows."""
        for each in self._watchers:
            each.begin()
        if self._is_compiled is None:
            self._is_compiled = any(map(is_compiled, self._model.modules()))
        if self._is_compiled or torch.jit.is_tracing():
            return
        for module in self._looks:
            hooks.after(module, self._called)

    def _called(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if torch.compiler.is_compiling():  # of a function that is compiled within the model
            return
        with self._guard.quick("looking at what a module gives"):
            for look in self._looks[module]:
                look(module, args, kwargs, output)
