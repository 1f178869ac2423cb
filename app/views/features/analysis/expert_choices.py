"""How often the router of a mixture of experts chooses each of them, over the passes. `E` experts, `P` passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.analysis.colours import grey_numbers
from app.analysis.probabilities import percent
from app.analysis.step_picture import step_picture

TITLE = "share of choices"


@dataclass(frozen=True, eq=False)
class ExpertChoices:
    """A picture of them, see `app.widgets.heat_map.Heat`: a row for each expert.

    Attributes:
        steps: of the passes that have it, rising, int ``[P]``.
        shares: of all choices for the probe, float ``[P, E]``.
    """

    steps: np.ndarray
    shares: np.ndarray
    title: str = TITLE
    notes: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Names of the experts."""
        return tuple(f"expert {number}" for number in range(self.shares.shape[1]))

    @property
    def short_names(self) -> tuple[str, ...]:
        """The same: they are short."""
        return self.layers

    @property
    def largest(self) -> float:
        """The largest share of any expert at any pass."""
        return float(self.shares.max(initial=0.0))

    @property
    def even(self) -> float:
        """The share of each where all are chosen alike."""
        return 1 / self.shares.shape[1]

    def at(self, step: float) -> np.ndarray | None:
        """Shares ``[E]`` at the last pass up to a step; None before the first."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return None if place < 0 else self.shares[place]

    def text_at(self, layer: int, step: float) -> str:
        """The share of an expert at a step; empty where no pass is before it."""
        shares = self.at(step)
        return "" if shares is None else percent(float(shares[layer]))

    def summary(self, step: float) -> str:
        """In words who is chosen most at a step, and how many never."""
        shares = self.at(step)
        if shares is None:
            return ""
        most, n_never = int(shares.argmax()), int((shares == 0).sum())
        never = f" · {n_never:,} of {len(shares):,} never" if n_never else ""
        return f"most: expert {most}, {percent(float(shares[most]))}{never}"

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        """Numbers in `colours.GREY` uint8 ``[E, width]``; 0 where there was no pass yet."""
        numbers = np.maximum(grey_numbers(self.shares.T, self.largest), 1)
        stride = int(np.diff(self.steps).max(initial=1))
        return step_picture(numbers, self.steps, stride, low, high, width)


def expert_choices(steps: np.ndarray, chosen: np.ndarray) -> ExpertChoices | None:
    """Of what was read of all passes, ``[P, E]``, NaN where a pass has none; None where none has."""
    has_any = ~np.isnan(chosen).any(axis=1)
    return ExpertChoices(steps[has_any], chosen[has_any].astype(float)) if has_any.any() else None
