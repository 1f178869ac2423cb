"""A state of mind in which a model can be run without leaving a trace."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from torch import nn


@contextmanager
def unseen(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; afterwards everything that a forward pass may move is put back.

    That is each module's training flag (a user may keep some in evaluation mode while training), the buffers, and
    the random states of torch, NumPy and Python.
    """
    modules = list(model.modules())
    with ExitStack() as afterwards, torch.no_grad():
        _keep_random_states(afterwards.callback)
        _keep_buffers(modules, afterwards.callback)
        afterwards.callback(torch.set_autocast_cache_enabled, torch.is_autocast_cache_enabled())
        # Weights that autocast casts while no gradient is wanted would be handed to the training without one.
        torch.set_autocast_cache_enabled(False)
        for module in modules:
            if module.training:
                afterwards.callback(setattr, module, "training", True)
                module.training = False
        yield


def _keep_random_states(afterwards: Callable[..., object]) -> None:
    afterwards(torch.set_rng_state, torch.get_rng_state())
    afterwards(np.random.set_state, np.random.get_state())  # noqa: NPY002 - it is the user's, whatever one thinks of it
    afterwards(random.setstate, random.getstate())
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        afterwards(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all())


def _keep_buffers(modules: list[nn.Module], afterwards: Callable[..., object]) -> None:
    for module in modules:
        for name, buffer in module._buffers.items():
            if buffer is not None:
                afterwards(_put_back, module, name, buffer, buffer._version, buffer.clone())


def _put_back(module: nn.Module, name: str, buffer: torch.Tensor, version: int, values: torch.Tensor) -> None:
    module._buffers[name] = buffer
    if buffer._version != version:
        buffer.copy_(values)
