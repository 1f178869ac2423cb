"""What was measured of each parameter at some steps, and who waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby

import numpy as np

from collector.metrics.rows import evenly


@dataclass(frozen=True)
class Measured:
    """What was measured at `S` steps; g₁, g₂ the gradients, m the first moment before the update.

    Attributes:
        counts: int64 ``[S, 7, C, T, P]``, the `collector.metrics.dynamics.COUNTS` of the `C` courses.
        near_before: int64 ``[S, C, T, P]``.
        flips: int64 ``[S, C, P]``.
        still: float64 ``[S, 3, C, T, P]``: sum, largest, and sum of squares of |Δw| over the retained.
        sums: float64 ``[S, 7, P]``: Σg₂², Σg₁², Σg₁g₂, Σm², Σg₂m, Σw² before the update, Σ(Δw)² of it; of a sample
            those of the whole parameter are estimated.
        there: bool ``[S, 3, P]``: whether there is a g₂; g₁ and g₂; g₂ and m.
    """

    counts: np.ndarray
    near_before: np.ndarray
    flips: np.ndarray
    still: np.ndarray
    sums: np.ndarray
    there: np.ndarray


class Awaited:
    """The numbers of one step, which are there once its block was settled.

    Attributes:
        measured: those of the block; None: not yet, or never if that failed.
        number: of the step in it.
    """

    __slots__ = ("measured", "number")

    def __init__(self) -> None:
        self.measured: Measured | None = None
        self.number = 0


def joined(awaited: Sequence[Awaited]) -> Measured:
    """The numbers of steps that were settled in one block or in several; there is at least one of them."""
    parts = []
    for _, own in groupby(awaited, key=lambda each: id(each.measured)):
        steps = list(own)
        parts.append((steps[0].measured, evenly([each.number for each in steps])))
    columns = [np.concatenate([getattr(of, each.name)[numbers] for of, numbers in parts]) for each in fields(Measured)]
    return Measured(*columns)
