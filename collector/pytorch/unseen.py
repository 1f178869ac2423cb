"""A state of mind in which a model can be run without leaving a trace."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from collector.pytorch.compiled import eagerly

PutBack = Callable[[], None]


@contextmanager
def unseen(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients or compiled code; afterwards everything a forward pass may move is put back.

    That is each module's training flag (a user may keep some in evaluation mode while training), the buffers, and
    the random states of torch, NumPy and Python.
    """
    modules = list(model.modules())
    in_training = [module for module in modules if module.training]
    put_back = (_random_states(), _buffers(modules), _autocast_cache())
    try:
        for module in in_training:
            module.training = False
        with torch.no_grad(), eagerly(modules):
            yield
    finally:
        for module in in_training:
            module.training = True
        for each in put_back:
            each()


def _random_states() -> PutBack:
    of_torch, of_numpy, of_python = torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002
    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None

    def put_back() -> None:
        torch.set_rng_state(of_torch)
        np.random.set_state(of_numpy)  # noqa: NPY002 - the user's, whatever one thinks of a global state
        random.setstate(of_python)
        if on_gpus is not None:
            torch.cuda.set_rng_state_all(on_gpus)

    return put_back


def _buffers(modules: list[nn.Module]) -> PutBack:
    kept = [
        (module, name, buffer, buffer._version, buffer.clone())
        for module in modules
        for name, buffer in module._buffers.items()
        if buffer is not None
    ]

    def put_back() -> None:
        for module, name, buffer, version, values in kept:
            module._buffers[name] = buffer
            if buffer._version != version:
                with torch.no_grad():
                    buffer.copy_(values)

    return put_back


def _autocast_cache() -> PutBack:
    """Weights that autocast casts while no gradient is wanted would be handed to the training without one."""
    was_enabled = torch.is_autocast_cache_enabled()
    torch.set_autocast_cache_enabled(False)
    return lambda: torch.set_autocast_cache_enabled(was_enabled)
