"""What the ranks tell the first of them, and it tells all, along a binomial tree: ⌈log₂ R⌉ rounds, whatever the model.

In round k every rank whose number is an odd multiple of 2ᵏ tells the one 2ᵏ below it what it and those above it know.
So each rank but the first sends once, and the first receives ⌈log₂ R⌉ times. Telling all goes the same way back.
"""

import pickle
from collections.abc import Callable
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")

FIRST_BYTES = 1024
"""Of a message, its length before them; what is longer comes in a second one."""

MOST_BYTES = 2**26
"""A longer message is none of ours."""

_LENGTH = 8


def reduced(value: T, merge: Callable[[T, T], T], group: "dist.ProcessGroup") -> T | None:
    """What all ranks know, put together; None but on the first.

    Args:
        value: what this rank knows.
        merge: puts together what a rank knows and what one with a larger number does.
        group: of all ranks.
    """
    rank, n_ranks = dist.get_rank(group), dist.get_world_size(group)
    step = 1
    while step < n_ranks:
        if rank & step:
            _send(value, rank - step, group)
            return None
        if rank + step < n_ranks:
            value = merge(value, _receive(rank + step, group))
        step *= 2
    return value


def told(value: T, group: "dist.ProcessGroup") -> T:
    """What the first rank says, on all."""
    rank, n_ranks = dist.get_rank(group), dist.get_world_size(group)
    step = 1
    while step < n_ranks and not rank & step:
        step *= 2
    if rank:
        value = _receive(rank - step, group)
    while step := step // 2:
        if rank + step < n_ranks:
            _send(value, rank + step, group)
    return value


def _send(value: Any, to: int, group: "dist.ProcessGroup") -> None:
    text = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    first = bytearray(FIRST_BYTES)
    first[:_LENGTH] = len(text).to_bytes(_LENGTH, "little")
    head = text[: FIRST_BYTES - _LENGTH]
    first[_LENGTH : _LENGTH + len(head)] = head
    dist.send(_bytes(first), to, group=group)
    if rest := bytearray(text[len(head) :]):
        dist.send(_bytes(rest), to, group=group)


def _receive(source: int, group: "dist.ProcessGroup") -> Any:
    first = torch.empty(FIRST_BYTES, dtype=torch.uint8)
    dist.recv(first, source, group=group)
    text = first.numpy().tobytes()
    length, head = int.from_bytes(text[:_LENGTH], "little"), text[_LENGTH:]
    if length > MOST_BYTES:
        raise RuntimeError(f"a message of {length:,} bytes came from rank {source}")
    if length <= len(head):
        return pickle.loads(head[:length])
    rest = torch.empty(length - len(head), dtype=torch.uint8)
    dist.recv(rest, source, group=group)
    return pickle.loads(head + rest.numpy().tobytes())


def _bytes(text: bytearray) -> Tensor:
    return torch.frombuffer(text, dtype=torch.uint8)
