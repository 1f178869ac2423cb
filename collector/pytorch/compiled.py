"""Modules that ``torch.compile`` runs in its own way."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from collector.pytorch.step_inputs import StepInputs


def eagerly(modules: Iterable[nn.Module]) -> AbstractContextManager[object]:
    """While it is entered, compiled modules run as they were written.

    Compiled code may pass over hooks, and would be compiled anew for evaluation mode; nothing else needs this, which
    takes a tenth of a millisecond.
    """
    return torch.compiler.set_stance("force_eager") if any(map(is_compiled, modules)) else nullcontext()


def is_compiled(module: nn.Module) -> bool:
    """Whether a call of the module runs compiled code."""
    called = vars(module).get("_compiled_call_impl")
    if isinstance(called, StepInputs):
        called = called.before
    kind: Any = type(module)
    return called is not None or "_orig_mod" in module._modules or _is_decorated(kind)


@lru_cache(4096)
def _is_decorated(kind: type) -> bool:
    forward = next((vars(each)["forward"] for each in kind.__mro__ if "forward" in vars(each)), None)
    return hasattr(forward, "_torchdynamo_orig_callable")
