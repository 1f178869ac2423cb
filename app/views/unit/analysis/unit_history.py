"""What became of one unit over all passes of a run.

`R` passes that recorded it, `N` samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.pass_arrays import PassArray, activation_of, bias_of, weight_gradient_of, weight_of
from app.analysis.graph.scales import largest
from app.analysis.graph.unit_facts import gradient_norm

if TYPE_CHECKING:
    from app.analysis.graph.columns import Column
    from collector.storage.passes import Pass


@dataclass(frozen=True, eq=False)
class Trace:
    """Something of a unit at the passes that recorded it: steps ``[R]`` and values ``[R]`` or ``[R, N]``.

    Steps are whole numbers, unless it lies on those of another run.
    """

    steps: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.steps)


NOTHING = Trace(np.zeros(0, np.int64), np.zeros(0))
"""Of what no pass recorded."""


@dataclass(frozen=True)
class UnitHistory:
    """One unit over the run.

    Attributes:
        stage: name of its column.
        number: its true one.
        n_passes: how many passes were looked at, from the first on.
        activations: for each sample, float32 ``[R, N]``.
        bias: float64 ``[R]``.
        gradient_norm: L2 norm of the gradient of its kept weights, float64 ``[R]``.
        largest_weight: the largest magnitude any of its kept weights ever had; 0 where none was recorded.
        n_unreadable: passes that could not be read.
        damaged: ``activation``, ``weight``, ``bias``, ``weight_gradient`` → passes in which that array is damaged, of
            those where it is in any.
        last_by_part: the last step whose pass has the gradient of a parameter that is told by part; -1: none has.
    """

    stage: str
    number: int
    n_passes: int
    activations: Trace
    bias: Trace
    gradient_norm: Trace
    largest_weight: float
    n_unreadable: int = 0
    damaged: Mapping[str, int] = field(default_factory=dict)
    last_by_part: int = -1

    def on(self, place: Callable[[np.ndarray], np.ndarray]) -> UnitHistory:
        """The same on the steps of another run: ``place`` tells where steps ``[R]`` lie there, NaN: nowhere."""
        moved = {name: _moved(getattr(self, name), place) for name in ("activations", "bias", "gradient_norm")}
        return replace(self, **moved)  # type: ignore[arg-type]

    def of_sample(self, sample: int) -> Trace:
        """Its activation for one sample, ``[R]``."""
        values = self.activations.values
        if not len(values) or not 0 <= sample < values.shape[1]:
            return NOTHING
        return Trace(self.activations.steps, values[:, sample].astype(np.float64))

    def has_no_step_after(self, step: int) -> bool:
        """Whether a pass has no gradient because the run ended there: those before it have one."""
        steps = self.gradient_norm.steps
        return len(steps) > 0 and step > steps[-1]

    def has_no_step_by_part_after(self, step: int) -> bool:
        """The same of parameters that are told by part."""
        return 0 <= self.last_by_part < step

    def mean(self) -> Trace:
        """Its activation, mean over the samples, ``[R]``."""
        values = self.activations.values
        if not values.size:
            return NOTHING
        with np.errstate(all="ignore"):
            return Trace(self.activations.steps, values.mean(axis=1, dtype=np.float64))


class UnitHistoryReader:
    """Gathers what the passes of a run tell of one unit, see `app.replay.scan.PassReader`.

    Args:
        column: the unit's column in the graph.
        position: the unit's place among the drawn ones.
        known: a history of the same unit when the run had fewer passes; only the passes since are to be read.

    Attributes:
        n_passes: so many passes it has seen, from the first on.
    """

    def __init__(self, column: Column, position: int, known: UnitHistory | None = None) -> None:
        self._column, self._position = column, position
        self._known = known
        self.n_passes = 0 if known is None else known.n_passes
        self._activations: list[tuple[int, np.ndarray]] = []
        self._biases: list[tuple[int, float]] = []
        self._norms: list[tuple[int, float]] = []
        self._largest = 0.0 if known is None else known.largest_weight
        self._n_unreadable = 0 if known is None else known.n_unreadable
        self._last_by_part = -1 if known is None else known.last_by_part
        self._damaged = {} if known is None else dict(known.damaged)

    def take(self, pass_: Pass | None) -> None:
        """See the next pass; None: it cannot be read."""
        self.n_passes += 1
        if pass_ is None:
            self._n_unreadable += 1
            return
        at, step = self._position, pass_.step
        activation = self._values("activation", activation_of(pass_, self._column))
        if activation is not None:
            self._activations.append((step, activation[:, at].copy()))
        weight = self._values("weight", weight_of(pass_, self._column))
        if weight is not None:
            self._largest = max(self._largest, largest(weight[at]))
        bias = self._values("bias", bias_of(pass_, self._column))
        if bias is not None:
            self._biases.append((step, float(bias[at])))
        gradient = self._values("weight_gradient", weight_gradient_of(pass_, self._column))
        if gradient is not None:
            self._norms.append((step, gradient_norm(gradient[at])))
        own = pass_.layers.get(self._column.stage)
        if own is not None and any(each.gradient is not None for each in own.parameters.values()):
            self._last_by_part = step

    def _values(self, kind: str, array: PassArray) -> np.ndarray | None:
        if array.damage:
            self._damaged[kind] = self._damaged.get(kind, 0) + 1
        return array.values

    def result(self) -> UnitHistory:
        """What became of the unit up to the last pass seen."""
        known = self._known
        return UnitHistory(
            stage=self._column.stage,
            number=int(self._column.kept[self._position]),
            n_passes=self.n_passes,
            activations=_joined(None if known is None else known.activations, self._activations, np.float32),
            bias=_joined(None if known is None else known.bias, self._biases, np.float64),
            gradient_norm=_joined(None if known is None else known.gradient_norm, self._norms, np.float64),
            largest_weight=self._largest,
            n_unreadable=self._n_unreadable,
            damaged=self._damaged,
            last_by_part=self._last_by_part,
        )


def _moved(trace: Trace, place: Callable[[np.ndarray], np.ndarray]) -> Trace:
    steps = place(trace.steps)
    is_there = np.isfinite(steps)
    return Trace(steps[is_there], trace.values[is_there])


def _joined(known: Trace | None, more: Sequence[tuple[int, float | np.ndarray]], kind: type) -> Trace:
    steps = np.array([step for step, _ in more], np.int64)
    values: np.ndarray = np.array([value for _, value in more], kind)
    if known is None or not len(known):
        return Trace(steps, values)
    if not len(steps):
        return known
    return Trace(np.concatenate([known.steps, steps]), np.concatenate([known.values, values]))
