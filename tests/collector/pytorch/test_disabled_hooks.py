"""Hooks with which torch makes a weight stay where a model runs unnoticed; all others are taken off."""

import functools
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.modules import module as of_all_modules
from torch.nn.utils import parametrize, prune

from collector.pytorch.disabled_hooks import DisabledHooks, unheard_hooks


class Listener:
    """Of the user's."""

    def __call__(self, *_: Any) -> None: ...

    def hear(self, *_: Any) -> None: ...


class OwnPruning(prune.L1Unstructured):
    """A way of torch's, changed by the user."""


def hear(*_: Any) -> None: ...


OF_TORCH = {
    "a function": torch.is_tensor,
    "an object": prune.L1Unstructured(1),
    "a method": prune.L1Unstructured(1).apply_mask,
    "an object of a class made from one of torch": OwnPruning(1),
    "a function with some arguments given": functools.partial(parametrize.is_parametrized, tensor_name="weight"),
    "a method with some arguments given": functools.partial(prune.L1Unstructured(1).apply_mask, default_mask=None),
}
OF_THE_USER = {
    "a function": hear,
    "an object": Listener(),
    "a method": Listener().hear,
    "a function with some arguments given": functools.partial(hear, 1),
    "an object with some arguments given": functools.partial(Listener(), 1),
}


@pytest.mark.parametrize("hook", OF_TORCH.values(), ids=OF_TORCH)
def test_that_a_hook_of_torch_stays_and_nothing_is_said(hook: Any) -> None:
    layer = nn.Linear(2, 2)
    layer.register_forward_pre_hook(hook)
    assert unheard_hooks({"fc": layer}) == ""
    DisabledHooks([layer])
    assert list(layer._forward_pre_hooks.values()) == [hook]


@pytest.mark.parametrize("hook", OF_THE_USER.values(), ids=OF_THE_USER)
@pytest.mark.parametrize("kind", ["forward", "forward_pre", "full_backward", "full_backward_pre"])
def test_that_a_hook_of_the_user_is_taken_off(hook: Any, kind: str) -> None:
    layer = nn.Linear(2, 2)
    getattr(layer, f"register_{kind}_hook")(hook)
    assert ("put on fc" in unheard_hooks({"fc": layer})) == kind.startswith("forward")
    DisabledHooks([layer])
    own = (layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks)
    assert not any(own)


@pytest.mark.parametrize("kind", ["forward", "forward_pre", "full_backward", "full_backward_pre"])
def test_that_hooks_of_all_modules_are_off_until_they_are_put_back(kind: str) -> None:
    register = {"full_backward": "register_module_full_backward_hook"}.get(kind, f"register_module_{kind}_hook")
    handle = getattr(of_all_modules, register)(hear)
    hooks = getattr(of_all_modules, f"_global_{kind.removeprefix('full_')}_hooks")
    try:
        assert ("all modules" in unheard_hooks({})) == kind.startswith("forward")
        disabled = DisabledHooks([])
        assert not getattr(of_all_modules, f"_global_{kind.removeprefix('full_')}_hooks")
        disabled.put_back()
        assert getattr(of_all_modules, f"_global_{kind.removeprefix('full_')}_hooks") is hooks
        assert list(hooks.values()) == [hear]
    finally:
        handle.remove()
