"""What metrics are given of a step: gathered around it, as far as those need it that are due."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from math import ceil, hypot
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.metric_recorder import MetricRecorder
from collector.capture.run_log import RunLog
from collector.capture.step_state import (
    ACTIVATIONS,
    BATCHES,
    CLIPPING,
    LOSS,
    MOST_VALUES,
    NEEDS,
    Arrays,
    Clipping,
    StepState,
)
from collector.keras.clipping import left_by_clipping
from collector.keras.layers import canonical
from collector.keras.pass_recorder import PassRecorder, Values
from collector.keras.plan import LayerPlan
from collector.keras.probe import ProbeRun
from collector.keras.step_hooks import StepHooks
from collector.keras.tensors import read, to_numpy
from collector.keras.trace import Call
from collector.metrics.norms import norm

CAN = tuple(each for each in NEEDS if each != BATCHES)
"""A compiled step shows no gradients of parts of its batch."""


class MetricInputs:
    """Gathers it.

    Args:
        passes: knows weights, gradients and updates of a step.
    """

    def __init__(self, probe: ProbeRun, passes: PassRecorder, metrics: MetricRecorder, log: RunLog) -> None:
        self._probe, self._passes, self._log = probe, passes, log
        self._needs = metrics.can_need
        self._activations: dict[str, np.ndarray] = {}
        self._runs: dict[str, Callable[[], Any] | None] = {}
        self._layers: Any = None

    @property
    def lacking(self) -> list[str]:
        """A sentence for each part of a step that metrics need and will not be given."""
        told = []
        if ACTIVATIONS in self._needs and self._probe.is_idle:
            told.append("Metrics of activations have no numbers: give the collector probe=(inputs, labels).")
        if LOSS in self._needs and not self._has_loss():
            way_out = "give the collector probe=(inputs, targets), and compile the model with one loss, or give loss=."
            told.append(f"Metrics of the probe's loss have no numbers: {way_out}")
        return told

    def before_step(self, needs: Collection[str]) -> None:
        """Keep what is needed of the state before a step."""
        self._activations = {}
        if ACTIVATIONS in needs and not self._probe.is_idle:
            with self._log.guard("running the model on the probe for metrics"), self._log.overhead.of("metrics"):
                rows = self._run("rows", self._rows)
                self._activations = {name: np.array(to_numpy(each)) for name, each in rows.items()}

    def state(
        self, step: int, needs: Collection[str], before: Values, after: Values, gradients: Values, watch: StepHooks
    ) -> StepState:
        """The state of a step that was taken, for those that need this of it."""
        activations, self._activations = self._activations, {}
        plans = self._probe.plans
        return replace(
            self._passes.step_state(step, needs, before, after, gradients),
            activations=activations,
            kinds={plan.name: _kind(plan) for plan in plans if plan.name in activations},
            clipping=_clipping(plans, watch, gradients) if CLIPPING in needs else {},
            loss=self._loss_at if LOSS in needs and self._has_loss() else None,
        )

    def _run(self, what: str, take: Callable[[Mapping[str, Call], Any], Any]) -> Any:
        """What a run on the probe gives, whose graph is made when it is first wanted."""
        if self._layers is not self._probe.layers:
            self._layers, self._runs = self._probe.layers, {}
        if what not in self._runs:
            self._runs[what] = self._probe.further_run(take)
        run = self._runs[what]
        return None if run is None else run()

    def _rows(self, calls: Mapping[str, Call], output: Any) -> dict[str, tf.Tensor]:
        recorded = [plan for plan in self._probe.plans if "activation" not in plan.not_recorded]
        return {plan.name: _spread(plan, calls[plan.name].output) for plan in recorded}

    def _loss_at(self, shift: Arrays) -> float:
        """See `collector.capture.step_state.LossAt`. Variables are moved, and given their very values back."""
        moved = _by_variable(self._probe.plans, shift)
        before = [(variable, read(variable)) for variable, _ in moved]
        try:
            for variable, far in moved:
                variable.assign_add(tf.cast(far, variable.dtype))
            return float(self._run("losses", self._losses)["whole"])
        finally:
            for variable, values in before:
                variable.assign(values)

    def _losses(self, calls: Mapping[str, Call], output: Any) -> dict[str, tf.Tensor]:
        return self._probe.losses_of(output)

    def _has_loss(self) -> bool:
        return not self._probe.is_idle and "whole" in self._run("losses", self._losses)


def _by_variable(plans: list[LayerPlan], shift: Arrays) -> list[tuple[tf.Variable, np.ndarray]]:
    """Variables and how far each is moved, in its own axes."""
    moved: dict[int, tuple[tf.Variable, np.ndarray]] = {}
    for plan in plans:
        for name, far in shift.get(plan.name, {}).items():
            variable = plan.parameters[name].value
            shape = tuple(variable.shape)
            places = canonical(plan.layer, name, np.arange(int(np.prod(shape))).reshape(shape))
            own = np.empty(shape, far.dtype)
            own.flat[places.ravel()] = far.ravel()
            moved.setdefault(id(variable), (variable, own))
    return list(moved.values())


def _clipping(plans: list[LayerPlan], watch: StepHooks, gradients: Values) -> dict[str, Clipping]:
    left = left_by_clipping(watch, gradients)
    found: dict[str, Clipping] = {}
    for plan in plans:
        keys = [] if plan.is_gone else [key for each in plan.parameters.values() if (key := id(each.value)) in left]
        if keys:
            before = hypot(*(norm(gradients[key]) for key in keys))
            found[plan.name] = Clipping(before, hypot(*(left[key] for key in keys)))
    return found


def _spread(plan: LayerPlan, output: tf.Tensor) -> tf.Tensor:
    """A layer's output ``[N, …]`` as evenly spread rows ``[R, U]``; see `StepState.activations`."""
    others = [axis for axis in range(len(output.shape)) if axis != plan.unit_axis]
    by_unit = tf.transpose(tf.cast(output, tf.float32), (*others, plan.unit_axis))
    rows = tf.reshape(by_unit, (-1, output.shape[plan.unit_axis]))
    n_rows, n_units = rows.shape
    return rows[:: max(1, ceil(n_rows * n_units / MOST_VALUES))]


def _kind(plan: LayerPlan) -> str:
    """Class of a layer, or of the activation that it does behind its own work."""
    does = getattr(plan.layer, "activation", None)
    if does is None or does in (keras.activations.linear, keras.activations.softmax):
        return "" if does is keras.activations.softmax else plan.kind
    return "Activation"
