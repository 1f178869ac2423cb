"""Follows the gradients from step to step, whatever the framework."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.capture.dynamics_metrics import COUNTED, NORMS
from collector.capture.gradient_presence import GradientPresence
from collector.capture.insight_options import InsightOptions
from collector.capture.insight_rows import InsightRows
from collector.capture.layer_sums import LayerSums
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.capture.sign_rows import THRESHOLD, SignRows
from collector.metrics.flat_layout import FlatLayout, flattened
from collector.metrics.norms import Sizes, sizes_of
from collector.metrics.not_finite import KINDS
from collector.metrics.step_measure import StepMeasure
from collector.metrics.step_results import PendingStep, joined
from collector.storage import schema

_AHEAD = 100
"""So many steps are looked ahead for the next one of which anything is taken."""

Arrays = Sequence[np.ndarray]
MaybeArrays = Sequence[np.ndarray | None]


@dataclass(frozen=True, slots=True)
class Due:
    """What is taken of a step.

    Attributes:
        is_seen: whether its gradients are followed.
        is_measured: whether it gets the scalars of `InsightRecorder.columns`.
        has_row: whether it gets a row of the sign raster.
    """

    is_seen: bool
    is_measured: bool
    has_row: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A measured step on its way to the file: where its numbers come, and how many gradients are no numbers."""

    pending: PendingStep
    n_not_finite: int


