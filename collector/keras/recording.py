"""One model's recording into one file: what is taken before and after each of its steps."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.flow import NOT_FOLLOWED
from collector.capture.insight_options import InsightOptions
from collector.capture.pass_draft import PassDraft
from collector.capture.projection_recorder import ProjectionRecorder
from collector.capture.resuming import Resume
from collector.capture.run_log import RunLog
from collector.capture.schedule import is_pass_due
from collector.capture.similarity_recorder import SimilarityRecorder
from collector.keras import notes
from collector.keras.insight import StepInsight
from collector.keras.outer_updates import OuterUpdates
from collector.keras.pass_recorder import FIRST_MOMENTS, PassRecorder, Values, arrays, held
from collector.keras.probe import ProbeRun
from collector.keras.step_hooks import NotWatchedError, StepHooks
from collector.keras.step_metrics import StepMetrics
from collector.keras.structure import replacements, without_optimizer
from collector.keras.tensors import read
from collector.storage import schema

_NOT_BY_STEP = (
    "Keras runs {} steps at once (steps_per_execution): loss and metrics are recorded as their mean over these, at "
    "the last of them, and gradients and updates are not recorded."
)
_NO_STEPS = (
    "No training step was seen. Steps are seen in `fit`, and in a loop that calls the callback's "
    "`on_train_batch_begin` and `on_train_batch_end` around each."
)
_REPLICAS = "Gradients and updates are not recorded: {} replicas train at once."


class Recording:
    """Records the steps of one model; `open` and `close` surround each `fit`."""

    def __init__(
        self,
        model: keras.Model,
        probe: ProbeRun,
        run: schema.Run,
        described: schema.Probe | None,
        insight: InsightOptions | None,
        signals: SimilarityRecorder,
        projection: ProjectionRecorder,
        path: Path,
        overwrite: bool,
        resume: Resume = False,
        durable: bool = False,
    ) -> None:
        self.model = model
        n_replicas = model.distribute_strategy.num_replicas_in_sync
        self._steps_at_once = int(model.steps_per_execution)
        self._sees_steps = self._steps_at_once == 1 and n_replicas == 1
        self._insight = StepInsight(probe.plans, insight) if insight is not None and self._sees_steps else None
        header = schema.Header(
            format=schema.FORMAT,
            version=schema.VERSION,
            run=run,
            layers=[plan.to_schema() for plan in probe.plans],
            probe=described,
            insight=self._insight.recorder.to_schema() if self._insight else None,
            similarity=signals.similarity,
            augmentations=signals.augmentations,
            projection=projection.header,
            flow=probe.flow,
        )
        self._log = RunLog(path, header, overwrite=overwrite, resume=resume, durable=durable)
        if self._insight:
            self._insight.recorder.start(self._log)
        self._interval = run.interval
        has_histograms = insight is not None and insight.interval > 0
        self._taker = PassRecorder(model, probe, self._log.guard, has_histograms=has_histograms)
        self._plans, self._probe = probe.plans, probe
        self._remarks: set[str] = set()
        self._n_passes = 0
        self._results: StepMetrics | None = None
        self._watch: StepHooks | None = None
        self._taken: PassDraft | None = None
        self._before: dict[int, tf.Tensor] = {}
        self._after: dict[int, tf.Tensor] = {}
        self._moments: dict[int, tf.Tensor] = {}
        self._wants = False
        self._first_batch = 0
        self._updates_before = 0
        self._is_open = False
        self._first_step = 0
        self._told: set[int] = set()
        """``id`` of TensorFlow's variable, of those that the model had when layers of it were told to be replaced."""
        self._covered: frozenset[str] = frozenset()
        self._of_end: tuple[int, frozenset[str]] = (-1, frozenset())
        """The step at which a `fit` last ended, and the scalars that were recorded of that state."""
        self._outer = OuterUpdates(probe.plans, self._log)
        self._signals, self._projection = signals, projection
        signals.start(self._log)
        projection.start(self._log)
        if probe.flow_problem:
            self.say(NOT_FOLLOWED.format(probe.flow_problem))
        if self._steps_at_once > 1:
            self.note(_NOT_BY_STEP.format(self._steps_at_once))
        if n_replicas > 1:
            self.say(_REPLICAS.format(n_replicas))

    @property
    def steps_taken(self) -> int:
        """Steps since the recording began."""
        return self._log.steps_taken

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
            else:
                self._results = StepMetrics(self.model, self._log.guard)
        self._remark(notes.of_compiled(self.model))

    def _watch_steps(self) -> None:
        """Watch the training steps, in another way if the model has changed."""
        before = self._watch
        watch = before
        if watch is None or not watch.fits():
            watch = StepHooks(self.model, self._log.guard)
            self._n_passes = 0
            if before is not None:
                self._follow_replaced()
                self._remark(notes.changes(before, watch, self._plans, self.steps_taken))
        elif not watch.is_as_compiled:
            self._remark(notes.not_compiled(watch, self._plans, self.steps_taken))
        try:
            watch.open()
        except NotWatchedError as error:
            self.say(str(error))
            self._watch, self._results = None, StepMetrics(self.model, self._log.guard)
        else:
            self._watch, self._results = watch, watch.results

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
            self._watch.close()  # type: ignore[union-attr]
            self._watch_steps()
        self._remark(notes.of_compiled(self.model))

    def _remark(self, sentences: Iterable[str]) -> None:
        """Note what has not been said yet."""
        with self._log.guard("writing a note"):
            for sentence in sentences:
                if sentence not in self._remarks:
                    self._remarks.add(sentence)
                    self._log.note(sentence)

    def before_step(self, batch: int) -> None:
        """A step, or the first of several that run at once, is about to be taken."""
        with self._log.guard("preparing a step"):
            self._log.overhead.begin()
            with self._log.overhead.of("scalars"):
                self._take_before(batch)

    def _take_before(self, batch: int) -> None:
        self._taken, self._before, self._after, self._moments = None, {}, {}, {}
        self._covered = frozenset()
        self._first_batch = batch
        if self._steps_at_once > 1 and self.model.optimizer is not None:
            self._updates_before = int(self.model.optimizer.iterations)
        if not self._log.is_open:
            return
        if self._watch is not None and self._watch.is_replaced and self.model.train_function is not None:
            self._watch_anew()
        step = self.steps_taken
        if self._results is not None:
            with self._log.guard("watching the results of a step"):
                self._results.begin_step()
        with self._log.guard("taking a pass before the training step"):
            is_due = self._is_due(step) and self._log.affords("passes")
            self._wants = bool(self._watch and self._insight and self._insight.recorder.wants(step))
            with self._log.overhead.of("passes" if is_due else "gradients"):
                if is_due:
                    self._taken = self._taker.state()
                    self._taken.has_histograms = not self._log.budget.has_left_out("passes")
                if self._watch is not None and (is_due or self._wants):
                    self._before = self._taker.weights()
                if self._wants:
                    self._moments = {key: read(each) for key, each in held(self.model, FIRST_MOMENTS).items()}
        if self._watch is not None:
            with self._log.guard("preparing a step"):
                self._watch.begin_step(wants_gradients=bool(self._before))

    def _is_due(self, step: int) -> bool:
        # Of steps that run at once only the state before the first is there to be taken.
        return any(is_pass_due(step + ahead, self._interval) for ahead in range(self._steps_at_once))

    def step_begins(self) -> None:
        """All callbacks have had their say, and the step itself begins."""
        if self._watch is not None and self._log.is_open:
            with self._log.guard("looking at the weights before a step"), self._log.overhead.of("scalars"):
                self._outer.step_begins()
                self._before = self._taker.weights() if self._before else {}

    def step_ends(self) -> None:
        """The step was taken, and no callback has changed anything since."""
        if self._watch is not None and self._log.is_open:
            with self._log.guard("looking at the weights behind a step"), self._log.overhead.of("scalars"):
                self._outer.step_ends(self.steps_taken, is_pass=self._taken is not None)
                self._after = self._taker.weights() if self._before else {}

    def after_step(self, batch: int, logs: Mapping[str, Any]) -> None:
        """The steps up to ``batch`` were taken; ``logs`` are Keras's running means."""
        with self._log.guard("recording a step"), np.errstate(all="ignore"):
            with self._log.overhead.of("scalars"):
                self._take_after(batch, logs)
            self._signals.after_step()

    def _take_after(self, batch: int, logs: Mapping[str, Any]) -> None:
        if self._watch is not None:
            self._watch.end_step()
        if not self._log.is_open:
            return
        step, n_steps = self.steps_taken, self._n_steps(batch)
        with self._log.guard("recording a step"):
            self._put_results(step + n_steps - 1, logs)
        if self._before and self._watch is not None:
            with self._log.guard("recording what a step did"), self._log.overhead.of("gradients"):
                self._add_step(
                    step, self._watch.gradients(), arrays(self._before), arrays(self._after or self._taker.weights())
                )
        if self._taken is not None:
            with self._log.guard("writing a pass"), self._log.overhead.of("passes"):
                for name, value in self._unsaid(step, self._taken.scalars).items():
                    self._log.put(name, step, value)
                for series, counts in self._taken.not_finite.items():
                    self._log.not_finite.look(series, step, counts)
                self._log.add_pass(self._taken.to_record(step))
            self._n_passes += 1
            if self._n_passes == notes.PASSES_BEFORE_SILENCES:
                self._say_silences()
        self._taken, self._before, self._after, self._moments = None, {}, {}, {}
        with self._log.guard("writing scalars"):
            for _ in range(n_steps):
                self._log.after_step()

    def _say_silences(self) -> None:
        if self._watch is not None:
            with self._log.guard("looking at what was never seen"):
                missing, keys = without_optimizer(self.model, self._plans)
                for sentence in (*missing, *notes.silences(self._watch, self._plans, keys | self._told)):
                    self.say(sentence)
                self._remark(notes.rates(self._watch))

    def _n_steps(self, batch: int) -> int:
        """How many steps were taken. The last ones of an epoch may be fewer than Keras says."""
        n_steps = max(1, batch - self._first_batch + 1)
        if self._steps_at_once > 1 and self.model.optimizer is not None:
            updates = int(self.model.optimizer.iterations) - self._updates_before
            n_steps = updates if 0 < updates < n_steps else n_steps
        return n_steps

    def _put_results(self, step: int, logs: Mapping[str, Any]) -> None:
        watch = self._watch
        if self._results is not None:
            for name, value in self._results.of_step(logs).items():
                self._log.put(name, step, self._log.not_finite.watched(name, step, value))
        if watch is not None:
            for name, each in watch.by_rate().items():
                self._log.put(name, step, each.learning_rate())

    def _add_step(self, step: int, gradients: Values, before: Values, after: Values) -> None:
        if self._insight is not None and self._wants:
            recorder = self._insight.recorder
            self._insight.add_step(step, before, after, gradients, arrays(self._moments))
            self._covered = recorder.columns if recorder.measures(step) else self._covered
        if self._taken is not None:
            with self._log.overhead.of("passes"):
                self._taker.add_step(self._taken, before, after, gradients, self._covered)

    def _unsaid(self, step: int, scalars: Mapping[str, float]) -> dict[str, float]:
        """Those scalars of a pass that neither the insight nor the end of an earlier `fit` has recorded."""
        ended_at, of_end = self._of_end
        said = self._covered | of_end if step == ended_at else self._covered
        return {name: value for name, value in scalars.items() if name not in said}

    def end_epoch(self, logs: Mapping[str, Any]) -> None:
        """The epoch's results, under the names that every framework's have."""
        results = {}
        for name, value in logs.items():
            if isinstance(value, int | float):
                results[f"test_{name[4:]}" if name.startswith("val_") else f"train_{name}"] = float(value)
        with self._log.guard("ending an epoch"):
            self._log.end_epoch(results)
        self._signals.end_epoch()
        self._projection.end_epoch()

    def close(self) -> None:
        """Take the wrappers off, take the last pass, write the index."""
        if not self._is_open:
            return
        self._is_open = False
        if self._log.is_open and self.steps_taken == self._first_step:
            self.say(_NO_STEPS)
        if self._watch is not None:
            self._watch.end_step()
            if 0 < self._n_passes < notes.PASSES_BEFORE_SILENCES:
                self._n_passes = notes.PASSES_BEFORE_SILENCES
                self._say_silences()
            with self._log.guard("taking the wrappers off"):
                self._watch.close()
            self._outer.forget()
        if self._insight is not None:
            self._insight.recorder.end()
        self._taken, self._before, self._after, self._moments = None, {}, {}, {}
        self._signals.end()
        self._projection.end()
        if self._log.is_open:
            with self._log.guard("taking the last pass"), self._log.overhead.of("passes"), np.errstate(all="ignore"):
                self._end()
        with self._log.guard("finishing the file"):
            self._log.close()

    def _end(self) -> None:
        """Take the last pass. Its scalars come first: the next `fit` takes the last record back if it is a pass."""
        step, taken = self.steps_taken, self._taker.state()
        self._covered = frozenset()
        for series, counts in taken.not_finite.items():
            taken.scalars |= self._log.not_finite.at_end(series, step, counts)
        self._log.flush(up_to=step)
        self._log.flush_rows()
        self._log.add_end_scalars(self._unsaid(step, taken.scalars))
        self._of_end = step, frozenset(taken.scalars)
        self._log.add_pass(taken.to_record(step), is_end=True)
