"""The steps of a training measured, many at a time: counts on bit planes, sums of squares, angles."""

from collections.abc import Iterator, Sequence

import numpy as np

from collector.metrics.averages import MovingAverages
from collector.metrics.bit_planes import PlanePacker
from collector.metrics.block import Block
from collector.metrics.dynamics import Course
from collector.metrics.flat import Chunk, FlatLayout
from collector.metrics.measured import Awaited, Measured
from collector.metrics.still import StillChanges
from collector.metrics.taken import Flats, TakenSteps


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
        self._taken = TakenSteps(layout)
        packer = PlanePacker(thresholds, layout.largest)
        self._courses = [Course(layout, thresholds, packer) for _ in range(1 + averages)]
        self._averages = MovingAverages(layout) if averages else None
        self._changes = np.empty(layout.largest, np.float32)
        self._still = StillChanges(layout.largest)
        self._is_open = False

    @property
    def weights_were_changed(self) -> bool:
        """Whether the weights given to `before_update` were not those of the `after_update` before."""
        return self._taken.weights_were_changed

    @property
    def not_finite(self) -> np.ndarray:
        """Int64 ``[3, P]``, NaN, +∞ and −∞ among the gradients of the latest `before_update`."""
        return self._taken.not_finite

    def before_update(
        self, gradients: Flats, weights: Flats | None, moments: Flats | None = None, *, follows: bool
    ) -> None:
        """Take a step's gradients and the weights that they were computed at.

        Args:
            gradients, moments: flattened; None where there is none.
            weights: flattened; None where they are as `after_update` saw them.
            follows: whether the step before was taken too.
        """
        if self._taken.is_full:
            self.settle()
        self._is_open = False
        self._taken.begin(gradients, weights, moments, follows=follows)
        self._is_open = True

    def after_update(self, weights: Flats) -> Awaited | None:
        """Take the weights after the update. A step without this is only what the next one is compared with.

        Returns:
            Where the step's numbers will be; None if it was settled in the middle and so has none.
        """
        is_open, self._is_open = self._is_open, False
        return self._taken.finish(weights) if is_open else None

    def settle(self) -> None:
        """Measure the steps that wait."""
        self._is_open = False
        if len(self._taken.steps) == 1:
            return
        is_done = False
        try:
            with np.errstate(all="ignore"):
                self._settle()
            is_done = True
        finally:  # what failed once is not tried again
            self._taken.settled(is_known=is_done)

    def _settle(self) -> None:
        layout, courses = self._layout, self._courses
        block = Block(self._taken, layout)
        n_steps, n_measured = len(block.steps) - 1, len(block.measured)
        shape = (3, n_measured, len(courses), self._n_thresholds, len(layout.parameters))
        still = np.zeros(shape)
        for chunk in layout.chunks:
            for number, changes in enumerate(self._follow(block, chunk)):
                retained = courses[number].retained(block.now, block.before, chunk.words)
                still[:, :, number, :, chunk.numbers] = self._still.sums(changes, retained, chunk.pieces)
        sums = block.sums()
        if n_measured:
            compared = [course.compare(block.now, block.before, n_steps) for course in courses]
            of_parameters = np.add.reduceat(still, layout.first_pieces, axis=-1)
            of_parameters[1] = np.maximum.reduceat(still[1], layout.first_pieces, axis=-1)
            measured = Measured(
                counts=np.stack([each.counts for each in compared], axis=2),
                near_before=np.stack([each.near_before for each in compared], axis=1),
                flips=np.stack([each.flips for each in compared], axis=1),
                still=of_parameters.swapaxes(0, 1),
                sums=sums,
                there=block.there,
            )
            for number, step in enumerate(block.measured):
                if step.awaited is not None:
                    step.awaited.measured, step.awaited.number = measured, number
        for course in courses:
            course.keep(n_steps, n_measured)

    def _follow(self, block: Block, chunk: Chunk) -> Iterator[np.ndarray]:
        """Take a chunk into each course; the changes of the weights, or of their averages, float32 ``[K, D]``."""
        course, words = self._courses[0], chunk.words
        values = block.values(chunk)
        course.take(values, words)
        changes = block.changes(chunk, self._changes)
        course.move(changes, words)
        corrected, since = block.changes_between(chunk)
        for number, change in corrected.items():
            course.correct(number, change, words)
        yield changes
        if self._averages is not None:
            course = self._courses[1]
            course.take(self._averages.of_values(values, block.is_followed, chunk), words)
            begins_anew = [step.begins_anew for step in block.measured]
            changes, corrected = self._averages.of_changes(changes, begins_anew, since, chunk)
            course.move(changes, words)
            for number, change in corrected.items():
                course.correct(number, change, words)
            yield changes
