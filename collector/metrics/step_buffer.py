"""The latest steps as they were taken: no more is done at a step than must be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from collector.metrics.flat_layout import WORD, FlatLayout
from collector.metrics.norms import Sizes, is_possible
from collector.metrics.not_finite import not_finite
from collector.metrics.row_buffer import RowBuffer
from collector.metrics.sample import covariances
from collector.metrics.step_results import PendingStep

Flats = Sequence[np.ndarray | None]


@dataclass(slots=True)
class BufferedStep:
    """A step, whose gradients are in the row of its number.

    Attributes:
        has_gradient, has_moment: bool ``[P]``.
        follows: whether the step before was taken too.
        begins_anew: whether a step was missed since the latest one that was finished.
        is_known: whether a step after it can be compared with it.
        before, after: the rows of the weights around the update; -1: they were not taken.
        exact: float64 ``[3, P]``, ‖g‖, ‖w‖ before and ‖Δw‖ of all values, of a sampled layout only.
        spread: float64 ``[P]``, the variance of Σ(Δw)² where that is estimated by the sample, else 0.
        moment_dots: float64 ``[2, W]``, m² and m·g of each word, where the moments are not in a row.
        awaited: where the numbers go; None: nobody waits for them.
    """

    has_gradient: np.ndarray
    has_moment: np.ndarray
    follows: bool
    begins_anew: bool
    is_known: bool = True
    before: int = -1
    after: int = -1
    exact: np.ndarray = field(default_factory=lambda: np.array([]))
    spread: np.ndarray = field(default_factory=lambda: np.array([]))
    moment_dots: np.ndarray | None = None
    pending: PendingStep | None = None


class StepBuffer:
    """Gradients, weights and moments of steps that wait to be settled together.

    Attributes:
        steps: the latest step that is settled, or a blank one, and those that wait.
        gradients: a row for each of ``steps``.
        weights: rows that the steps name.
        moments: a row for each of ``steps``.
        weights_were_changed: whether the weights given to `begin` were not those of the `finish` before.
        not_finite: int64 ``[3, P]``, NaN, +∞ and −∞ among all values of the latest gradients; of a sampled layout
            looked for where one was drawn, or where their sizes are given.
        not_finite_weights, not_finite_update: int64 ``[P]``, how many of all the latest ones are not finite.
    """

    def __init__(self, layout: FlatLayout) -> None:
        self._layout = layout
        n = len(layout.sizes)
        room = layout.steps_at_once
        self.gradients = RowBuffer(room + 1, layout.length, layout.dtype, is_copied=room > 1)
        self.weights = RowBuffer(2 * room + 2, layout.length, layout.dtype, is_copied=room > 1)
        self.moments = RowBuffer(room + 1, layout.length, layout.dtype, is_copied=room > 1)
        self._none = np.zeros(n, bool)
        blank = BufferedStep(self._none, self._none, follows=False, begins_anew=True, is_known=False)
        self.steps = [blank]
        self._is_broken = True
        self.weights_were_changed = False
        self.not_finite = np.zeros((3, n), np.int64)
        self.not_finite_weights = self.not_finite_update = np.zeros(n, np.int64)

    @property
    def is_full(self) -> bool:
        """Whether the steps must be settled before another one begins."""
        return len(self.steps) > self._layout.steps_at_once

    def settled(self, *, is_known: bool) -> None:
        """Keep the latest step only, to compare the next one with it where that ``is_known``."""
        latest = self.steps[-1]
        self.gradients.keep([len(self.steps) - 1])
        if latest.before >= 0:
            self.weights.keep([latest.before, latest.after] if latest.after >= 0 else [latest.before])
            latest.before, latest.after = 0, min(latest.after, 1)
        latest.pending = None
        latest.is_known = is_known
        self.steps = [latest]

    def begin(
        self,
        gradients: Flats,
        weights: Flats | None,
        moments: Flats | None,
        exact: tuple[Sizes, Sizes] | None,
        moment_dots: np.ndarray | None = None,
        *,
        follows: bool,
    ) -> None:
        """Take what there is before an update; the arguments are those of `StepMeasure.before_update`."""
        latest = self.steps[-1]
        follows = follows and latest.is_known
        has_gradient = np.array([each is not None for each in gradients])
        step = BufferedStep(has_gradient, self._none, follows, self._is_broken or not follows)
        row = self.gradients[len(self.steps)]
        self._layout.copy(gradients, row)
        self._look_at_gradients(gradients, row, None if exact is None else exact[0])
        self._take_weights(step, latest, weights)
        if moments is not None:
            step.has_moment = has_gradient & [each is not None for each in moments]
            self._layout.copy(moments, self.moments[len(self.steps)])
        if moment_dots is not None:
            step.moment_dots = moment_dots
            of_parameters = np.add.reduceat(moment_dots[0], self._layout.starts)
            step.has_moment = has_gradient & ~(of_parameters == 0)
        if exact is not None:
            step.exact = np.stack([exact[0].norms, exact[1].norms, np.full(len(self._none), np.nan)])
            self.not_finite_weights = exact[1].not_finite
        elif not self._layout.is_sampled:
            self.not_finite_weights = self._n_not_finite(self.weights[step.before])
        self.steps.append(step)
        self._is_broken = step.begins_anew

    def finish(self, weights: Flats, exact: Sizes | None) -> PendingStep:
        """Take the weights after the update; of a sampled layout also the sizes of its change, as far as known."""
        step = self.steps[-1]
        step.after = self._take_row(1 + max(step.before, self.steps[-2].after), weights)
        if exact is not None:
            step.exact[2], step.spread, self.not_finite_update = self._sizes_of_change(step, exact)
        elif not self._layout.is_sampled:
            self.not_finite_update = self._n_not_finite_changes(self.weights[step.before], self.weights[step.after])
        step.pending = PendingStep()
        self._is_broken = False
        return step.pending

    def _look_at_gradients(self, gradients: Flats, row: np.ndarray, exact: Sizes | None) -> None:
        if self.not_finite.any():
            self.not_finite.fill(0)
        if not isfinite(row.dot(row)) or (exact is not None and exact.not_finite.any()):
            for parameter, gradient in enumerate(gradients):
                self.not_finite[:, parameter] = not_finite(gradient)

    def _n_not_finite(self, row: np.ndarray) -> np.ndarray:
        """How many values of each parameter are not finite in a row that holds them all."""
        if isfinite(row.dot(row)):
            return np.zeros(len(self._none), np.int64)
        return np.add.reduceat(~np.isfinite(row), self._layout.starts * WORD, dtype=np.int64)

    def _n_not_finite_changes(self, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        if isfinite(after.dot(after)) and not self.not_finite_weights.any():
            return np.zeros(len(self._none), np.int64)
        with np.errstate(all="ignore"):
            return self._n_not_finite(after - before)

    def _sizes_of_change(self, step: BufferedStep, exact: Sizes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """‖Δw‖, the variance of its estimated square, and how many values of Δw are known not to be finite, ``[P]``.

        Where the optimizer tells it, and the sample does not contradict, that counts. Else the sample does: one in
        which nothing has changed of a parameter that was written to, as of an embedding of which few rows were used,
        tells nothing, and ‖Δw‖ is NaN.
        """
        layout, is_unknown = self._layout, exact.not_finite < 0
        if not is_unknown.any():
            return exact.norms, np.zeros(len(is_unknown)), exact.not_finite
        with np.errstate(all="ignore"):
            changes = self.weights[step.after] - self.weights[step.before]
            words = changes.reshape(-1, WORD).astype(np.float64)
            squares = np.vecdot(words, words)
            totals = np.add.reduceat(squares, layout.starts) * layout.weights
            (spread,) = covariances([squares], [(0, 0)], layout.starts, layout.n_words, layout.n_taken)
            is_seen = (totals > 0) | np.isnan(totals) | (layout.weights == 1)
            is_told = is_unknown & (layout.weights > 1) & is_possible(exact.norms, np.sqrt(totals), spread)
            is_unknown &= ~is_told
            norms = np.where(is_unknown, np.where(is_seen, np.sqrt(totals), np.nan), exact.norms)
        n_bad = np.add.reduceat(~np.isfinite(changes), layout.starts * WORD, dtype=np.int64)
        return norms, np.where(is_unknown, spread, 0), np.where(exact.not_finite < 0, n_bad, exact.not_finite)

    def _take_weights(self, step: BufferedStep, latest: BufferedStep, weights: Flats | None) -> None:
        self.weights_were_changed = False
        left = max(latest.before, latest.after)
        if weights is None:
            if left < 0:
                raise ValueError("the weights before the first update are needed")
            step.before = left
            return
        step.before = self._take_row(left + 1, weights)
        if step.follows and latest.after >= 0:
            self.weights_were_changed = not np.array_equal(self.weights[step.before], self.weights[left])
            if not self.weights_were_changed:
                step.before = left

    def _take_row(self, number: int, weights: Flats) -> int:
        self._layout.copy(weights, self.weights[number])
        return number
