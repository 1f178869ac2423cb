"""Watches the functions that a model calls, and knows the module whose code calls them."""

from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

from torch import nn
from torch.overrides import TorchFunctionMode

from collector.pytorch.hooks import Hooks


class PlacedFunctions(TorchFunctionMode):
    """While it is entered, follows which module is running.

    Args:
        modules: all that the model has, by their dotted names.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self._modules = modules
        self._hooks = Hooks()
        self._running: list[str] = []

    @property
    def place(self) -> str:
        """The dotted name of the innermost module that is running; empty: the model."""
        return self._running[-1] if self._running else ""

    def __enter__(self) -> Self:
        for name, module in self._modules.items():
            self._hooks.before(module, partial(self.begin, name))
            self._hooks.after(module, partial(self.end, name), always=True)
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._hooks.remove()

    def begin(self, name: str, module: nn.Module, *_: Any) -> None:
        """A module is about to run."""
        self._running.append(name)

    def end(self, name: str, module: nn.Module, *_: Any) -> None:
        """It has run."""
        self._running.pop()
