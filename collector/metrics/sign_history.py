"""What gradients do from one step to the next, counted over all parameters on bit planes.

With g₁ the gradient of the step before, g₂ that of this step, θ a threshold:

- near zero: |g₂| ≤ θ; released: |g₁| ≤ θ < |g₂|, or g₂ not finite; retained: |g₁| ≤ θ and |g₂| ≤ θ;
- a sign flip: one of g₁, g₂ is below 0 and the other above it. That is g₁·g₂ < 0 where the product does not vanish
  in float32, as it does for two gradients of 1e-23;
- a minimum or maximum: a flip among the retained, with Δw·Δg > 0 or < 0. Where signs flip, Δg = g₂ − g₁ has the sign
  of g₂, so that the planes of Δw are all that is needed. Δw is the change of the weights between the two gradients;
  in the original's rule it is the change that follows the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.metrics.bit_planes import PlanePacker, opposite, same
from collector.metrics.flat_layout import FlatLayout
from collector.metrics.row_buffer import Numbers

COUNTS = (
    *("near_zero", "retained", "sign_flips", "minima", "maxima", "minima_original", "maxima_original"),
    "near_before",
)
"""In the order in which `Compared.counts` has them; the last: near zero at the step before."""


@dataclass(frozen=True)
class Compared:
    """What `SignHistory.compare` found at `K` steps, in each word.

    Attributes:
        counts: uint8 ``[8, K, T, W]``, the `COUNTS`.
        flips: uint8 ``[K, W]``, sign flips of all, near zero or not.
    """

    counts: np.ndarray
    flips: np.ndarray


class SignHistory:
    """The course of one signed quantity: the gradients, or their moving averages.

    The planes of a block of steps are made chunk by chunk with `take` and `move`; then `compare` tells what happened,
    and `keep` goes on from the latest step.

    Args:
        layout: where the parameters lie.
        thresholds: near zero is |x| ≤ threshold.
        packer: shared by the courses.
    """

    def __init__(self, layout: FlatLayout, thresholds: Sequence[float], packer: PlanePacker) -> None:
        self._layout = layout
        self._packer = packer
        # In front of each the latest step of the block before.
        shape = (1 + layout.steps_at_once, layout.length // 64)
        self._near = np.zeros((len(thresholds), *shape), np.uint64)
        self._signs = np.zeros((2, *shape), np.uint64)
        self._moves = np.zeros((2, *shape), np.uint64)
        self._moved: dict[int, np.ndarray] = {}

    def take(self, values: np.ndarray, words: slice) -> None:
        """Some words of the values at the block's `S` steps, ``[S, 64 W]``."""
        steps = slice(1, 1 + len(values))
        near = self._near[:, steps, words]
        self._packer.near(values, near)
        near &= self._layout.valid[words]
        self._packer.signs(values, self._signs[:, steps, words])

    def move(self, changes: np.ndarray, words: slice) -> None:
        """The changes of the weights by the updates of `K` of the steps, ``[K, 64 W]``."""
        self._packer.signs(changes, self._moves[:, 1 : 1 + len(changes), words])

    def correct(self, number: int, change: np.ndarray, words: slice) -> None:
        """How the weights changed ``[64 W]`` from the value before to that of the ``number``-th of the `K` steps, where
        that is not the change by the update before."""
        if number not in self._moved:
            self._moved[number] = np.zeros((2, 1, self._layout.length // 64), np.uint64)
        self._packer.signs(change[None], self._moved[number][..., words])

    def retained(self, now: Numbers, before: Numbers, words: slice) -> np.ndarray:
        """Near zero at both steps, uint64 ``[T, K, W]``; see `compare`."""
        near = self._near[..., words]
        kept: np.ndarray = near[:, now] & near[:, before]
        return kept

    def compare(self, now: Numbers, before: Numbers, n_steps: int) -> Compared:
        """Compare the values at `K` steps with those before them.

        Args:
            now: the steps that `move` had, numbers from 1 on among those of `take`.
            before: the numbers of the steps before them.
            n_steps: how many `take` had.
        """
        near, signs = self._near[:, : 1 + n_steps], self._signs[:, now]
        flips = opposite(self._signs[:, before], signs)
        n_moves = flips.shape[0]
        moves, moved = self._moves[:, 1 : 1 + n_moves], self._moves[:, :n_moves]
        if self._moved:
            moved = moved.copy()
            for number, planes in self._moved.items():
                moved[:, number] = planes[:, 0]
        planes = np.empty((len(COUNTS), *near[:, now].shape), np.uint64)
        planes[0], planes[-1] = near[:, now], near[:, before]
        retained, flipped = planes[1:3]
        np.bitwise_and(planes[0], planes[-1], out=retained)
        np.bitwise_and(retained, flips, out=flipped)
        sides = same(signs, moved), opposite(signs, moved), same(signs, moves), opposite(signs, moves)
        for plane, side in zip(planes[3:-1], sides, strict=True):
            np.bitwise_and(flipped, side, out=plane)
        return Compared(np.bitwise_count(planes).swapaxes(1, 2), np.bitwise_count(flips))

    def keep(self, n_steps: int, n_moves: int) -> None:
        """Go on from the latest of so many steps, of which so many had a change of the weights."""
        for planes, latest in ((self._near, n_steps), (self._signs, n_steps), (self._moves, n_moves)):
            planes[:, 0] = planes[:, latest]
        self._moved = {}
