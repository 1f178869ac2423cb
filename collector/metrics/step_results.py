"""What was measured of each parameter at some steps, and who waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby

import numpy as np

from collector.metrics.row_buffer import evenly


@dataclass(frozen=True)
class StepResults:
    """What was measured at `S` steps; g₁, g₂ the gradients, m the first moment before the update.

    Counts and sums are those of the values in the buffers. Of a sample there is also how its words spread: the
    covariances of the estimated totals (see `collector.metrics.sample.covariances`), else ``[S, 0, …]``.

    Attributes:
        counts: int64 ``[S, 8, C, T, P]``, the `collector.metrics.sign_history.COUNTS` of the `C` courses.
        flips: int64 ``[S, C, P]``.
        drift: float64 ``[S, 3, C, T, P]``: sum, sum of squares, and largest of |Δw| over the retained.
        norms: float64 ``[S, 3, P]``: ‖g₂‖, ‖w‖ before the update, ‖Δw‖ of it, of all values.
        update_spread: float64 ``[S, P]``, the variance of the square of an estimated ‖Δw‖; 0: it is exact.
        gaps: float64 ``[S, 2, 3, P]``, see `collector.metrics.step_block.Block.gaps`.
        there: bool ``[S, 2 + C, P]``: whether there is a g₂; g₂ and m; of each course a value now and one before.
        count_spread: float64 ``[S, pairs, C, T, P]``, of the `collector.metrics.spread.COUNT_PAIRS`.
        flip_spread: float64 ``[S, 3, C, P]``, of the `FLIP_PAIRS`.
        gap_spread: float64 ``[S, 2, 6, P]``, of the `GAP_PAIRS`.
    """

    counts: np.ndarray
    flips: np.ndarray
    drift: np.ndarray
    norms: np.ndarray
    update_spread: np.ndarray
    gaps: np.ndarray
    there: np.ndarray
    count_spread: np.ndarray
    flip_spread: np.ndarray
    gap_spread: np.ndarray


class PendingStep:
    """The numbers of one step, which are there once its block was settled.

    Attributes:
        measured: those of the block; None: not yet, or never if that failed.
        number: of the step in it.
    """

    __slots__ = ("measured", "number")

    def __init__(self) -> None:
        self.measured: StepResults | None = None
        self.number = 0


def joined(pending: Sequence[PendingStep]) -> StepResults:
    """The numbers of steps that were settled in one block or in several; there is at least one of them."""
    parts = []
    for _, own in groupby(pending, key=lambda each: id(each.measured)):
        steps = list(own)
        parts.append((steps[0].measured, evenly([each.number for each in steps])))
    columns = [
        np.concatenate([getattr(of, each.name)[numbers] for of, numbers in parts]) for each in fields(StepResults)
    ]
    return StepResults(*columns)
