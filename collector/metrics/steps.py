"""One step of the training measured: counts on bit planes, sums of squares, angles, all in one pass over the chunks."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.bit_planes import PlanePacker
from collector.metrics.dynamics import Course
from collector.metrics.flat import WORD, FlatLayout, Piece, copy_piece, values_of_piece
from collector.metrics.norms import SAFE, sums_of_squares
from collector.metrics.not_finite import not_finite
from collector.metrics.still import StillChanges

Flats = Sequence[np.ndarray | None]

_DECAY = np.float32(0.9)
_REST = np.float32(0.1)
"""Of the moving averages: m ← 0.9 m + 0.1 x."""


class StepMeasure:
    """The numbers of each parameter at one step after the other. `P` parameters, `T` thresholds.

    Args:
        layout: where the parameters lie in the flat buffers.
        thresholds: near zero is |x| ≤ threshold; rising.
        averages: whether the moving averages are followed too.

    Attributes:
        courses: of the gradients and, where asked for, of their moving averages.
        still: what moves although its gradient is near zero, one for each course.
        has_gradient: bool ``[P]``, at this step.
        is_followed: bool ``[P]``, has a gradient at this step and had one at the step before.
        has_moment: bool ``[P]``.
        weights_were_changed: whether the weights given to `before_update` were not those of the `after_update` before.
        gradient, gradient_before, along_before, moment, along_moment, weight, update: float64 ``[P]``, see
            `collector.capture.insight_row.Measured`.
        not_finite: int ``[3, P]``, NaN, +∞ and −∞ among the gradients.
    """

    def __init__(self, layout: FlatLayout, thresholds: Sequence[float], *, averages: bool) -> None:
        self._layout = layout
        n = len(layout.sizes)
        longest = max(chunk.stop - chunk.start for chunk, _ in layout.chunks)
        packer = PlanePacker(thresholds, longest)
        self.courses = [Course(layout, thresholds, packer) for _ in range(1 + averages)]
        self.still = [StillChanges(len(thresholds), n) for _ in self.courses]
        self._now, self._before = layout.buffer(), layout.buffer()
        self._weights, self._weights_after = layout.buffer(), layout.buffer()
        self._has_weights = self._has_weights_after = self.weights_were_changed = False
        self._mean = layout.buffer() if averages else None
        self._mean_change = layout.buffer() if averages else None
        self._change = layout.buffer()
        self._scratch = np.empty(longest, np.float32)
        self.has_gradient = self.is_followed = self.has_moment = np.zeros(n, bool)
        zeros = np.zeros(n)
        self.gradient = self.gradient_before = self.along_before = self.moment = self.along_moment = zeros
        self.weight = self.update = zeros
        self.not_finite = np.zeros((3, n), np.int64)

    @np.errstate(all="ignore")
    def before_update(
        self, gradients: Flats, weights: Flats | None, moments: Flats | None, *, follows: bool, is_counted: bool = True
    ) -> None:
        """Take a step's gradients and the weights that they were computed at.

        Args:
            gradients, moments: flattened; None where there is none.
            weights: flattened; None where they are as `after_update` saw them.
            follows: whether the step before was taken too.
            is_counted: False only remembers, for the step that follows.
        """
        had_gradient, self.has_gradient = self.has_gradient, np.array([each is not None for each in gradients])
        self.is_followed = self.has_gradient & had_gradient & follows
        self._now, self._before = self._before, self._now
        for course in self.courses:
            course.begin()
        self._take_gradients(gradients)
        self._take_weights(weights, follows=follows)
        if is_counted:
            for course in self.courses:
                course.compare()
            self._multiply(moments)

    def _take_gradients(self, gradients: Flats) -> None:
        now, mean, scratch = self._now, self._mean, self._scratch
        squares: list[float] = []
        for chunk, pieces in self._layout.chunks:
            for piece in pieces:
                copy_piece(piece, gradients, now)
            squares += [now[piece.target].dot(now[piece.target]) for piece in pieces]
            self.courses[0].take(now[chunk], chunk)
            if mean is not None:
                part = mean[chunk]
                part *= _DECAY
                part += np.multiply(now[chunk], _REST, out=scratch[: part.size])
                for piece in pieces:
                    if not self.is_followed[piece.parameter]:  # an average begins with the first of its values
                        np.copyto(mean[piece.target], now[piece.target])
                self.courses[1].take(part, chunk)
        self.gradient_before = self.gradient
        self.gradient = self._layout.per_parameter(squares)
        self.not_finite.fill(0)
        for number in np.flatnonzero(~np.isfinite(self.gradient)):
            self.not_finite[:, number] = not_finite(self._layout.values_of(int(number), now))
        self.gradient = self._exact(self.gradient, now)

    def _take_weights(self, weights: Flats | None, *, follows: bool) -> None:
        """Take the weights and, where they are not what the last update left, tell their change anew."""
        if not follows:
            self._has_weights = self._has_weights_after = False
            if self._mean_change is not None:
                self._mean_change.fill(0)
        self.weights_were_changed = False
        old, left = self._weights, self._weights_after
        if weights is None and self._has_weights_after:
            self._weights, self._weights_after = left, old
        elif weights is not None:
            for chunk, pieces in self._layout.chunks:
                self._take_chunk_of_weights(chunk, pieces, weights)
        self._has_weights, self._has_weights_after = weights is not None or self._has_weights_after, False

    def _take_chunk_of_weights(self, chunk: slice, pieces: Sequence[Piece], weights: Flats) -> None:
        kept, left = self._weights[chunk], self._weights_after[chunk]
        change = self._scratch[: kept.size]
        if not self._has_weights:
            for piece in pieces:
                copy_piece(piece, weights, self._weights)
            return
        # The change of the step before: weights now minus weights then.
        if self._has_weights_after:
            others = left.copy()
            for piece in pieces:
                copy_piece(piece, weights, self._weights_after)
            since = np.subtract(left, others, out=others)
            is_new = bool(since.any())
            self.weights_were_changed |= is_new
            if is_new and self._mean_change is not None:
                self._mean_change[chunk] += since * _REST
                self.courses[1].move(self._mean_change[chunk], chunk)
        else:
            is_new = True
            for piece in pieces:
                copy_piece(piece, weights, self._weights_after)
        if is_new:
            self.courses[0].move(np.subtract(left, kept, out=change), chunk)
        np.copyto(kept, left)

    def _multiply(self, moments: Flats | None) -> None:
        """The sums of products. BLAS: a third of the time of multiplying and summing."""
        layout, now, before = self._layout, self._now, self._before
        has_moment = np.zeros(len(layout.sizes), bool) if moments is None else [each is not None for each in moments]
        self.has_moment = self.has_gradient & has_moment
        along, weight, moment, along_moment = [], [], [], []
        for _, pieces in layout.chunks:
            for piece in pieces:
                to = piece.target
                along.append(now[to].dot(before[to]))
                weight.append(self._weights[to].dot(self._weights[to]))
                values = None
                if self.has_moment[piece.parameter]:
                    values = values_of_piece(piece, moments)  # type: ignore[arg-type]
                moment.append(0.0 if values is None else values.dot(values))
                along_moment.append(0.0 if values is None else now[to].dot(values))
        self.along_before = layout.per_parameter(along)
        self.weight = self._exact(layout.per_parameter(weight), self._weights)
        self.moment = layout.per_parameter(moment)
        self.along_moment = layout.per_parameter(along_moment)

    @np.errstate(all="ignore")
    def after_update(self, weights: Flats) -> None:
        """Take the weights after the update that `before_update` came before."""
        squares = []
        for still in self.still:
            still.clear()
        for chunk, pieces in self._layout.chunks:
            after, change = self._weights_after[chunk], self._change[chunk]
            for piece in pieces:
                copy_piece(piece, weights, self._weights_after)
            np.subtract(after, self._weights[chunk], out=change)
            squares += [self._change[piece.target].dot(self._change[piece.target]) for piece in pieces]
            self._move(0, change, chunk, pieces)
            if self._mean_change is not None:
                # The change of the average is the average of the changes.
                mean = self._mean_change[chunk]
                mean *= _DECAY
                mean += np.multiply(change, _REST, out=self._scratch[: mean.size])
                self._move(1, mean, chunk, pieces)
        self._has_weights_after = True
        self.update = self._exact(self._layout.per_parameter(squares), self._change)
        for course in self.courses:
            course.compare_original()

    def _move(self, course: int, change: np.ndarray, chunk: slice, pieces: Sequence[Piece]) -> None:
        self.courses[course].move(change, chunk)
        retained = self.courses[course].retained[:, chunk.start // WORD : chunk.stop // WORD]
        self.still[course].add(change, retained, pieces, chunk.start)

    def _exact(self, squares: np.ndarray, buffer: np.ndarray) -> np.ndarray:
        """The sums of squares, anew in float64 where float32 may have lost something, for the whole of a sample."""
        layout = self._layout
        for number in np.flatnonzero(~((squares > SAFE[0]) & (squares < SAFE[1]))):
            squares[number] = sums_of_squares([layout.values_of(int(number), buffer)])[0]
        return squares * layout.weights if layout.is_sampled else squares
