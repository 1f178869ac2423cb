"""The fractions of idle units of the layers over the run.

`R` recorded values.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage import Collection


class Idle(Enum):
    """What an idle unit is."""

    DEAD = "dead"
    SATURATED = "saturated"


ABOUT = {
    Idle.DEAD: "0 for every sample of the probe at every position: no gradient passes",
    Idle.SATURATED: "95 of 100 values within a hundredth of a bound, over the whole probe",
}


@dataclass(frozen=True, eq=False)
class IdleCurve:
    """The fraction of one layer: ``steps`` int ``[R]``, ``values`` float ``[R]`` in 0…1."""

    layer: str
    idle: Idle
    steps: np.ndarray
    values: np.ndarray

    def at(self, step: int) -> float | None:
        """The fraction at the last pass at or before a step."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.values[place]) if place >= 0 else None


def idle_curves(collection: Collection) -> list[IdleCurve]:
    """A curve for each layer that has one, in order of execution."""
    found = []
    for layer in collection.layers:
        for idle in Idle:
            name = f"{idle.value}_fraction/{layer}"
            if name in collection.series:
                steps, values = collection.series.recorded(name)
                kept = ~np.isnan(values)
                found.append(IdleCurve(layer, idle, steps[kept], values[kept]))
    return found
