"""The gradient norms of closed modules, worked out once for all passes: a module can hold thousands of layers.

`P` passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.analysis.curve import Measured


@dataclass(frozen=True, eq=False)
class FrameNorms:
    """L2 norm of the gradient of all parameters in a module.

    Attributes:
        steps: of the passes, rising, int ``[P]``.
        norms: float64 ``[P]``.
        is_there: where any of its layers had one, bool ``[P]``.
        is_missing: where no layer had one, and some had no gradient, bool ``[P]``.
    """

    steps: np.ndarray
    norms: np.ndarray
    is_there: np.ndarray
    is_missing: np.ndarray

    def at(self, step: int) -> tuple[float | None, bool]:
        """The norm at a pass, and whether there is none because there was no gradient."""
        place = int(np.searchsorted(self.steps, step))
        if place == len(self.steps) or self.steps[place] != step:
            return None, False
        return float(self.norms[place]) if self.is_there[place] else None, bool(self.is_missing[place])


def frame_norms(of_layers: Iterable[Measured | None], steps: np.ndarray) -> FrameNorms:
    """The norms of a module from those of its layers: of each the last value at or before a pass counts.

    Args:
        of_layers: None for a layer of which no norm was recorded.
        steps: of the passes, int ``[P]``.
    """
    steps = np.unique(steps)
    squares = np.zeros(len(steps))
    is_there, lacks = np.zeros(len(steps), bool), np.zeros(len(steps), bool)
    with np.errstate(over="ignore"):
        for norm in of_layers:
            if norm is None or not len(norm.steps):
                continue
            at = np.searchsorted(norm.steps, steps, side="right") - 1
            begun = at >= 0
            missing = begun & norm.is_missing[at] if len(norm.is_missing) else np.zeros(len(steps), bool)
            measured = begun & ~missing
            squares[measured] += np.square(norm.values[at[measured]])
            is_there |= measured
            lacks |= missing
    return FrameNorms(steps, np.sqrt(squares), is_there, lacks & ~is_there)
