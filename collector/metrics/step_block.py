"""Steps that are settled together, and what is found of them chunk by chunk."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.angles import ALIKE, gap
from collector.metrics.flat_layout import WORD, Chunk, FlatLayout
from collector.metrics.norms import is_safe, norm
from collector.metrics.row_buffer import evenly
from collector.metrics.step_buffer import BufferedStep, StepBuffer

DOTS = ("along", "moment", "along_moment", "weight", "update")
"""g₁·g₂, m², g₂·m, w², (Δw)² of the measured steps, in each word."""


class Block:
    """`S` steps after one that is settled, of which `K` were finished and are measured.

    Attributes:
        steps: the one that is settled and the `S`.
        measured: the `K`.
        now, before: the numbers of the `K` among ``steps``, and of the steps before them.
        has_gradient: bool ``[S, P]``.
        follows: bool ``[S]``, whether the step before was taken too.
        there: bool ``[K, 3, P]``: whether there is a g₂; g₁ and g₂; g₂ and m.
        squares: g² of the settled one and the `S`, ``[1 + S, W]``.
        dots: the `DOTS`, ``[5, K, W]``.
    """

    def __init__(self, taken: StepBuffer, layout: FlatLayout) -> None:
        self._buffer = taken
        self._layout = layout
        steps = self.steps = taken.steps
        numbers = [number for number in range(1, len(steps)) if steps[number].after >= 0]
        self._numbers = numbers
        self.measured: Sequence[BufferedStep] = [steps[number] for number in numbers]
        self.now, self.before = evenly(numbers), evenly([number - 1 for number in numbers])
        has_gradient = np.array([step.has_gradient for step in steps])
        self.has_gradient = has_gradient[1:]
        self.follows = np.array([step.follows for step in steps[1:]])
        is_followed = has_gradient[1:] & has_gradient[:-1] & self.follows[:, None]
        self.there = np.empty((len(numbers), 3, len(layout.sizes)), bool)
        self.there[:, 0], self.there[:, 1] = has_gradient[self.now], is_followed[self.before]
        for number, step in enumerate(self.measured):
            self.there[number, 2] = step.has_moment
        self._given = [place for place, step in enumerate(self.measured) if step.moment_dots is not None]
        self._has_moments = bool(self.there[:, 2].any()) and not self._given
        n_words = len(layout.owners)
        self.squares = np.zeros((len(steps), n_words), layout.dtype)
        self.dots = np.zeros((len(DOTS), len(numbers), n_words), layout.dtype)
        for place in self._given:
            self.dots[1:3, place] = self.measured[place].moment_dots
        self._all = taken.gradients.places(range(len(steps)))
        self._now = taken.gradients.places(numbers)
        self._before = taken.gradients.places([number - 1 for number in numbers])
        self._moments = taken.moments.places(numbers)
        self._weights = taken.weights.places([step.before for step in self.measured])
        self._weights_after = taken.weights.places([step.after for step in self.measured])

    def values(self, chunk: Chunk) -> np.ndarray:
        """The gradients of the `S` steps, ``[S, D]``; their squares are summed."""
        values = self._buffer.gradients.rows[self._all, chunk.columns]
        self.squares[:, chunk.words] = _word_sums(values, values)
        return values[1:]

    def changes(self, chunk: Chunk, into: np.ndarray) -> np.ndarray:
        """The change of the weights by the updates of the `K` steps, ``[K, D]``; products are summed.

        Args:
            into: at least as long.
        """
        taken, own = self._buffer, chunk.columns
        weights, now = taken.weights.rows[self._weights, own], taken.gradients.rows[self._now, own]
        changes = np.subtract(
            taken.weights.rows[self._weights_after, own],
            weights,
            out=into[: weights.size].reshape(weights.shape),
        )
        dots = self.dots[..., chunk.words]
        dots[0] = _word_sums(now, taken.gradients.rows[self._before, own])
        if self._has_moments:
            moments = taken.moments.rows[self._moments, own]
            dots[1] = _word_sums(moments, moments)
            dots[2] = _word_sums(now, moments)
        if not self._layout.is_sampled:
            dots[3] = _word_sums(weights, weights)
            dots[4] = _word_sums(changes, changes)
        return changes

    def changes_between(self, chunk: Chunk) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
        """Where the weights were not left alone since the update before, or where that was not taken.

        Returns:
            Number among the `K` steps → the change of the weights since the gradient before ``[D]``; and → the change
            since the update before.
        """
        rows, own = self._buffer.weights, chunk.columns
        moved, since = {}, {}
        for place, (number, step) in enumerate(zip(self._numbers, self.measured, strict=True)):
            latest = self.steps[number - 1]
            if step.follows and step.before != latest.after:
                weights = rows[step.before][own]
                moved[place] = weights - rows[latest.before][own]
                if latest.after >= 0:
                    since[place] = weights - rows[latest.after][own]
        return moved, since

    def norms(self) -> np.ndarray:
        """‖g₂‖, ‖w‖ before the update and ‖Δw‖ of it, of all values of each parameter, float64 ``[K, 3, P]``."""
        if self._layout.is_sampled:
            return np.array([step.exact for step in self.measured])
        taken = self._buffer
        found = np.sqrt(self._sums(np.stack((self.squares[self.now], *self.dots[3:]))))
        for kind, number, parameter in np.argwhere(~is_safe(np.square(found), self._layout.dtype)):
            own, step = self._layout.place(parameter), self.measured[number]
            values = taken.gradients[self._numbers[number]] if kind == 0 else taken.weights[step.before]
            if kind == 2:
                values = taken.weights[step.after][own] - values[own]
            found[kind, number, parameter] = norm(values if kind == 2 else values[own])
        return found.swapaxes(0, 1)

    def update_spread(self) -> np.ndarray:
        """The variances of Σ(Δw)² of each parameter where a sample estimates it, else 0, float64 ``[K, P]``."""
        none = np.zeros(len(self._layout.sizes))
        return np.array([step.spread if len(step.spread) else none for step in self.measured]).reshape(-1, len(none))

    def gaps(self) -> np.ndarray:
        """‖x‖, ‖y‖, 1 − cos of their angle: of g₁ and g₂, and of m and g₂ of each parameter, float64 ``[K, 2, 3, P]``.

        Of a sample it is that of the values in it.
        """
        of_steps = self._sums(self.squares)
        now, before = of_steps[self.now], of_steps[self.before]
        along, moment, along_moment = self._sums(self.dots[:3])
        found = np.empty((len(self.measured), 2, 3, len(self._layout.sizes)))
        rows = self._buffer.gradients, self._buffer.moments
        for pair, (other, product, backwards) in enumerate(((before, along, 1), (moment, along_moment, 0))):
            cosines = product / (np.sqrt(other) * np.sqrt(now))
            found[:, pair] = np.stack((np.sqrt(other), np.sqrt(now), 1 - cosines), axis=1)
            is_sure = is_safe(other, self._layout.dtype) & is_safe(now, self._layout.dtype) & (cosines < ALIKE)
            if pair and self._given:  # there are no values to look at
                is_sure[self._given] = True
            for number, parameter in np.argwhere(self.there[:, 1 + pair] & ~is_sure):
                step, own = self._numbers[number], self._layout.place(parameter)
                found[number, pair, :, parameter] = gap(rows[pair][step - backwards][own], rows[0][step][own])
        return found

    def _sums(self, of_words: np.ndarray) -> np.ndarray:
        """Float64 ``[…, P]`` of ``[…, W]``."""
        sums: np.ndarray = np.add.reduceat(of_words, self._layout.starts, axis=-1, dtype=np.float64)
        return sums


def _word_sums(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Σxy of each word at each of `S` steps, of which there may be none, ``[S, W]`` of ``[S, 64 W]``."""
    shape = len(x), x.shape[1] // WORD, WORD
    sums: np.ndarray = np.vecdot(x.reshape(shape), y.reshape(shape))
    return sums
