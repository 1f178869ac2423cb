"""What metrics are given of a step: gathered around it, as far as those need it that are due."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from torch import nn

from collector.capture.metric_recorder import MetricRecorder
from collector.capture.run_log import RunLog
from collector.capture.step_state import ACTIVATIONS, BATCHES, CLIPPING, LOSS, Clipping, Squares, StepState
from collector.pytorch.gradient_parts import GradientParts
from collector.pytorch.hooks import Hooks
from collector.pytorch.model_inspection import ModelInspection
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.probe_activations import probe_activations
from collector.pytorch.shifted_loss import ShiftedLoss, why_not_moved
from collector.pytorch.step_arrays import StepArrays
from collector.pytorch.step_inputs import CallWatcher
from collector.pytorch.unclipped_norms import UnclippedNorms


class MetricInputs:
    """Gathers it.

    Args:
        inspection: of the model, before its training.
        metrics: say what they need.
        has_others: whether the training has other processes.

    Attributes:
        samples: tells how many samples the latest call of the model was given.
    """

    def __init__(
        self,
        model: nn.Module,
        inspection: ModelInspection,
        stepping: OptimizerHooks,
        metrics: MetricRecorder,
        log: RunLog,
        *,
        has_others: bool,
    ) -> None:
        self._model, self._inspection, self._metrics, self._log = model, inspection, metrics, log
        plans = self._plans = inspection.plans
        self.samples: Callable[[], int] = lambda: 0
        clock = partial(log.overhead.of, "metrics")
        self._arrays = StepArrays(plans, stepping)
        self._parts = GradientParts(plans, log.guard, self._n_samples, clock, has_others=has_others)
        self._unclipped = UnclippedNorms(plans, stepping, log.guard, clock)
        self._activations: dict[str, np.ndarray] = {}
        self._batches: dict[str, Squares] = {}
        self._clipping: dict[str, Clipping] = {}
        self._looks_at_calls = not metrics.can_need.isdisjoint((BATCHES, CLIPPING))
        self._loss: ShiftedLoss | None = None
        if inspection.inputs is not None and inspection.losses is not None and LOSS in metrics.can_need:
            self._loss = ShiftedLoss(model, inspection.inputs, plans, inspection.losses)

    def _n_samples(self) -> int:
        return self.samples()

    @property
    def lacking(self) -> list[str]:
        """A sentence for each part of a step that metrics need and will not be given."""
        told, needs, inspection = [], self._metrics.can_need, self._inspection
        if ACTIVATIONS in needs and inspection.inputs is None:
            told.append("Metrics of activations have no numbers: give the collector probe=(inputs, labels).")
        if LOSS in needs and self._loss is None:
            way_out = "give the collector probe=(inputs, targets), and the loss function as loss=."
            told.append(f"Metrics of the probe's loss have no numbers: {way_out}")
        elif LOSS in needs and (reason := why_not_moved(self._plans)):
            self._loss = None
            told.append(f"Metrics of the probe's loss have no numbers: the model is not moved, because {reason}.")
        return told

    def watchers(self, step: int) -> Sequence[CallWatcher]:
        """Those that look at the call of the model in training that is about to be made."""
        if not self._looks_at_calls:
            return ()
        self._parts.begin_call(step)
        due = self._metrics.wanted(step)
        watchers: list[CallWatcher] = [self._parts] if BATCHES in due else []
        return [*watchers, _Nothing()] if CLIPPING in due else watchers

    def called(self, step: int, outputs: Any) -> None:
        """The call has given this."""
        if self._looks_at_calls and CLIPPING in self._metrics.wanted(step):
            self._unclipped.called(outputs)

    def before_update(self, needs: Collection[str]) -> None:
        """Keep what is needed of a step whose gradients are there."""
        self._arrays.before_update(needs)
        self._batches = self._parts.take() if BATCHES in needs else {}
        self._clipping = self._unclipped.take() if CLIPPING in needs else {}
        self._activations = {}
        if ACTIVATIONS in needs and self._inspection.inputs is not None:
            with self._log.guard("running the model on the probe for metrics"):
                self._activations = probe_activations(self._model, self._inspection.inputs, self._plans)

    def after_update(self, step: int, needs: Collection[str]) -> StepState:
        """The state of the step, for those that need this of it."""
        state = replace(
            self._arrays.after_update(step, needs),
            activations=self._activations,
            kinds={plan.name: plan.kind for plan in self._plans if plan.name in self._activations},
            batches=self._batches,
            clipping=self._clipping,
            loss=self._loss if LOSS in needs else None,
        )
        self._activations, self._batches, self._clipping = {}, {}, {}
        return state

    def close(self) -> None:
        """Leave no hook behind."""
        self._parts.forget()


class _Nothing:
    """Wants to hear what a call gives, and looks at nothing within it."""

    def put_on(self, hooks: Hooks) -> None:
        """There is nothing to be put on."""
