"""Hooks of ours on modules, all of which go when a run is over."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle


class Hooks:
    """A context that removes the hooks that were put on modules. Compiled scripts take none, and get none."""

    def __init__(self) -> None:
        self._handles: list[RemovableHandle] = []

    def before(self, module: nn.Module, hook: Callable[..., Any]) -> None:
        """Let a hook be called with the module, its arguments and its keywords."""
        if not isinstance(module, torch.jit.ScriptModule):
            self._handles.append(module.register_forward_pre_hook(hook, with_kwargs=True))

    def after(self, module: nn.Module, hook: Callable[..., Any], *, always: bool = False) -> None:
        """Let a hook be called with the same and what the module gives; ``always``: also where it fails."""
        if not isinstance(module, torch.jit.ScriptModule):
            self._handles.append(module.register_forward_hook(hook, with_kwargs=True, always_call=always))

    def remove(self) -> None:
        """Let all of them go."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def __enter__(self) -> "Hooks":
        return self

    def __exit__(self, *failure: object) -> None:
        self.remove()
