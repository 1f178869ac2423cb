"""What is recorded of a step of the training, from where it begins to where its update is made."""

from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import Any

from collector.capture.black_box import BlackBox
from collector.capture.expectations import Expectations
from collector.capture.fact_names import UPDATES
from collector.capture.run_recorder import RunRecorder
from collector.pytorch.arrivals import Arrivals
from collector.pytorch.distributed import Ranks
from collector.pytorch.insight import StepInsight
from collector.pytorch.last_steps import LastSteps
from collector.pytorch.metric_inputs import MetricInputs
from collector.pytorch.model_changes import ModelChanges
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.pass_recorder import PassRecorder
from collector.pytorch.shards import Shards, ShardsError
from collector.pytorch.skipped_steps import SkippedSteps
from collector.pytorch.step_facts import StepFacts
from collector.pytorch.weight_copies import WeightCopies


class StepRecorder:
    """Hears of each step from the hooks on the optimizers, and has those that record something of it do so.

    Args:
        run: what is recorded goes there.
        optimizer_hooks: which tell of the steps.
        passes, insight, skipped: record what their names say; without ``insight`` gradients are not followed.
        metric_inputs: gathers what metrics are given.
        copies: of the weights.
        changes: of the model; None where it cannot be looked into.
        facts: of the training's own run; None where nothing is written.
        expectations: what a training was expected to do and did not.
        shards: of a model that is shared out among ranks.

    Attributes:
        ranks: the other processes that train with this one.
        box, last_steps: hear what breaks, and hold the last steps, where that was asked for.
    """

    ranks: Ranks | None = None
    box: BlackBox | None = None
    last_steps: LastSteps | None = None

    def __init__(
        self,
        run: RunRecorder,
        optimizer_hooks: OptimizerHooks,
        *,
        passes: PassRecorder,
        metric_inputs: MetricInputs,
        insight: StepInsight | None,
        skipped: SkippedSteps,
        copies: WeightCopies,
        changes: ModelChanges | None,
        facts: StepFacts | None,
        expectations: Expectations,
        shards: Shards | None,
    ) -> None:
        self._run, self._log, self._optimizer_hooks = run, run.log, optimizer_hooks
        self._passes, self._insight, self._skipped = passes, insight, skipped
        self._metric_inputs = metric_inputs
        self._copies, self._changes, self._facts = copies, changes, facts
        self._expectations, self._shards = expectations, shards
        self._draft: PassDraft | None = None
        run.rest_if(self._can_rest)
        self._arrivals = run.log.far = Arrivals(lambda: run.steps_taken, run.log.guard)

    def close(self) -> None:
        """The training is over: say what did not come."""
        self._metric_inputs.close()
        if self._facts is not None:
            self._facts.close()
        self._expectations.ended(self._log.steps_taken)
        self._skipped.ended()
        if self._changes is not None:
            self._changes.ended()

    def _can_rest(self) -> bool:
        """Whether the next step may be one that nobody looks at; what several ranks do they do together."""
        is_alone = self.ranks is None and self._shards is None and self._optimizer_hooks.can_rest
        return is_alone and self.box is None and (self._changes is None or self._changes.can_rest)

    def rests(self) -> bool:
        """Whether nothing of the step under way is looked at, but that it is taken."""
        return self._run.rests and self._optimizer_hooks.can_rest

    def wants(self) -> bool:
        """Whether anything is recorded of the step under way."""
        wanted = self._run.is_pass or self._run.has_gradients or self._run.metrics.needs is not None
        wanted = wanted or self.box is not None or (self._changes is not None and self._changes.looks_at_all)
        return self._log.is_open and wanted

    def begin(self, gradients_come_later: bool) -> None:
        """A step begins.

        Args:
            gradients_come_later: whether the weights are looked at now, and the gradients when they are there.
        """
        self._draft = None
        self._run.begin_step()
        if self._shards is not None and self._run.is_scheduled:
            with self._log.overhead.of("scalars"):
                self._run.is_pass, self._run.has_gradients = self._agreed()
        if not self._log.is_open:
            return
        self._arrivals.poll()
        if self.box is not None:
            self.box.settle()  # what has come may tell of steps that are held
        self._copies.begin_step()
        if self._changes is not None:
            try:
                replaced = self._changes.step_begins(self._log.steps_taken)
                if replaced and self._insight is not None:
                    self._insight.replace(replaced)
                if replaced and self.last_steps is not None:
                    self.last_steps.renew()
            except Exception as error:  # noqa: BLE001 - a guard that costs nothing at steps without a failure
                self._log.guard.failed("looking at the model", error)
        if gradients_come_later and self._run.is_pass:
            self._begin_pass(has_gradients=False)

    def _agreed(self) -> tuple[bool, bool]:
        """Whether there is a pass, and whether the gradients are followed: only what all ranks take."""
        wanted = self._run.is_pass, self._run.has_gradients
        try:
            is_pass, has_gradients, _ = self._shards.agree(*wanted, False)  # type: ignore[union-attr]
        except ShardsError as error:
            text = f"From step {self._log.steps_taken} on nothing of the model is recorded: {error}."
            self._log.guard.say(text, once=ShardsError)
            return False, False
        return is_pass, has_gradients

    def gradients_are_ready(self) -> None:
        """The gradients of the step under way are there."""
        if not self._log.is_open:
            return
        if self._facts is not None:
            self._facts.look_for_origin()
            if self._run.is_pass or self._run.has_gradients:
                self._facts.count_inputs()
        if self._insight is not None:
            self._follow(self._insight)
        if self._facts is not None:
            self._facts.record()
        if self._run.metrics.needs is not None:
            with self._log.guard("keeping a step for metrics"), self._log.overhead.of("metrics"):
                self._metric_inputs.before_update(self._run.metrics.needs)
        if self._draft is None:
            if self._run.is_pass:
                self._begin_pass()
        else:
            with self._log.guard("taking the gradients of a pass"), self._log.overhead.of("passes"):
                self._passes.add_gradients(self._draft)
        if self.box is not None and self.last_steps is not None:
            with self._log.guard.quick("holding a step"):
                self._tell_box(self.box, self.last_steps)

    def _tell_box(self, box: BlackBox, last_steps: LastSteps) -> None:
        """Hold the step under way, and let the box know its gradients: those on an accelerator when that is known."""
        step, square = self._log.steps_taken, last_steps.hold()
        if (far := last_steps.far_square()) is None:
            box.gradients(step, square, are_finite=self._facts is None or self._facts.are_finite)
        else:
            self._arrivals.bring(far).then(lambda number: box.gradients(step, number, are_finite=isfinite(number)))
            self._arrivals.send_held()

    def _begin_pass(self, *, has_gradients: bool = True) -> None:
        with self._log.guard("taking a pass before the optimizer's step"), self._log.overhead.of("passes"):
            self._log.not_finite.look_at_inputs(self._log.steps_taken)
            self._draft = self._passes.before_step(
                has_gradients=has_gradients, has_histograms=self._run.has_histograms, covered=self._run.covered
            )

    def _follow(self, insight: StepInsight) -> None:
        insight.is_open = False
        if self._run.has_gradients:
            with self._log.guard("following the gradients"), self._log.overhead.of("gradients"):
                self._run.covered = insight.before_step(self._log)

    def skip(self, optimizer: Any) -> None:
        """An update was left out, as a gradient scaler does."""
        self._log.logged.skipped()
        self._expectations.stepped()
        if self._log.is_open:
            if self._facts is not None:
                self._facts.look_for_origin(is_skipped=True)
            self._skipped.add(optimizer)

    def end(self) -> None:
        """The update was made."""
        if self.rests():
            self._rest()
            return
        try:
            self._log.logged.stepped(self._log.steps_taken)
        except Exception as error:  # noqa: BLE001 - see `begin`
            self._log.guard.failed("keeping what was logged", error)
        if self.ranks is not None:
            with self._log.guard("hearing the other ranks"):
                self.ranks.after_step()
        if self._log.is_open:
            self._take_after()
        self._run.end_step()
        if self.box is not None:
            self.box.settle()

    def _rest(self) -> None:
        """Record of a step that is not looked at what nobody can tell afterwards."""
        try:
            self._skipped.stepped(self._log.steps_taken)
        except Exception as error:  # noqa: BLE001 - see `begin`
            self._log.guard.failed("recording a step", error)
        self._expectations.stepped()
        self._run.end_step()

    def _take_after(self) -> None:
        step = self._log.steps_taken
        if self._insight is not None and self._insight.is_open:
            with self._log.guard("following the weights"), self._log.overhead.of("gradients"):
                self._insight.after_step(step, self._arrivals)
        if self._run.metrics.needs is not None:
            with self._log.guard("measuring a step"), self._log.overhead.of("metrics"):
                self._run.metrics.record(self._metric_inputs.after_update(step, self._run.metrics.needs))
        if self._insight is not None and self._insight.is_followed(step):
            self._insight.forget()
        draft, self._draft = self._draft, None
        if draft is not None:
            with self._log.guard("taking a pass after the optimizer's step"), self._log.overhead.of("passes"):
                finish = self._passes.after_step(draft)
                self._arrivals.send(draft.host_copy, partial(self._add, draft, finish, self._run.pass_adder(), step))
            missed = draft.without_gradient
            if self._changes is not None:
                missed = self._changes.without_gradient(missed)
            self._expectations.passed(step, missed, self._optimizer_hooks.idle)
        if self.last_steps is not None:
            self.last_steps.taken(step)
        doing = "recording a step"
        try:
            for name, rate in self._optimizer_hooks.learning_rates().items():
                self._log.put(name, step, rate)
            for name, n_updates in self._optimizer_hooks.clocks.items():
                self._log.put(f"{UPDATES}/{name}", step, n_updates)
            self._skipped.stepped(step)
            doing = "looking at the weights"
            if self._changes is not None:
                self._changes.step_ends(step, is_pass=self._run.is_pass)
        except Exception as error:  # noqa: BLE001 - see `begin`
            self._log.guard.failed(doing, error)
        self._expectations.stepped()

    def _add(self, draft: PassDraft, finish: Callable[[], None], add: Callable[[PassDraft], None], step: int) -> None:
        """All of a pass is there."""
        self._log.not_finite.look_at_inputs(step)
        finish()
        add(draft)
