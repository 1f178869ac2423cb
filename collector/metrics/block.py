"""Steps that are settled together, and what is found of them chunk by chunk."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.flat import Chunk, FlatLayout
from collector.metrics.norms import sums_of_products
from collector.metrics.rows import evenly
from collector.metrics.taken import TakenStep, TakenSteps

SUMS = 7
"""Σg₂², Σg₁², Σg₁g₂, Σm², Σg₂m, Σw², Σ(Δw)²."""


class Block:
    """`S` steps after one that is settled, of which `K` were finished and are measured.

    Attributes:
        steps: the one that is settled and the `S`.
        measured: the `K`.
        now, before: the numbers of the `K` among ``steps``, and of the steps before them.
        is_followed: bool ``[S, P]``, has a gradient at the step and had one at the step before.
        there: bool ``[K, 3, P]``, see `collector.metrics.measured.Measured`.
    """

    def __init__(self, taken: TakenSteps, layout: FlatLayout) -> None:
        self._taken = taken
        self._layout = layout
        steps = self.steps = taken.steps
        numbers = [number for number in range(1, len(steps)) if steps[number].after >= 0]
        self._numbers = numbers
        self.measured: Sequence[TakenStep] = [steps[number] for number in numbers]
        self.now, self.before = evenly(numbers), evenly([number - 1 for number in numbers])
        has_gradient = np.array([step.has_gradient for step in steps])
        follows = np.array([step.follows for step in steps[1:]])
        self.is_followed = has_gradient[1:] & has_gradient[:-1] & follows[:, None]
        self.there = np.empty((len(numbers), 3, len(layout.sizes)), bool)
        self.there[:, 0], self.there[:, 1] = has_gradient[self.now], self.is_followed[self.before]
        for number, step in enumerate(self.measured):
            self.there[number, 2] = step.has_moment
        self._has_moments = bool(self.there[:, 2].any())
        n_pieces = len(layout.parameters)
        self._squares = np.zeros((len(steps) - 1, n_pieces))
        self._sums = np.zeros((5, len(numbers), n_pieces))
        self._all = taken.gradients.places(range(1, len(steps)))
        self._now = taken.gradients.places(numbers)
        self._before = taken.gradients.places([number - 1 for number in numbers])
        self._moments = taken.moments.places(numbers)
        self._weights = taken.weights.places([step.before for step in self.measured])
        self._weights_after = taken.weights.places([step.after for step in self.measured])

    def values(self, chunk: Chunk) -> np.ndarray:
        """The gradients of the `S` steps, float32 ``[S, D]``; their squares are summed."""
        values = self._taken.gradients.rows[self._all, chunk.columns]
        self._squares[:, chunk.numbers] = sums_of_products(values, values, chunk.pieces)
        return values

    def changes(self, chunk: Chunk, into: np.ndarray) -> np.ndarray:
        """The change of the weights by the updates of the `K` steps, float32 ``[K, D]``; products are summed.

        Args:
            into: float32, at least as long.
        """
        taken, own, pieces = self._taken, chunk.columns, chunk.pieces
        weights, now = taken.weights.rows[self._weights, own], taken.gradients.rows[self._now, own]
        changes = np.subtract(
            taken.weights.rows[self._weights_after, own],
            weights,
            out=into[: weights.size].reshape(weights.shape),
        )
        sums = self._sums[:, :, chunk.numbers]
        sums[0] = sums_of_products(now, taken.gradients.rows[self._before, own], pieces)
        if self._has_moments:
            moments = taken.moments.rows[self._moments, own]
            sums[1] = sums_of_products(moments, moments, pieces)
            sums[2] = sums_of_products(now, moments, pieces)
        sums[3] = sums_of_products(weights, weights, pieces)
        sums[4] = sums_of_products(changes, changes, pieces)
        return changes

    def changes_between(self, chunk: Chunk) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
        """Where the weights were not left alone since the update before, or where that was not taken.

        Returns:
            Number among the `K` steps → the change of the weights since the gradient before ``[D]``; and → the change
            since the update before.
        """
        rows, own = self._taken.weights, chunk.columns
        moved, since = {}, {}
        for place, (number, step) in enumerate(zip(self._numbers, self.measured, strict=True)):
            latest = self.steps[number - 1]
            if step.follows and step.before != latest.after:
                weights = rows[step.before][own]
                moved[place] = weights - rows[latest.before][own]
                if latest.after >= 0:
                    since[place] = weights - rows[latest.after][own]
        return moved, since

    def sums(self) -> np.ndarray:
        """The `SUMS` of each parameter, of a sample estimates for the whole, float64 ``[K, 7, P]``."""
        first = self._layout.first_pieces
        squares = np.add.reduceat(self._squares, first, axis=-1) * self._layout.weights
        settled = self.steps[0]
        known = settled.squares if settled.is_known else np.zeros(len(first))
        squares = np.concatenate((known[None], squares))
        self.steps[-1].squares = squares[-1]
        found = np.empty((len(self.measured), SUMS, len(first)))
        found[:, 0], found[:, 1] = squares[self.now], squares[self.before]
        found[:, 2:] = (np.add.reduceat(self._sums, first, axis=-1) * self._layout.weights).swapaxes(0, 1)
        return found
