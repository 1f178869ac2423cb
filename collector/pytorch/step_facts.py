"""What rules need of the steps of a PyTorch training besides its gradients."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import Tensor, nn

from collector.capture.fact_names import AGE, BATCH, BATCH_SAMPLES
from collector.capture.run_recorder import RunRecorder
from collector.pytorch.backward_facts import BackwardFacts
from collector.pytorch.fingerprints import Fingerprints
from collector.pytorch.finite_gradients import FiniteGradients
from collector.pytorch.forward_statistics import ForwardStatistics
from collector.pytorch.half_batches import HalfBatches
from collector.pytorch.insight import StepInsight
from collector.pytorch.metric_inputs import MetricInputs
from collector.pytorch.module_calls import ModuleCalls
from collector.pytorch.norm_facts import NormFacts
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.samples import Samples
from collector.pytorch.step_inputs import CallWatcher, StepInputs
from collector.pytorch.target_facts import target_facts

_OF_BATCHES = (BATCH, BATCH_SAMPLES)


class StepFacts:
    """Looks at what the training's own calls of the model and its backward passes have, and records it.

    Args:
        called: the model as it is called in training: with what wraps it.
        updates: knows the gradients of the step under way.
        run: knows what is wanted of it.
        insight: follows the gradients; None: they are not followed.
        is_whole: whether this process has all of the parameters; else of them and their gradients nothing is looked at.
        like: held-out samples, in which the samples lie as in training; None: along the first axis.
        metric_inputs: looks at calls for metrics of the training's own.
    """

    def __init__(
        self,
        called: nn.Module,
        model: nn.Module,
        plans: list[LayerPlan],
        updates: OptimizerHooks,
        run: RunRecorder,
        insight: StepInsight | None,
        *,
        is_whole: bool = True,
        like: Samples | None = None,
        metric_inputs: MetricInputs,
    ) -> None:
        self._metric_inputs = metric_inputs
        self._is_whole = is_whole
        self._updates, self._run, self._log, self._follows = updates, run, run.log, insight
        self._insight = None if insight is None else insight.recorder
        self._parameters = list(model.parameters())
        guard = self._log.guard
        is_followed = self._insight is not None and self._insight.has_interval
        count = None if like is None else like.n_in
        self._inputs = inputs = StepInputs(
            *(called, lambda: run.steps_taken, guard, self._log.overhead), has_checksums=is_followed, count=count
        )
        self._log.not_finite.inputs = inputs.not_finite
        inputs.bring = self._log.bring
        self._finite = FiniteGradients(model, self._parameters, inputs.calls_of, inputs.held, self._log)
        self._forward = ForwardStatistics(plans)
        self._halves = HalfBatches(plans, guard)
        self._fingerprints = Fingerprints(model, plans, updates, lambda: run.steps_taken, is_whole=is_whole)
        self._modules = ModuleCalls(model, [self._forward, self._fingerprints], guard)
        inputs.watchers = self._watchers
        inputs.rests = lambda: run.rests
        self._backward = BackwardFacts(updates.parameters, self._is_measured, guard, self._norm_of)
        inputs.called = self._called
        metric_inputs.samples = inputs.latest_samples
        self._norms = NormFacts(dict(model.named_modules()))

    def hold(self, inputs: Mapping[str, Any]) -> None:
        """What the step under way is given, where the model is not called itself: name → tensors."""
        with self._log.guard.quick("holding on to what the model is given"):
            self._inputs.hold(inputs)

    def look_for_origin(self, *, is_skipped: bool = False) -> None:
        """The gradients of the step under way are there, and nothing is updated yet; see `FiniteGradients`."""
        if self._is_whole and not self._finite.is_over(is_skipped=is_skipped):
            try:
                gradients = self._updates.gradients(self._parameters)
                are_known = self._run.has_gradients and self._are_finite(gradients)
                self._finite.look(self._run.steps_taken, gradients, is_skipped=is_skipped, are_known=are_known)
            except Exception as error:  # noqa: BLE001 - a guard that costs nothing at steps without a failure
                self._log.guard.failed("looking for what is not finite", error)

    @property
    def are_finite(self) -> bool:
        """Whether the gradients of the step under way are, as far as they were asked."""
        return self._finite.are_finite

    def count_inputs(self) -> None:
        """Look for NaN and Inf in what the model is given in the step under way, where that is on an accelerator."""
        with self._log.guard.quick("looking for NaN or Inf in what the model was given"):
            self._inputs.count_far(self._run.steps_taken)

    def record(self) -> None:
        """Record what is known of the step under way: its batch, and all else where its gradients are followed."""
        if self._insight is None:
            return
        step = self._run.steps_taken
        try:
            self._halves.record(step, self._log)
            if (batch := self._inputs.batch(step)) is not None:
                self._log.put_row(_OF_BATCHES, step, batch, np.array)
            if self._run.has_gradients and self._insight.measures(step):
                with self._log.overhead.of("gradients"):
                    self._record_measured(step)
        except Exception as error:  # noqa: BLE001 - see `look_for_origin`
            self._log.guard.failed("looking at a step", error)

    def _record_measured(self, step: int) -> None:
        log = self._log
        for name, value in self._inputs.statistics(step).items():
            log.put(name, step, value)
        for name, share in target_facts(self._inputs.calls_of(step)).items():
            log.put(name, step, share)
        self._forward.record(step, log)
        self._norms.record(step, log)
        self._fingerprints.record(step, log)
        if self._is_whole:
            self._backward.record(step, log, is_scaled=self._updates.is_scaled)
        if (age := self._updates.age) is not None:
            log.put(AGE, step, age)

    def close(self) -> None:
        """Let go of the model and of what it was given."""
        self._inputs.close()

    def _is_measured(self) -> bool:
        """Whether the scalars of the step under way are measured, as far as can be told before its gradients come."""
        return self._insight is not None and self._log.is_open and self._insight.is_due(self._run.steps_taken)

    def _are_finite(self, gradients: Sequence[Tensor | None]) -> bool:
        """Whether norms that were made anyway tell that all gradients are finite."""
        norms = None if self._follows is None else self._follows.gradient_norms
        return norms is not None and norms.are_finite(gradients)

    def _norm_of(self, parameters: Sequence[Tensor]) -> float | None:
        norms = None if self._follows is None else self._follows.gradient_norms
        return None if norms is None else norms.together(parameters)

    def _watchers(self) -> list[CallWatcher]:
        """Those that look at what happens in the calls of the step under way."""
        if not self._log.is_open:
            return []
        watchers = [*self._metric_inputs.watchers(self._run.steps_taken)]
        if self._insight is None or not self._insight.has_interval:
            return watchers
        watchers += [self._modules] if self._is_measured() else []
        return [*watchers, self._halves] if self._run.is_pass_due else watchers

    def _called(self, outputs: Any) -> None:
        """A call that is looked at has given this."""
        if self._is_whole:
            self._backward.called(outputs)
        self._metric_inputs.called(self._run.steps_taken, outputs)
