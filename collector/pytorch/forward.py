"""A forward pass over the probe that leaves no trace in the model or in the random numbers of the run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass
class Call:
    """One module's part in a forward pass; of several calls the last one."""

    order: int
    reads: str
    """Name of the module whose output it was given, or ``input``; empty where an operation stands between."""
    output_shape: tuple[int, ...]
    """Without the sample axis; empty where the output is no tensor."""
    times: int = 1


@contextmanager
def unseen(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; training flags and random states are put back afterwards.

    Each module's flag is put back by itself: a user may keep some of them in evaluation mode while training.
    """
    flags = [(module, module.training) for module in model.modules()]
    random_state = torch.get_rng_state()
    is_cuda = torch.cuda.is_available() and any(parameter.is_cuda for parameter in model.parameters())
    cuda_states = torch.cuda.get_rng_state_all() if is_cuda else []
    try:
        for module, _ in flags:
            module.training = False
        with torch.no_grad():
            yield
    finally:
        for module, flag in flags:
            module.training = flag
        torch.set_rng_state(random_state)
        if cuda_states:
            torch.cuda.set_rng_state_all(cuda_states)


def run(model: nn.Module, inputs: Tensor, watch: dict[nn.Module, Callable[[Any], None]]) -> Any:
    """The model's output for ``inputs`` `[N, …]`; each module of ``watch`` has its output handed to its function.

    The functions must copy what they keep: a later module may work in place. No hook is left behind.
    """
    handles = [
        module.register_forward_hook(lambda module, args, output, take=take: take(output))
        for module, take in watch.items()
    ]
    try:
        with unseen(model):
            return model(inputs)
    finally:
        for handle in handles:
            handle.remove()


def trace(model: nn.Module, inputs: Tensor) -> dict[str, Call]:
    """What each module without children, or with parameters of its own, did in a forward pass over ``inputs``.

    Who reads whom is told by memory: a tensor that lies where a module's output lies (the same one, a view or a
    flattened form of it) comes from that module.
    """
    calls: dict[str, Call] = {}
    made_by: dict[int, str] = {inputs.untyped_storage().data_ptr(): "input"}
    alive: list[Tensor] = [inputs]  # memory that is given back could be given out again

    def watch(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def hook(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
            given = next(_tensors(args), None)
            reads = "" if given is None else made_by.get(given.untyped_storage().data_ptr(), "")
            made = list(_tensors(output))
            for tensor in made:
                alive.append(tensor)
                made_by[tensor.untyped_storage().data_ptr()] = name
            shape = tuple(output.shape[1:]) if isinstance(output, Tensor) else ()
            times = calls[name].times + 1 if name in calls else 1
            calls[name] = Call(len(calls), reads, shape, times)

        return hook

    handles = [
        module.register_forward_hook(watch(name))
        for name, module in model.named_modules()
        if not any(module.children()) or module._parameters
    ]
    try:
        with unseen(model):
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    return calls


def _tensors(value: Any) -> Iterator[Tensor]:
    """All tensors in a tensor, tuple, list or dict."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _tensors(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _tensors(each)


def first_tensor(value: Any) -> Tensor | None:
    """The first tensor of a model's output, whatever it comes in."""
    return next(_tensors(value), None)
