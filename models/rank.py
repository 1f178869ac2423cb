"""This process among those that train together, as torchrun says it. Light: read before anything heavy is loaded."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rank:
    """One process among ``world_size``.

    Attributes:
        number: from 0; the first alone speaks and writes.
        world_size: how many train together.
        local_number: on its own machine, and so that of its GPU.
    """

    number: int = 0
    world_size: int = 1
    local_number: int = 0

    @property
    def is_first(self) -> bool:
        """Whether it speaks and writes."""
        return self.number == 0


ALONE = Rank()


def this_rank(environment: Mapping[str, str] = os.environ) -> Rank:
    """The rank that the environment names."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    if not all(environment.get(name, "").isdecimal() for name in names):
        return ALONE
    return Rank(*(int(environment[name]) for name in names))
