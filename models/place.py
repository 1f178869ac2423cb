"""This process among those that train together, as torchrun says it. Light: read before anything heavy is loaded."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One process among ``n_ranks``.

    Attributes:
        rank: its number, from 0; the first alone speaks and writes.
        n_ranks: how many train together.
        local_rank: its number on its own machine, and so that of its GPU.
    """

    rank: int = 0
    n_ranks: int = 1
    local_rank: int = 0

    @property
    def is_first(self) -> bool:
        """Whether it speaks and writes."""
        return self.rank == 0


ALONE = Place()


def place_here(environment: Mapping[str, str] = os.environ) -> Place:
    """The place that the environment names."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    if not all(environment.get(name, "").isdecimal() for name in names):
        return ALONE
    return Place(*(int(environment[name]) for name in names))