class InsightRecorder:
    """Measures the steps of a training and writes what it finds.

    Around each update of which `wants` is true, call `before_update` and `after_update`. All arrays are float32, or
    float64, of any shape, in the order of ``parameters``; they may be views of the framework's memory: what is needed
    later is copied, nothing is written to. Nor is more done at a step than to copy it: steps are measured many at a
    time, when there is no more room for them or when their rows are written.

    Where a parameter has no gradient at a step (None), its values are left out of that step's numbers, and a layer
    without any is not recorded at it. Where there are more parameters than ``options.sample``, counts and angles are
    estimated from a sample, with standard errors (see `collector.metrics.sample`); norms, and what is not finite, are
    those of all values, whose sizes `before_update` and `after_update` are given.

    Args:
        parameters: each once, however many layers share it.
        options: what is measured, and when.
        turns: whether of each ``options.interval`` steps another one is measured, in turn, so that an optimizer which
            updates at each so many steps is not always missed.
        estimates_updates: whether the sizes of updates that `after_update` is given may be unknown.
    """

    def __init__(
        self,
        parameters: Sequence[ParameterSpec],
        options: InsightOptions,
        *,
        turns: bool = False,
        estimates_updates: bool = False,
    ) -> None:
        self._turns = turns
        self._options = options
        self._n_parameters = len(parameters)
        self._total = sum(each.size for each in parameters if each.is_trained)
        dtype = np.float64 if any(each.is_wide for each in parameters) else np.float32
        self._in_raster = [number for number, each in enumerate(parameters) if each.is_trained]
        self._signs = SignRows([parameters[number] for number in self._in_raster], options, dtype)
        self._log: RunLog | None = None
        self._seen = self._asked = self._rests_until = -1
        self._is_afforded, self._has_row = True, False
        # A parameter without values is nothing to measure.
        self._order = [number for number, each in enumerate(parameters) if each.size]
        self._interval = options.interval if self._order else 0
        if not self._interval:
            return
        own = self._parameters = [parameters[number] for number in self._order]
        self._is_trained = np.array([each.is_trained for each in own])
        self._all_had_gradients = False
        self._layout = FlatLayout(
            [each.size for each in own], options.sample, options.sample_seed, self._is_trained, dtype
        )
        self._layers = LayerSums([(each.layer, *each.also) for each in own])
        averages = self._interval == 1
        self._steps = StepMeasure(self._layout, options.thresholds, averages=averages)
        self._estimates_updates = estimates_updates and self._layout.is_sampled
        self._rows = InsightRows(
            *(self._layers, self._layout, options.thresholds),
            averages=averages,
            estimates_updates=self._estimates_updates,
        )
        self._columns = (*self._rows.columns, "not_finite/total")

    @property
    def weights_were_changed(self) -> bool:
        """Whether the last `before_update` found weights that were not those of the `after_update` before it."""
        return self._interval > 0 and self._steps.weights_were_changed

    @property
    def has_interval(self) -> bool:
        """Whether any step is measured."""
        return self._interval > 0

    @property
    def is_sampled(self) -> bool:
        """Whether measured steps need the sizes of all values."""
        return self._interval > 0 and self._layout.is_sampled

    @property
    def columns(self) -> frozenset[str]:
        """The scalars that every measured step has."""
        return frozenset(self._columns) if self._interval else frozenset()

    def to_schema(self) -> schema.Insight:
        """What the header says of it."""
        is_partly = self._layout.weights > 1 if self.is_sampled else np.zeros(0, bool)
        is_estimated = self.is_sampled and bool(is_partly[self._is_trained].any())
        counted = int(self._layout.counted[self._is_trained].sum()) if is_estimated else self._total
        return schema.Insight(
            interval=self._interval,
            thresholds=list(self._options.thresholds),
            parameters=self._total,
            sample=counted,
            sample_seed=self._options.sample_seed if self.is_sampled else None,
            sign_interval=self._options.sign_interval if self._signs.n_columns else 0,
            sign_threshold=THRESHOLD,
            sign_columns=self._signs.n_columns,
            bands=self._signs.bands,
            estimated=self._estimated() if is_estimated else [],
            sampled=self._sampled(is_partly) if self.is_sampled else {},
        )

    def _estimated(self) -> list[str]:
        of_updates = [metric.name for metric in NORMS if metric.error is not None] if self._estimates_updates else []
        return [*(metric.name for metric in COUNTED), *of_updates]

    def _sampled(self, is_partly: np.ndarray) -> dict[str, int]:
        counted = self._layers.count(self._layout.counted)
        is_partial = self._layers.count(is_partly) > 0
        return {name: int(counted[number]) for number, name in enumerate(self._layers.names) if is_partial[number]}

    def start(self, log: RunLog) -> None:
        """Write into this log from now on."""
        self._log = log
        self._gradient_presence = GradientPresence(log.note)

    def end(self) -> None:
        """The run is over."""
        if self._log is not None:
            self._gradient_presence.end()

    def wants(self, step: int) -> bool:
        """Whether `before_update` and `after_update` are to be called at this step.

        Ask for the steps in their order: a budget hears of each once.
        """
        if step == self._asked + 1 and step < self._rests_until:
            self._asked, self._has_row = step, False
            return False
        if step != self._asked:
            begins, has_row = self._begins(step), self._signs.wants(step)
            is_afforded = (begins or has_row) and self._open_log().affords("gradients")
            self._is_afforded = is_afforded if begins else self._is_afforded
            self._has_row = has_row and is_afforded
            self._asked = step
            if not self.is_scheduled(step):
                self._rests_until = self._next_scheduled(step)
        return self._is_seen(step) or self._has_row

    def _next_scheduled(self, step: int) -> int:
        """A step up to which nothing is taken of those behind this one; asking of each costs what matters there."""
        ahead = range(step + 1, step + _AHEAD)
        return next((each for each in ahead if self.is_scheduled(each)), step + _AHEAD)

    @property
    def has_row(self) -> bool:
        """Whether the step that `wants` was asked of last gets a row of the sign raster."""
        return self._has_row

    def counted_numbers(self) -> list[np.ndarray]:
        """Of each parameter, which of its values are counted; none of one without values."""
        found = [np.zeros(0, np.int64) for _ in range(self._n_parameters)]
        for place, number in enumerate(self._order if self._interval else ()):
            found[number] = self._layout.numbers(place)
        return found

    def word_sizes(self) -> list[np.ndarray]:
        """Of each parameter, how many values the words have that are counted, int ``[words]``."""
        found = [np.zeros(0, np.int64) for _ in range(self._n_parameters)]
        for place, number in enumerate(self._order if self._interval else ()):
            found[number] = self._layout.word_sizes(place)
        return found

    def ordered_words(self, of_parameters: Sequence[np.ndarray]) -> np.ndarray:
        """Numbers of the words of each parameter ``[…, words]``, as `before_update` has them of all, ``[…, W]``."""
        return np.concatenate([of_parameters[number] for number in self._order], axis=-1)

    def raster_numbers(self) -> list[np.ndarray]:
        """Of each parameter, which of its values have a column in the sign raster."""
        found = [np.zeros(0, np.int64) for _ in range(self._n_parameters)]
        for band, number in enumerate(self._in_raster if self._signs.n_columns else ()):
            found[number] = self._signs.numbers(band)
        return found

    def is_scheduled(self, step: int) -> bool:
        """Whether `wants` may be true of this step, whatever was asked before and can be afforded."""
        return self.is_due(step) or self.is_due(step + 1) or self._signs.wants(step)

    def is_due(self, step: int) -> bool:
        """Whether this step is to get the scalars of `columns`, if that can be afforded."""
        if self._interval == 0:
            return False
        turn = step // self._interval % self._interval if self._turns else 0
        return step % self._interval == turn

    def due(self, step: int) -> Due:
        """What is taken of the step that `wants` was asked of last, for calls that come later."""
        return Due(self._is_seen(step), self.measures(step), self._has_row)

    def measures(self, step: int) -> bool:
        """Whether this step gets the scalars of `columns`."""
        return self._is_afforded and self.is_due(step)

    def _begins(self, step: int) -> bool:
        """Whether it is the first of two consecutive steps, or the only one, as the run's first."""
        follows = self._asked == step - 1 and self._asked >= 0
        return self.is_due(step + 1) or (self.is_due(step) and not follows)

    def _is_seen(self, step: int) -> bool:
        return (self.is_due(step) or self.is_due(step + 1)) and self._is_afforded

    def before_update(
        self,
        step: int,
        gradients: MaybeArrays,
        weights: Arrays | None,
        moments: MaybeArrays | None = None,
        sizes: tuple[Sizes, Sizes] | None = None,
        raster: MaybeArrays | None = None,
        waits: Sequence[bool] | None = None,
        moment_dots: np.ndarray | None = None,
        due: Due | None = None,
    ) -> None:
        """The state that an update starts from.

        Args:
            gradients: those that the update is made of; None for a parameter that has none.
            weights: those that the gradients were computed at; None instead of all says that nothing has changed
                them since the last `after_update`, which saves looking.
            moments: the optimizer's first moments before the update, where it has them.
            sizes: of gradients and weights, where the step is measured and `is_sampled`; None: made of these arrays.
            waits: whether the optimizer of each parameter makes no update in this step, where it may well be that there
                is no gradient; None: each makes one.
            moment_dots: in the place of moments; see `StepMeasure.before_update`.
            due: what `due` said at this step, where others were asked of since.
            raster: the gradients' values of `raster_numbers`, where the arrays have those of `counted_numbers` alone.
        """
        due = self.due(step) if due is None else due
        flat = flattened(gradients)
        if due.has_row:
            rows = flat if raster is None else raster
            self._signs.write(self._open_log(), step, [rows[number] for number in self._in_raster])
        if not due.is_seen:
            return
        is_measured = due.is_measured
        if is_measured and self.is_sampled and sizes is None and weights is not None:
            sizes = sizes_of(gradients), sizes_of(weights)
        own = self._ordered(flat)
        self._steps.before_update(
            own,
            None if weights is None else self._ordered(flattened(weights)),
            None if moments is None or not is_measured else self._ordered(flattened(moments)),
            tuple(map(self._ordered_sizes, sizes)) if is_measured and sizes is not None else None,  # type: ignore[arg-type]
            moment_dots if is_measured else None,
            follows=self._seen == step - 1,
        )
        self._seen = step
        are_finite = not self._steps.not_finite.any()
        for kind, counts in zip(KINDS, self._steps.not_finite, strict=True):
            self._look(kind, step, counts, is_known=are_finite)
        if is_measured:
            self._look("not_finite_weight", step, self._steps.not_finite_weights)
        has_gradient = np.array([each is not None for each in own])
        waiting = np.zeros(len(own), bool) if waits is None else np.array([waits[number] for number in self._order])
        self._look_for_gradients(step, has_gradient, waiting & ~has_gradient, is_measured=is_measured)

    def after_update(self, step: int, weights: Arrays, sizes: Sizes | None = None, *, due: Due | None = None) -> None:
        """The weights after the update; the step's scalars are written.

        Args:
            sizes: of their change, where `is_sampled`.
            due: as in `before_update`.
        """
        if self._seen == step and (self.measures(step) if due is None else due.is_measured):
            own = None if sizes is None else self._ordered_sizes(sizes)
            pending = self._steps.after_update(self._ordered(flattened(weights)), own)
            if pending is not None:
                self._look("not_finite_update", step, self._steps.not_finite_update)
                row = _Row(pending, int(self._steps.not_finite.sum()))
                self._open_log().put_row(self._columns, step, row, self._table)

    def _ordered(self, arrays: MaybeArrays) -> MaybeArrays:
        return [arrays[number] for number in self._order]

    def _ordered_sizes(self, sizes: Sizes) -> Sizes:
        return Sizes(sizes.norms[self._order], sizes.not_finite[self._order])

    def _open_log(self) -> RunLog:
        if self._log is None:
            raise RuntimeError("start was not called")
        return self._log

    def _table(self, waiting: Sequence["_Row"]) -> np.ndarray:
        """The values of `columns` ``[S, columns]``; the steps that wait to be measured are measured for it."""
        if any(row.pending.measured is None for row in waiting):
            self._steps.settle()
        table = np.full((len(waiting), len(self._columns)), np.nan)
        table[:, -1] = [row.n_not_finite for row in waiting]
        there = [number for number, row in enumerate(waiting) if row.pending.measured is not None]
        if there:
            table[there, :-1] = self._rows.table(joined([waiting[number].pending for number in there]))
        return table

    def _look(self, series: str, step: int, counts: np.ndarray, *, is_known: bool = False) -> None:
        """Write where there are values that are no numbers; ``is_known``: there are none."""
        of_layers = self._by_layer(counts) if not is_known and counts.any() else {}
        self._open_log().not_finite.look(series, step, of_layers)

    def _look_for_gradients(
        self, step: int, has_gradient: np.ndarray, is_waiting: np.ndarray, *, is_measured: bool
    ) -> None:
        """Write which parameters have none, of those that are trained or were so far."""
        if has_gradient.all() and self._all_had_gradients:  # nothing begins, ends or is missing
            self._gradient_presence.saw_all(step)
            return
        self._all_had_gradients = bool(has_gradient.all())
        self._is_trained |= has_gradient
        without = np.where(self._is_trained & ~has_gradient & ~is_waiting, self._layout.sizes, 0)
        of_layers = self._by_layer(without)
        if is_measured:
            for layer, count in of_layers.items():
                if count:
                    self._open_log().put(f"no_gradient/{layer}", step, count)
        waiting = self._by_layer(is_waiting)
        has = {layer: n > 0 for layer, n in self._by_layer(has_gradient).items() if n or not waiting[layer]}
        self._gradient_presence.look(step, has)

    def _by_layer(self, counts: np.ndarray) -> dict[str, int]:
        of_layers = self._layers.count(counts)[:-1]
        return {name: int(count) for name, count in zip(self._layers.names, of_layers, strict=True)}
