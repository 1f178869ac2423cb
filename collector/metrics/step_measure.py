"""The steps of a training measured, many at a time: counts on bit planes, sums of squares, angles."""

from collections.abc import Iterator, Sequence

import numpy as np

from collector.metrics.averages import MovingAverages
from collector.metrics.bit_planes import PlanePacker, sums_by_parameter
from collector.metrics.flat_layout import Chunk, FlatLayout
from collector.metrics.near_zero_drift import NearZeroDrift
from collector.metrics.norms import Sizes
from collector.metrics.sign_history import Compared, SignHistory
from collector.metrics.spread import Spread
from collector.metrics.step_block import Block
from collector.metrics.step_buffer import Flats, StepBuffer
from collector.metrics.step_results import PendingStep, StepResults


class StepMeasure:
    """The numbers of each parameter at one step after the other. `P` parameters, `T` thresholds, `C` courses.

    A step is only taken; it is measured with those around it, when there is no more room or `settle` asks for it.

    Args:
        layout: where the parameters lie in the flat buffers.
        thresholds: near zero is |x| ≤ threshold; rising.
        averages: whether the moving averages are followed too, as a second course.
    """

    def __init__(self, layout: FlatLayout, thresholds: Sequence[float], *, averages: bool) -> None:
        self._layout = layout
        self._n_thresholds = len(thresholds)
        self._buffer = StepBuffer(layout)
        packer = PlanePacker(thresholds, layout.largest, layout.dtype)
        self._courses = [SignHistory(layout, thresholds, packer) for _ in range(1 + averages)]
        self._averages = MovingAverages(layout) if averages else None
        self._changes = np.empty(layout.largest, layout.dtype)
        self._drift = NearZeroDrift(layout)
        self._spread = Spread(layout) if layout.is_sampled else None
        self._is_open = False

    @property
    def weights_were_changed(self) -> bool:
        """Whether the weights given to `before_update` were not those of the `after_update` before."""
        return self._buffer.weights_were_changed

    @property
    def not_finite(self) -> np.ndarray:
        """Int64 ``[3, P]``, NaN, +∞ and −∞ among the gradients of the latest `before_update`; see `StepBuffer`."""
        return self._buffer.not_finite

    @property
    def not_finite_weights(self) -> np.ndarray:
        """Int64 ``[P]``, how many of all weights were not finite at the latest `before_update`."""
        return self._buffer.not_finite_weights

    @property
    def not_finite_update(self) -> np.ndarray:
        """Int64 ``[P]``, how many changes were not finite at the latest `after_update`."""
        return self._buffer.not_finite_update

    def before_update(
        self,
        gradients: Flats,
        weights: Flats | None,
        moments: Flats | None = None,
        exact: tuple[Sizes, Sizes] | None = None,
        moment_dots: np.ndarray | None = None,
        *,
        follows: bool,
    ) -> None:
        """Take a step's gradients and the weights that they were computed at.

        Args:
            gradients, moments: flattened; None where there is none.
            weights: flattened; None where they are as `after_update` saw them.
            exact: of a sampled layout the sizes of gradients and weights, where `after_update` will be called.
            moment_dots: float64 ``[2, W]``, in the place of moments m: m² and m·g of each word of the layout, 0 where
                there is none.
            follows: whether the step before was taken too.
        """
        if self._buffer.is_full:
            self.settle()
        self._is_open = False
        self._buffer.begin(gradients, weights, moments, exact, moment_dots, follows=follows)
        self._is_open = True

    def after_update(self, weights: Flats, exact: Sizes | None = None) -> PendingStep | None:
        """Take the weights after the update. A step without this is only what the next one is compared with.

        Args:
            exact: of a sampled layout the sizes of the changes.

        Returns:
            Where the step's numbers will be; None if it was settled in the middle and so has none.
        """
        is_open, self._is_open = self._is_open, False
        return self._buffer.finish(weights, exact) if is_open else None

    def settle(self) -> None:
        """Measure the steps that wait."""
        self._is_open = False
        if len(self._buffer.steps) == 1:
            return
        is_done = False
        try:
            with np.errstate(all="ignore"):
                self._settle()
            is_done = True
        finally:  # what failed once is not tried again
            self._buffer.settled(is_known=is_done)

    def _settle(self) -> None:
        layout, courses = self._layout, self._courses
        block = Block(self._buffer, layout)
        n_steps, n_measured = len(block.steps) - 1, len(block.measured)
        shape = (n_measured, len(courses), self._n_thresholds)
        drift = np.zeros((2, *shape, len(layout.owners)))
        largest = np.zeros((*shape, len(layout.sizes)))
        begun = None if self._averages is None else self._averages.begin(block.has_gradient, block.follows)
        for chunk in layout.chunks:
            for number, changes in enumerate(self._follow(block, begun, chunk)):
                retained = courses[number].retained(block.now, block.before, chunk.words)
                sums, most = self._drift.sums(changes, retained, chunk)
                drift[:, :, number, :, chunk.words] = sums
                largest[:, number, :, chunk.owners] = np.maximum(
                    largest[:, number, :, chunk.owners], np.moveaxis(most, -1, 0)
                )
        if n_measured:
            compared = [course.compare(block.now, block.before, n_steps) for course in courses]
            measured = self._measured(block, begun, compared, drift, largest)
            for number, step in enumerate(block.measured):
                if step.pending is not None:
                    step.pending.measured, step.pending.number = measured, number
        for course in courses:
            course.keep(n_steps, n_measured)

    def _measured(
        self,
        block: Block,
        begun: np.ndarray | None,
        compared: Sequence[Compared],
        drift: np.ndarray,
        largest: np.ndarray,
    ) -> StepResults:
        starts, there = self._layout.starts, block.there
        courses = [there[:, 1]] + ([] if begun is None else [there[:, 0] & begun[block.before]])
        counts = sums_by_parameter(np.stack([each.counts for each in compared], axis=2), starts)
        flips = sums_by_parameter(np.stack([each.flips for each in compared], axis=1), starts)
        sums = np.add.reduceat(drift, starts, axis=-1)
        spread = self._spread
        return StepResults(
            counts=counts.swapaxes(0, 1),
            flips=flips,
            drift=np.stack((*sums, largest), axis=1),
            norms=block.norms(),
            update_spread=block.update_spread(),
            gaps=block.gaps(),
            there=np.stack((there[:, 0], there[:, 2], *courses), axis=1),
            count_spread=_nothing(counts.swapaxes(0, 1)) if spread is None else spread.of_counts(compared, drift),
            flip_spread=_nothing(flips[:, None]) if spread is None else spread.of_flips(compared),
            gap_spread=_nothing(there[:, None]) if spread is None else spread.of_gaps(block),
        )

    def _follow(self, block: Block, begun: np.ndarray | None, chunk: Chunk) -> Iterator[np.ndarray]:
        """Take a chunk into each course; the changes of the weights, or of their averages, ``[K, D]``."""
        course, words = self._courses[0], chunk.words
        values = block.values(chunk)
        course.take(values, words)
        changes = block.changes(chunk, self._changes)
        course.move(changes, words)
        corrected, since = block.changes_between(chunk)
        for number, change in corrected.items():
            course.correct(number, change, words)
        yield changes
        if self._averages is not None and begun is not None:
            course = self._courses[1]
            course.take(self._averages.of_values(values, block.has_gradient, begun, chunk), words)
            begins_anew = [step.begins_anew for step in block.measured]
            changes, corrected = self._averages.of_changes(changes, begins_anew, since, chunk)
            course.move(changes, words)
            for number, change in corrected.items():
                course.correct(number, change, words)
            yield changes


def _nothing(like: np.ndarray) -> np.ndarray:
    """No covariances, ``[S, 0, …]`` of ``[S, V, …]``."""
    return np.zeros((len(like), 0, *like.shape[2:]))
