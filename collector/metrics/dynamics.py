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

import numpy as np

from collector.metrics.bit_planes import PlanePacker, counts, opposite, same
from collector.metrics.flat import FlatLayout

COUNTS = ("near_zero", "retained", "sign_flips", "minima", "maxima", "minima_original", "maxima_original")
"""In the order in which `Course.counts` gives them."""


class Course:
    """The course of one signed quantity: the gradients, or their moving averages.

    Args:
        layout: where the parameters lie.
        thresholds: near zero is |x| ≤ threshold.
        packer: shared by the courses.
    """

    def __init__(self, layout: FlatLayout, thresholds: Sequence[float], packer: PlanePacker) -> None:
        self._layout = layout
        self._packer = packer
        n_words = layout.length // 64
        n = len(thresholds)
        self._near_before = np.zeros((n, n_words), np.uint64)
        self._signs = np.zeros((2, n_words), np.uint64)
        self._signs_before = np.zeros((2, n_words), np.uint64)
        self._moved = np.zeros((2, n_words), np.uint64)
        self._planes = np.zeros((len(COUNTS), n, n_words), np.uint64)
        self.flips = np.zeros(n_words, np.uint64)

    @property
    def near(self) -> np.ndarray:
        """Near zero at this step, uint64 ``[T, W]``."""
        return self._planes[0]

    @property
    def retained(self) -> np.ndarray:
        """Near zero at both steps, uint64 ``[T, W]``."""
        return self._planes[1]

    def take(self, values: np.ndarray, chunk: slice) -> None:
        """A chunk of this step's values; ``near`` and the signs are of the new step from then on."""
        words = slice(chunk.start // 64, chunk.stop // 64)
        self._packer.near(values, self.near[:, words])
        self._packer.signs(values, self._signs[:, words])

    def begin(self) -> None:
        """What was this step's becomes the step before's, which `take` then fills anew, chunk by chunk."""
        np.bitwise_and(self.near, self._layout.valid, out=self._near_before)
        self._signs, self._signs_before = self._signs_before, self._signs

    def move(self, changes: np.ndarray, chunk: slice) -> None:
        """A chunk of the change of the weights."""
        self._packer.signs(changes, self._moved[:, chunk.start // 64 : chunk.stop // 64])

    def compare(self) -> None:
        """Compare this step's values with those before, by the change of the weights between the two."""
        planes = self._planes
        np.bitwise_and(self.near, self._layout.valid, out=planes[0])
        np.bitwise_and(self.near, self._near_before, out=planes[1])
        self.flips = opposite(self._signs_before, self._signs)
        np.bitwise_and(planes[1], self.flips, out=planes[2])
        self._extrema(planes[3], planes[4])

    def compare_original(self) -> None:
        """Tell the extrema by the change of the weights that follows."""
        self._extrema(self._planes[5], self._planes[6])

    def _extrema(self, minima: np.ndarray, maxima: np.ndarray) -> None:
        flipped = self._planes[2]
        np.bitwise_and(flipped, same(self._signs, self._moved), out=minima)
        np.bitwise_and(flipped, opposite(self._signs, self._moved), out=maxima)

    def counts(self) -> np.ndarray:
        """The `COUNTS` of each threshold and parameter, int64 ``[7, T, P]``."""
        return counts(self._planes, self._layout.starts)

    def near_before(self) -> np.ndarray:
        """How many were near zero at the step before, int64 ``[T, P]``."""
        return counts(self._near_before, self._layout.starts)

    def all_flips(self) -> np.ndarray:
        """Sign flips of all parameters, near zero or not, int64 ``[P]``."""
        return counts(self.flips, self._layout.starts)
