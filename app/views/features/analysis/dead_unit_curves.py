"""The fractions of dead or saturated units of the layers over the run.

`R` recorded values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage import Collection


class UnitState(Enum):
    """Why a unit learns nothing."""

    DEAD = "dead"
    SATURATED = "saturated"


ABOUT = {
    UnitState.DEAD: "0 for every sample of the probe at every position: no gradient passes",
    UnitState.SATURATED: "95 of 100 values within a hundredth of a bound, over the whole probe",
}


@dataclass(frozen=True, eq=False)
class UnitStateCurve:
    """The fraction of one layer: ``steps`` ``[R]``, whole but for a second run's, ``values`` float ``[R]`` in 0…1."""

    layer: str
    state: UnitState
    steps: np.ndarray
    values: np.ndarray

    def at(self, step: int) -> float | None:
        """The fraction at the last pass at or before a step."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.values[place]) if place >= 0 else None


def placed(
    curves: Iterable[UnitStateCurve], names: Mapping[str, str], place: Callable[[np.ndarray], np.ndarray]
) -> list[UnitStateCurve]:
    """The curves of a run by the names and on the steps of another.

    Args:
        curves: of the run.
        names: layer → what the other calls it; curves of the rest are left out.
        place: where steps ``[R]`` lie in the other, NaN: nowhere.
    """
    found = []
    for curve in curves:
        steps = place(curve.steps)
        if curve.layer in names and (is_there := np.isfinite(steps)).any():
            found.append(UnitStateCurve(names[curve.layer], curve.state, steps[is_there], curve.values[is_there]))
    return found


def unit_state_curves(collection: Collection) -> list[UnitStateCurve]:
    """A curve for each layer that has one, in order of execution."""
    found = []
    for layer in collection.layers:
        for state in UnitState:
            name = f"{state.value}_fraction/{layer}"
            if name in collection.series:
                steps, values = collection.series.recorded(name)
                kept = ~np.isnan(values)
                found.append(UnitStateCurve(layer, state, steps[kept], values[kept]))
    return found
