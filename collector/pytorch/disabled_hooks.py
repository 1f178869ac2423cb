"""Hooks that a model runs without, while nobody is to notice that it runs."""

import functools
from collections.abc import Iterable
from types import MethodType
from typing import Any

from torch import nn
from torch.nn.modules import module as of_all_modules

from collector.capture.wording import listed

_OF_A_MODULE = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_OF_ALL = (
    *("_global_forward_hooks", "_global_forward_pre_hooks"),
    *("_global_backward_hooks", "_global_backward_pre_hooks"),
)

WITHOUT = (
    "On held-out samples the model runs without the hooks that were put on {}: what they give to it or do to it is "
    "not in what is recorded."
)


class DisabledHooks:
    """Takes off all hooks but those with which torch itself makes a weight, as in pruning.

    Those of modules are put back by whoever holds the modules' state, the very same dicts; `put_back` does it for the
    hooks of all modules.
    """

    def __init__(self, modules: Iterable[nn.Module]) -> None:
        for module in modules:
            own = vars(module)
            for kind in _OF_A_MODULE:
                if own.get(kind):
                    own[kind] = type(own[kind])(_needed(own[kind]))
        self._of_all = {kind: hooks for kind in _OF_ALL if (hooks := getattr(of_all_modules, kind))}
        for kind, hooks in self._of_all.items():
            setattr(of_all_modules, kind, type(hooks)())

    def put_back(self) -> None:
        """Put the hooks of all modules back."""
        for kind, hooks in self._of_all.items():
            setattr(of_all_modules, kind, hooks)


def unheard_hooks(modules: dict[str, nn.Module]) -> str:
    """A sentence on the forward hooks that are not called; empty where there are none."""
    kinds = _OF_A_MODULE[:2]
    names = [
        name or "the model"
        for name, module in modules.items()
        if any(len(_needed(hooks)) < len(hooks) for kind in kinds if (hooks := vars(module).get(kind)))
    ]
    if any(getattr(of_all_modules, kind) for kind in _OF_ALL[:2]):
        names.append("all modules")
    return WITHOUT.format(listed(names)) if names else ""


def _needed(hooks: dict[int, Any]) -> dict[int, Any]:
    return {number: hook for number, hook in hooks.items() if _is_of_torch(hook)}


def _is_of_torch(hook: Any) -> bool:
    if isinstance(hook, functools.partial):
        return _is_of_torch(hook.func)
    if isinstance(hook, MethodType):
        return _is_of_torch(hook.__self__)
    kinds = type(hook).__mro__ if getattr(hook, "__module__", None) is None or not hasattr(hook, "__code__") else ()
    modules = [each.__module__ for each in kinds] or [hook.__module__]
    return any(each.partition(".")[0] == "torch" for each in modules if each)
