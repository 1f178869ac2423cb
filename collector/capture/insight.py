"""Follows the gradients from step to step, whatever the framework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.capture.insight_options import InsightOptions
from collector.capture.insight_row import LayerSums, column_names, rows
from collector.capture.run_log import RunLog
from collector.capture.sign_rows import THRESHOLD, SignRows
from collector.capture.words import listed
from collector.metrics.flat import FlatLayout, flattened
from collector.metrics.measured import Awaited, joined
from collector.metrics.not_finite import KINDS
from collector.metrics.steps import StepMeasure
from collector.storage import schema

Arrays = Sequence[np.ndarray]
MaybeArrays = Sequence[np.ndarray | None]


@dataclass(frozen=True)
class ParameterSpec:
    """A trainable parameter.

    Attributes:
        layer: the layer it belongs to.
        name: its name in the layer.
        size: its number of values.
        also: further layers that share it. It counts in each, and once in the total.
    """

    layer: str
    name: str
    size: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A measured step on its way to the file: where its numbers come, Σw² of what is frozen ``[L + 1]``, and how many
    gradients are no numbers."""

    awaited: Awaited
    frozen: np.ndarray
    n_not_finite: int


class InsightRecorder:
    """Measures the steps of a training and writes what it finds.

    Around each update of which `wants` is true, call `before_update` and `after_update`. All arrays are float32 of
    any shape, in the order of ``parameters``; they may be views of the framework's memory: what is needed later is
    copied, nothing is written to. Nor is more done at a step than to copy it: steps are measured many at a time, when
    there is no more room for them or when their rows are written.

    Where a parameter has no gradient at a step (None), its values are left out of that step's numbers, and a layer
    without any is not recorded at it. Where there are more parameters than ``options.sample``, everything is
    measured on the sample: counts are counts in it, norms are estimates for the whole, and what is not finite
    outside of it is not seen.

    Args:
        parameters: those that are trained, each once, however many layers share it.
        options: what is measured, and when.
    """

    def __init__(
        self,
        parameters: Sequence[ParameterSpec],
        options: InsightOptions,
    ) -> None:
        self._options = options
        self._total = sum(each.size for each in parameters)
        self._signs = SignRows(parameters, options)
        self._log: RunLog | None = None
        self._seen = self._asked = -1
        self._is_afforded, self._has_row = True, False
        self._told: set[str] = set()
        # A parameter without values is nothing to measure.
        self._order = [number for number, each in enumerate(parameters) if each.size]
        self._interval = options.interval if self._order else 0
        if not self._interval:
            return
        own = [parameters[number] for number in self._order]
        self._layout = FlatLayout([each.size for each in own], options.sample, options.sample_seed)
        self._layers = LayerSums([(each.layer, *each.also) for each in own])
        self._steps = StepMeasure(self._layout, options.thresholds, averages=self._interval == 1)
        self._columns = column_names(self._layers, options.thresholds, averages=self._interval == 1)
        self._frozen = np.zeros(len(self._layers.names) + 1)

    @property
    def weights_were_changed(self) -> bool:
        """Whether the last `before_update` found weights that were not those of the `after_update` before it."""
        return self._interval > 0 and self._steps.weights_were_changed

    def set_frozen(self, squares: Mapping[str, float], total: float) -> None:
        """Say what the parameters that are not trained add to ``weight_norm``: Σw² of each layer and of all."""
        if self._interval:
            self._frozen = np.array([*(squares.get(name, 0.0) for name in self._layers.names), total])

    @property
    def columns(self) -> frozenset[str]:
        """The scalars that every measured step has."""
        return frozenset(self._columns) if self._interval else frozenset()

    def to_schema(self) -> schema.Insight:
        """What the header says of it."""
        is_sampled = self._interval and self._layout.is_sampled
        return schema.Insight(
            interval=self._interval,
            thresholds=list(self._options.thresholds),
            parameters=self._total,
            sample=int(self._layout.counted.sum()) if is_sampled else self._total,
            sample_seed=self._options.sample_seed if is_sampled else None,
            sign_interval=self._options.sign_interval if self._signs.n_columns else 0,
            sign_threshold=THRESHOLD,
            sign_columns=self._signs.n_columns,
            bands=self._signs.bands,
        )

    def start(self, log: RunLog) -> None:
        """Write into this log from now on."""
        self._log = log

    def wants(self, step: int) -> bool:
        """Whether `before_update` and `after_update` are to be called at this step.

        Ask for the steps in their order: a budget hears of each once.
        """
        if step != self._asked:
            begins, has_row = self._begins(step), self._signs.wants(step)
            is_afforded = (begins or has_row) and self._open_log().affords("gradients")
            self._is_afforded = is_afforded if begins else self._is_afforded
            self._has_row = has_row and is_afforded
            self._asked = step
        return self._is_seen(step) or self._has_row

    def measures(self, step: int) -> bool:
        """Whether this step gets the scalars of `columns`."""
        return self._interval > 0 and self._is_afforded and step % self._interval == 0

    def _begins(self, step: int) -> bool:
        """Whether it is the first of two consecutive steps, or the only one, as the run's first."""
        if self._interval == 0:
            return False
        follows = self._asked == step - 1 and self._asked >= 0
        return (step + 1) % self._interval == 0 or (step % self._interval == 0 and not follows)

    def _is_seen(self, step: int) -> bool:
        is_due = self._interval > 0 and (step % self._interval == 0 or (step + 1) % self._interval == 0)
        return is_due and self._is_afforded

    def before_update(
        self,
        step: int,
        gradients: MaybeArrays,
        weights: Arrays | None,
        moments: MaybeArrays | None = None,
    ) -> None:
        """The state that an update starts from.

        Args:
            gradients: those that the update is made of; None for a parameter that has none.
            weights: those that the gradients were computed at; None instead of all says that nothing has changed
                them since the last `after_update`, which saves looking.
            moments: the optimizer's first moments before the update, where it has them.
        """
        flat = flattened(gradients)
        if self._has_row:
            self._signs.write(self._open_log(), step, flat)
        if not self._is_seen(step):
            return
        self._steps.before_update(
            self._ordered(flat),
            None if weights is None else self._ordered(flattened(weights)),
            None if moments is None or not self.measures(step) else self._ordered(flattened(moments)),
            follows=self._seen == step - 1,
        )
        self._seen = step
        self._tell_not_finite(step)

    def after_update(self, step: int, weights: Arrays) -> None:
        """The weights after the update; the step's scalars are written."""
        if self._seen == step and self.measures(step):
            awaited = self._steps.after_update(self._ordered(flattened(weights)))
            if awaited is not None:
                row = _Row(awaited, self._frozen, int(self._steps.not_finite.sum()))
                self._open_log().put_row(self._columns, step, row, self._table)

    def _ordered(self, arrays: MaybeArrays) -> MaybeArrays:
        return [arrays[number] for number in self._order]

    def _open_log(self) -> RunLog:
        if self._log is None:
            raise RuntimeError("start was not called")
        return self._log

    def _table(self, waiting: Sequence["_Row"]) -> np.ndarray:
        """The values of `columns` ``[S, columns]``; the steps that wait to be measured are measured for it."""
        if any(row.awaited.measured is None for row in waiting):
            self._steps.settle()
        table = np.full((len(waiting), len(self._columns)), np.nan)
        table[:, -1] = [row.n_not_finite for row in waiting]
        there = [number for number, row in enumerate(waiting) if row.awaited.measured is not None]
        if there:
            measured = joined([waiting[number].awaited for number in there])
            frozen = np.stack([waiting[number].frozen for number in there])
            table[there, :-1] = rows(self._layers, measured, self._layout.counted, frozen)
        return table

    def _tell_not_finite(self, step: int) -> None:
        """Write where there are values that are no numbers, and say so the first time."""
        if not self._steps.not_finite.any():
            return
        log = self._open_log()
        of_layers = self._layers.add(self._steps.not_finite)[:, :-1]
        for kind, counts in zip(KINDS, of_layers, strict=True):
            hit = [name for name, count in zip(self._layers.names, counts, strict=True) if count]
            for name in hit:
                log.put(f"{kind}/{name}", step, int(counts[self._layers.names.index(name)]))
            if hit and kind not in self._told:
                self._told.add(kind)
                came = "came" if self._interval == 1 else "was seen"
                log.note(f"The first {_WORDS[kind]} in a gradient {came} at step {step}, in {listed(hit)}.")


_WORDS = {"nan": "NaN", "plus_inf": "+Inf", "minus_inf": "-Inf"}
