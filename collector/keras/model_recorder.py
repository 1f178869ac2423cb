"""One model's recording into one file: what is taken before and after each of its steps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.black_box import BlackBox, dumped, held_or_told
from collector.capture.flow import NOT_FOLLOWED
from collector.capture.insight_options import InsightOptions
from collector.capture.metric import Metric
from collector.capture.metric_recorder import MetricRecorder
from collector.capture.pass_draft import PassDraft
from collector.capture.run_recorder import RunRecorder
from collector.keras import notes
from collector.keras.clocks import Clocks
from collector.keras.insight import StepInsight
from collector.keras.last_steps import LastSteps
from collector.keras.metric_inputs import MetricInputs
from collector.keras.optimizers import Optimizers, optimizer_of
from collector.keras.outer_updates import OuterUpdates
from collector.keras.pass_recorder import FIRST_MOMENTS, PassRecorder, Values, arrays, held
from collector.keras.preserved_state import random_states_kept
from collector.keras.probe import ProbeRun
from collector.keras.step_facts import StepFacts
from collector.keras.step_hooks import NotWatchedError, StepHooks
from collector.keras.step_metrics import StepMetrics
from collector.keras.structure import replacements, without_optimizer
from collector.keras.tensors import Reader
from collector.storage import schema

_NOT_BY_STEP = (
    "Keras runs {} steps at once (steps_per_execution): loss and metrics are recorded as their mean over these, at "
    "the last of them, and gradients and updates are not recorded."
)
_NO_STEPS = (
    "No training step was seen. Steps are seen in `fit`; in a loop of your own with KerasCollector(…, model=model), "
    "whose `step(loss)` is called behind each, as far as they are not taken by `train_on_batch`."
)
_REPLICAS = "Gradients and updates are not recorded: {} replicas train at once."


class ModelRecorder:
    """Records the steps of one model; `open` and `close` surround each `fit`.

    Args:
        optimizers: of the training.
        probe: runs the model on the probe.
        run: as the header has it.
        described: the probe as the header has it.
        insight: how gradients are followed; None: not at all.
        metrics: of the training's own.
        is_own_loop: whether the steps are taken in a loop of the user's own, and not by `fit`.
        black_box_bytes: of memory, that the last steps may take; how many they are the run says.
        more: what is recorded besides the passes, and whether the file is replaced, gone on with, and waited for; see
            `RunRecorder`.
    """

    def __init__(
        self,
        model: keras.Model,
        optimizers: Optimizers,
        probe: ProbeRun,
        run: schema.Run,
        described: schema.Probe | None,
        insight: InsightOptions | None,
        metrics: Sequence[Metric],
        path: Path,
        *,
        is_own_loop: bool = False,
        black_box_bytes: int,
        **more: Any,
    ) -> None:
        self.model, self._optimizers, self._is_own_loop = model, optimizers, is_own_loop
        n_replicas = model.distribute_strategy.num_replicas_in_sync
        self._steps_at_once = int(model.steps_per_execution)
        self._sees_steps = self._steps_at_once == 1 and n_replicas == 1
        self._insight = StepInsight(probe.plans, insight) if insight is not None and self._sees_steps else None
        self._run = RunRecorder(
            *(path, run, probe.plans),
            probe=described,
            flow=probe.flow,
            insight=self._insight.recorder if self._insight else None,
            metrics=MetricRecorder(metrics, [plan.name for plan in probe.plans], random_states_kept),
            **more,
        )
        self._log = self._run.log
        has_histograms = insight is not None and insight.interval > 0
        self._passes = PassRecorder(optimizers, probe, self._log.guard, has_histograms=has_histograms)
        self._plans, self._probe = probe.plans, probe
        self._noted: set[str] = set()
        self._n_passes = 0
        self._metrics: StepMetrics | None = None
        self._hooks: StepHooks | None = None
        self.hears_of_steps: Callable[[], bool] = lambda: False
        """Whether `step_begins` is called at the step under way."""
        self._moment_reader: tuple[list[int], Reader] | None = None
        self._forget_step()
        self._first_batch = 0
        self._updates_before = 0
        self._is_open = False
        self._first_step = 0
        self._told: set[int] = set()
        """``id`` of TensorFlow's variable, of those that the model had when layers of it were told to be replaced."""
        self._outer = OuterUpdates(probe.plans, self._log)
        self._facts = StepFacts(model, probe, self._log)
        self._clocks = Clocks(optimizers, is_resumed=self._log.steps_taken > 0)
        self._metric_inputs = MetricInputs(probe, self._passes, self._run.metrics, self._log)
        self._log.not_finite.inputs = self._not_finite_inputs
        self._last_steps: LastSteps | None = None
        self._box: BlackBox | None = None
        self._black_box = run.black_box, black_box_bytes
        self._run.start()
        with self._log.guard("looking at what metrics need"):
            for told in self._metric_inputs.lacking:
                self.say(told)
        if probe.flow_problem:
            self.say(NOT_FOLLOWED.format(probe.flow_problem))
        if self._steps_at_once > 1:
            self.note(_NOT_BY_STEP.format(self._steps_at_once))
        if n_replicas > 1:
            self.say(_REPLICAS.format(n_replicas))

    def _forget_step(self) -> None:
        """Nothing is held of any step."""
        self._draft: PassDraft[int] | None = None
        self._wants_weights = self._wants_change = False
        """Those before the step, and those behind it too."""
        self._before: dict[int, tf.Tensor] = {}
        self._after: dict[int, tf.Tensor] = {}
        self._moments: dict[int, tf.Tensor] = {}

    @property
    def steps_taken(self) -> int:
        """Steps since the run began."""
        return self._run.steps_taken

    @property
    def is_open(self) -> bool:
        """Whether a training is under way."""
        return self._is_open

    def say(self, text: str) -> None:
        """Note and warn."""
        self._log.guard.say(text)

    def note(self, text: str) -> None:
        """A sentence for whoever reads the file."""
        with self._log.guard("writing a note"):
            self._log.note(text)

    def open(self) -> None:
        """A training begins; a second one goes on where the first ended."""
        if self._is_open:
            return
        self._is_open = True
        self._first_step = self.steps_taken
        if not self._log.is_open:
            with self._log.guard("going on with the file"):
                self._log.reopen()
        with self._log.guard("watching the training steps"):
            if self._sees_steps:
                self._watch_steps()
                self._hold_last_steps()
            else:
                self._metrics = StepMetrics(self.model, self._optimizers, self._log.guard)
        self._note_once(notes.of_compiled(self.model, self._optimizers))

    def _hold_last_steps(self) -> None:
        """Begin to, where that was asked for; of the parameters that the layers have now."""
        n_steps, most_bytes = self._black_box
        if n_steps and self._hooks is not None:
            held = LastSteps(self._plans, self._log, n_steps, most_bytes)
            if held_or_told(held, self.say):
                self._last_steps, self._box = held, BlackBox(held, self._log)

    def dump(self, why: str) -> None:
        """Write the last steps, and why."""
        dumped(self._box, why, self.say)

    def _watch_steps(self) -> None:
        """Watch the training steps, in another way if the model has changed."""
        before = self._hooks
        watch = before
        if watch is None or not watch.fits():
            watch = StepHooks(self.model, self._optimizers, self._log.guard, self if self._is_own_loop else None)
            self._n_passes = 0
            if before is not None:
                self._follow_replaced()
                self._note_once(notes.changes(before, watch, self._plans, self.steps_taken))
        elif not watch.is_as_compiled:
            self._note_once(notes.not_compiled(watch, self._plans, self.steps_taken))
        try:
            watch.open()
        except NotWatchedError as error:
            self.say(str(error))
            self._hooks, self._metrics = None, StepMetrics(self.model, self._optimizers, self._log.guard)
        else:
            self._hooks, self._metrics = watch, watch.results

    def _follow_replaced(self) -> None:
        """Layers may have been replaced since the model was last compiled."""
        told = list(replacements(self.model, self._plans, self.steps_taken))
        if told:
            self._told |= {id(each.value) for each in self.model.trainable_variables}
            self._probe.look_again()
        for sentence in (*told, *filter(None, [self._probe.problem if told else ""])):
            self.say(sentence)

    def _watch_anew(self) -> None:
        """The model was compiled anew while `fit` runs, and has a train function to go on with."""
        with self._log.guard("watching the training steps"):
            self._hooks.close()  # type: ignore[union-attr]
            self._watch_steps()
        self._note_once(notes.of_compiled(self.model, self._optimizers))

    def _note_once(self, sentences: Iterable[str]) -> None:
        """Note what has not been said yet."""
        with self._log.guard("writing a note"):
            for sentence in sentences:
                if sentence not in self._noted:
                    self._noted.add(sentence)
                    self._log.note(sentence)

    def before_step(self, batch: int) -> None:
        """A step, or the first of several that run at once, is about to be taken."""
        with self._log.guard("preparing a step"), self._log.overhead.of("scalars"):
            self._take_before(batch, self._log.guard.quick)

    def _take_before(self, batch: int, guard: Callable[[str], Any]) -> None:
        self._forget_step()
        self._first_batch = batch
        if self._steps_at_once > 1 and optimizer_of(self.model) is not None:
            self._updates_before = int(self.model.optimizer.iterations)
        if not self._log.is_open:
            return
        if self._hooks is not None and self._hooks.is_replaced and self.model.train_function is not None:
            self._watch_anew()
        if self._metrics is not None:
            with guard("watching the results of a step"):
                self._metrics.begin_step()
        with guard("taking a pass before the training step"):
            self._run.begin_step(self._steps_at_once, can_follow=self._hooks is not None)
            if self._run.is_pass or self._run.has_gradients or self._run.metrics.needs is not None:
                self._prepare(self._hooks)
        if self._hooks is not None:
            with guard("preparing a step"):
                self._hooks.begin_step(wants_gradients=self._wants_weights or self._last_steps is not None)
                if self._last_steps is not None and self._is_own_loop:
                    self._last_steps.hold_weights()

    def _prepare(self, hooks: StepHooks | None) -> None:
        """Take what there is before a step of which more is taken than its scalars."""
        with self._log.overhead.of("passes" if self._run.is_pass else "gradients"):
            if self._run.is_pass:
                self._draft = self._passes.state()
                self._draft.has_histograms = self._run.has_histograms
            if hooks is None:
                return
            self._wants_weights = True
            self._wants_change = self._run.is_pass or self._is_measured() or self._run.metrics.needs is not None
            if not self.hears_of_steps():
                self._before = self._passes.weights()
            if self._is_measured():
                self._facts.before_step(hooks)
                self._moments = self._moments_before(hooks)
            if self._run.metrics.needs is not None:
                self._metric_inputs.before_step(self._run.metrics.needs)

    def _moments_before(self, hooks: StepHooks) -> dict[int, tf.Tensor]:
        own = held(hooks.optimizers, FIRST_MOMENTS)
        known = [id(each) for each in own.values()]
        if self._moment_reader is None or self._moment_reader[0] != known:
            self._moment_reader = known, Reader(own)
        return self._moment_reader[1]()

    def _is_measured(self) -> bool:
        """Whether the scalars of the step under way are measured."""
        is_followed = self._insight is not None and self._run.has_gradients
        return is_followed and self._insight.recorder.measures(self.steps_taken)  # type: ignore[union-attr]

    def _not_finite_inputs(self, step: int) -> dict[str, int] | None:
        is_latest = self._hooks is not None and step == self.steps_taken
        return self._hooks.data.not_finite() if is_latest else None  # type: ignore[union-attr]

    def step_begins(self) -> None:
        """All callbacks have had their say, and the step itself begins."""
        if self._hooks is not None and self._log.is_open:
            with self._log.guard("looking at the weights before a step"), self._log.overhead.of("scalars"):
                self._outer.step_begins()
                self._before = self._passes.weights() if self._wants_weights else {}
                if self._last_steps is not None:
                    self._last_steps.hold_weights()

    def step_ends(self) -> None:
        """The step was taken, and no callback has changed anything since."""
        if self._hooks is not None and self._log.is_open:
            with self._log.guard("looking at the weights behind a step"), self._log.overhead.of("scalars"):
                self._outer.step_ends(self.steps_taken, is_pass=self._draft is not None)
                self._after = self._passes.weights() if self._wants_change else {}

    def after_step(self, batch: int, logs: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> None:
        """The steps up to ``batch`` were taken; ``logs`` are Keras's running means, ``values`` the step's own."""
        with self._log.guard("recording a step"):
            n_steps = 1
            with self._log.overhead.of("scalars"):
                if self._hooks is not None:
                    self._hooks.end_step()
                if not self._log.is_open:
                    return
                n_steps = self._n_steps(batch)
                self._put_values(self.steps_taken + n_steps - 1, values or {})
                self._take_after(n_steps, logs)
                self._run.end_step(n_steps)
            if self._box is not None:
                self._box.settle()

    def _take_after(self, n_steps: int, logs: Mapping[str, Any]) -> None:
        step, guard = self.steps_taken, self._log.guard.quick
        with guard("recording a step"):
            self._put_metrics(step + n_steps - 1, logs)
        if self._hooks is not None:
            with guard("looking at who updates what"):
                self._facts.tell(step, self._hooks)
        if self._before and self._hooks is not None:
            with guard("recording what a step did"), self._log.overhead.of("gradients"):
                after = self._after or (self._passes.weights() if self._wants_change else {})
                self._add_step(step, self._hooks, arrays(self._before), arrays(after))
        if self._draft is not None:
            with guard("writing a pass"), self._log.overhead.of("passes"):
                self._log.not_finite.look_at_inputs(step)
                self._run.add_pass(self._draft)
            self._n_passes += 1
            if self._n_passes == notes.PASSES_BEFORE_EXPECTED:
                self._say_unmet_expectations()
        if self._box is not None and self._last_steps is not None and self._hooks is not None:
            with guard("holding a step"):
                self._box.gradients(step, self._last_steps.hold(self._hooks.gradients()), are_finite=True)
                self._last_steps.taken(step)
        self._forget_step()

    def _say_unmet_expectations(self) -> None:
        if self._hooks is not None:
            with self._log.guard("looking at what was never seen"):
                missing, keys = without_optimizer(self.model, self._optimizers, self._plans)
                for sentence in (*missing, *notes.unmet_expectations(self._hooks, self._plans, keys | self._told)):
                    self.say(sentence)
                self._note_once(notes.rates(self._hooks))

    def _n_steps(self, batch: int) -> int:
        """How many steps were taken. The last ones of an epoch may be fewer than Keras says."""
        n_steps = max(1, batch - self._first_batch + 1)
        if self._steps_at_once > 1 and optimizer_of(self.model) is not None:
            updates = int(self.model.optimizer.iterations) - self._updates_before
            n_steps = updates if 0 < updates < n_steps else n_steps
        return n_steps

    def put_values(self, values: Mapping[str, Any]) -> None:
        """More is known of the latest step."""
        if self._log.is_open and self.steps_taken:
            with self._log.overhead.of("scalars"):
                self._put_values(self.steps_taken - 1, values)
            if self._box is not None:
                self._box.settle()

    def _put_values(self, step: int, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            with self._log.guard(f"logging {name!r}"):
                number = float(keras.ops.convert_to_numpy(value))
                self._log.put(name, step, self._log.not_finite.watched(name, step, number))

    def _put_metrics(self, step: int, logs: Mapping[str, Any]) -> None:
        rows = None if self._hooks is None else self._hooks.rows.read()
        if self._metrics is not None:
            for name, value in self._metrics.of_step(logs, rows).items():
                self._log.put(name, step, self._log.not_finite.watched(name, step, value))
        watch = self._hooks
        if watch is not None and rows is not None:
            for name, each in watch.by_rate().items():
                self._log.put(name, step, each.learning_rate(rows))
            if len(watch.optimizers) > 1:
                for name, n_updates in self._clocks.at(watch.optimizers):
                    self._log.put(name, step, n_updates)

    def _add_step(self, step: int, watch: StepHooks, before: Values, after: Values) -> None:
        gradients = watch.gradients()
        if self._insight is not None and self._run.has_gradients:
            recorder, is_measured = self._insight.recorder, self._is_measured()
            self._insight.add_step(step, before, after, gradients, arrays(self._moments))
            if is_measured:
                self._run.covered = recorder.columns
            with self._log.guard("looking at a step"):
                self._facts.after_step(step, watch, before, gradients, is_measured=is_measured)
        needs = self._run.metrics.needs
        if needs is not None:
            with self._log.guard("measuring a step"), self._log.overhead.of("metrics"):
                self._run.metrics.record(self._metric_inputs.state(step, needs, before, after, gradients, watch))
        if self._draft is not None:
            with self._log.overhead.of("passes"):
                self._passes.add_step(self._draft, before, after, gradients, self._run.covered)

    def end_epoch(self, logs: Mapping[str, Any]) -> None:
        """The epoch's results, under the names that every framework's have."""
        results = {}
        for name, value in logs.items():
            if isinstance(value, int | float):
                results[f"test_{name[4:]}" if name.startswith("val_") else f"train_{name}"] = float(value)
                if name.startswith("val_") and "loss" in name and self.steps_taken:
                    self._log.put(name, self.steps_taken - 1, float(value))
        self._run.end_epoch(results)

    def end_epoch_with(self, results: Mapping[str, Any]) -> None:
        """An epoch has ended in a loop of the user's own, with these results under their names."""
        self._run.end_epoch(results)

    def close(self, error: BaseException | None = None) -> None:
        """Take the wrappers off, take the last pass, write the index.

        Args:
            error: the exception that leaves the training.
        """
        if not self._is_open:
            return
        if self._box is not None:
            self._box.failed(error)
            self._box.close()
            self._box = self._last_steps = None
        self._is_open = False
        if self._log.is_open and self.steps_taken == self._first_step:
            self.say(_NO_STEPS)
        if self._hooks is not None:
            self._hooks.end_step()
            if 0 < self._n_passes < notes.PASSES_BEFORE_EXPECTED:
                self._n_passes = notes.PASSES_BEFORE_EXPECTED
                self._say_unmet_expectations()
            with self._log.guard("taking the wrappers off"):
                self._hooks.close()
            self._outer.forget()
        self._forget_step()
        with np.errstate(all="ignore"):
            self._run.end(self._passes.state)
