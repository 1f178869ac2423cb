"""The clocks of optimizers that update at their own rates: how many updates each has made at a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.axis import last_at

if TYPE_CHECKING:
    from collector.storage import Collection

UPDATES = "updates/"

MOST_CLOCKS = 8
"""A run with more optimizers has one for each parameter, or nearly: their clocks would be one line."""


@dataclass(frozen=True, eq=False)
class Clocks:
    """`O` optimizers at `S` steps.

    Attributes:
        names: as the collector was given them.
        steps: rising, int ``[S]``.
        counts: updates made since the run began, with the step's own, float ``[O, S]``.
    """

    names: tuple[str, ...]
    steps: np.ndarray
    counts: np.ndarray

    def staircase(self, optimizer: int, left: float) -> tuple[np.ndarray, np.ndarray]:
        """Steps and counts ``[2 S - 1]`` of a line that stands until an update is made; it counts from a step on."""
        counts = self.counts[optimizer] - self._before(left)[optimizer]
        return np.repeat(self.steps, 2)[1:], np.repeat(counts, 2)[:-1]

    def _before(self, left: float) -> np.ndarray:
        """Updates that each had made when a step began, ``[O]``."""
        number = int(np.searchsorted(self.steps, left)) - 1
        return self.counts[:, number] if number >= 0 else np.zeros(len(self.names))

    def at(self, step: int) -> list[int] | None:
        """Updates that each has made with this step; None before the first one that is known."""
        number = last_at(self.steps, step)
        return None if number is None else [int(each) for each in self.counts[:, number]]

    def rates(self, left: float, right: float) -> list[float] | None:
        """How many updates each makes between two steps while the slowest makes one; None where one makes none."""
        inside = np.flatnonzero((self.steps >= left) & (self.steps <= right))
        if not len(inside):
            return None
        made = self.counts[:, inside[-1]] - self._before(left)
        slowest = made.min()
        if not slowest:
            return None
        rates: list[float] = np.round(made / slowest, 1).tolist()
        return rates


def clocks_of(collection: Collection) -> Clocks | None:
    """The clocks of a run; None where there is one optimizer, or all update at one rate."""
    own = [name for name in collection.series if name.startswith(UPDATES)]
    if not 2 <= len(own) <= MOST_CLOCKS:
        return None
    found = [collection.series.recorded(name) for name in own]
    steps = found[0][0]
    if any(not np.array_equal(each, steps) for each, _ in found):
        return None
    counts = np.stack([values for _, values in found]).astype(float)
    is_one_rate = np.ptp(counts[:, -1]) <= 1 if len(steps) else True  # the last step may be under way
    return None if is_one_rate else Clocks(tuple(name.removeprefix(UPDATES) for name in own), steps, counts)
