"""A process group of the collectors' own, if every rank makes one."""

import itertools
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch.distributed as dist

if TYPE_CHECKING:  # some builds of torch are without it
    from torch.distributed import ProcessGroup

JOIN = timedelta(seconds=60)
"""Ranks reach the line that makes their collector at different times; so long the others are waited for."""

PATIENCE = timedelta(seconds=30)
"""Longer is not waited in an exchange. Below the time that torchrun gives a process to end."""

_numbers = itertools.count()

_PLACE_IN_SOURCE = re.compile(r"^\[[^]]*\.\w+:\d+\] ")


def rank_here() -> int | None:
    """This process's number among those of one training; None where it is the only one."""
    if not dist.is_available() or not dist.is_initialized() or dist.get_world_size() < 2:
        return None
    return dist.get_rank()


def described() -> dict[str, Any]:
    """What the header says of the ranks."""
    return {} if rank_here() is None else {"ranks": dist.get_world_size(), "backend": dist.get_backend()}


def own_group() -> "ProcessGroup | None":
    """A group for what the collectors exchange, so that it never mixes with what the training does; None if not all
    ranks came.

    Over gloo whatever the training uses: only little is exchanged, and all of it is on the CPU.
    """
    # Making a group waits for every rank, and counts in all of them. So that a collector which only one rank makes
    # hangs nobody and disturbs no later group, they agree on it beforehand.
    if not _all_came(next(_numbers)):
        return None
    return dist.new_group(backend="gloo", timeout=PATIENCE)


def _all_came(number: int) -> bool:
    """Whether every rank made its ``number``-th collector in time. All that ask get the same answer."""
    store = dist.PrefixStore(f"strobe/{number}", dist.distributed_c10d._get_default_store())
    ranks = range(dist.get_world_size())
    store.set(f"came/{dist.get_rank()}", "")
    is_first = dist.get_rank() == 0
    try:
        store.wait([f"came/{rank}" for rank in ranks] if is_first else ["all"], JOIN)
        answer = "yes"
    except RuntimeError:  # the time is over
        answer = "no"
    # Whoever is the first to decide decides for all.
    return bool(store.compare_set("all", "", answer) == b"yes")


def in_short(error: BaseException) -> str:
    """What a backend says of a lost connection, without its place in the source and its advice."""
    first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return _PLACE_IN_SOURCE.sub("", first_line).partition(". ")[0]
