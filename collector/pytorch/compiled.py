"""Modules that ``torch.compile`` runs in its own way."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn


def eagerly(modules: Iterable[nn.Module]) -> AbstractContextManager[object]:
    """While it is entered, compiled modules run as they were written.

    Compiled code may pass over hooks, and would be compiled anew for evaluation mode; nothing else needs this, which
    takes a tenth of a millisecond.
    """
    return torch.compiler.set_stance("force_eager") if any(map(_is_compiled, modules)) else nullcontext()


def _is_compiled(module: nn.Module) -> bool:
    is_wrapped = "_orig_mod" in module._modules or getattr(module, "_compiled_call_impl", None) is not None
    return is_wrapped or hasattr(type(module).forward, "_torchdynamo_orig_callable")
