"""The life of a recorded run, whatever the framework: what is due, what of it can be afforded, what is written."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from collector.capture.insight import InsightRecorder
from collector.capture.layer_plan import LayerPlan
from collector.capture.metric_recorder import MetricRecorder
from collector.capture.pass_draft import PassDraft
from collector.capture.resuming import Resume
from collector.capture.run_log import Now, RunLog
from collector.capture.sample_recorder import SampleRecorder
from collector.capture.schedule import is_pass_due
from collector.capture.similarity_recorder import SimilarityRecorder
from collector.capture.token_names import TokenNames
from collector.storage import schema

MOST_RESTED = 16
"""Of so many steps it is decided at once that nobody looks at them."""


class RunRecorder:
    """Records one run into one file.

    A framework's collector makes it and calls `start`. At each step it calls `begin_step`, takes what `is_pass` and
    `has_gradients` say is wanted, and calls `add_pass` where it is a pass, then `end_step`; `end_epoch` behind each
    epoch, and `end` at last.

    Args:
        path: the file; None where another process writes it.
        run: as `describe_run` makes it.
        plans: of the layers.
        probe, flow: as the header has them.
        insight, similarity, projection, stories, metrics: what is recorded besides the passes.
        token_names: texts of the tokens that passes hold for likely.
        overwrite, resume, durable, is_measured: see `RunLog`.
        display: show in a notebook's output how far it is.

    Raises:
        CollectionError: the file exists or cannot be made, or is of another run than the one that goes on.

    Attributes:
        log: writes the file.
        is_pass: whether a pass of the step under way is wanted.
        has_gradients: whether the gradients of the step under way are followed.
        covered: scalars of the step under way that the insight writes.
        rests: whether nothing of the step under way is looked at, so that a budget is kept.
        metrics: says what the metrics of the training's own need of the step under way, and computes them.
    """

    def __init__(
        self,
        path: Path | None,
        run: schema.Run,
        plans: Sequence[LayerPlan] = (),
        *,
        probe: schema.Probe | None = None,
        flow: list[schema.FlowNode] | None = None,
        insight: InsightRecorder | None = None,
        similarity: SimilarityRecorder | None = None,
        projection: SampleRecorder[schema.Projection] | None = None,
        stories: SampleRecorder[schema.Stories] | None = None,
        metrics: MetricRecorder | None = None,
        token_names: TokenNames | None = None,
        overwrite: bool = False,
        resume: Resume = False,
        durable: bool = False,
        is_measured: bool = False,
        display: bool = False,
    ) -> None:
        self._writes = path is not None
        self._insight = insight
        self._token_names = token_names or TokenNames()
        self._similarity = similarity or SimilarityRecorder(None)
        self._projection = projection or SampleRecorder[schema.Projection](None)
        self._stories = stories or SampleRecorder[schema.Stories](None)
        self.metrics = metrics or MetricRecorder()
        header = schema.Header(
            format=schema.FORMAT,
            version=schema.VERSION,
            run=run,
            layers=[plan.to_schema() for plan in plans],
            probe=probe,
            insight=None if insight is None else insight.to_schema(),
            similarity=self._similarity.similarity,
            augmentations=self._similarity.augmentations,
            projection=self._projection.header,
            stories=self._stories.header,
            flow=flow,
            metrics=self.metrics.to_schema(),
        )
        self.log = RunLog(path, header, overwrite=overwrite, resume=resume, durable=durable, is_measured=is_measured)
        self._interval = run.interval
        self.is_pass = self.has_gradients = self.rests = False
        self._has_budget = False
        self._can_rest: Callable[[], bool] = _never
        self._resting = range(0)
        """Steps of which it is decided already that nobody looks at them."""
        self.covered: frozenset[str] = frozenset()
        self._of_end: tuple[int, frozenset[str]] = (-1, frozenset())
        """The step at which the run ended before it went on, and the scalars that were recorded of that state."""
        self.metrics.start(self.log)
        if insight is not None:
            insight.start(self.log)
        self._live = self._live_output() if display and self.log.is_open else None

    @property
    def writes(self) -> bool:
        """Whether this process writes the file, or would, if the file could be written."""
        return self._writes

    @property
    def steps_taken(self) -> int:
        """Updates since the run began, which is also the number of the step under way."""
        return self.log.steps_taken

    @property
    def is_pass_due(self) -> bool:
        """Whether the schedule wants a pass of the step under way, and none was left out so far."""
        return is_pass_due(self.steps_taken, self._interval) and not self.log.budget.has_left_out("passes")

    @property
    def is_scheduled(self) -> bool:
        """Whether anything may be taken of the step under way, whatever can be afforded."""
        is_followed = self._insight is not None and self._insight.is_scheduled(self.steps_taken)
        return is_pass_due(self.steps_taken, self._interval) or is_followed

    def steps_to_pass(self) -> int:
        """How many steps behind the one under way the next pass is due; at least 1."""
        return self._interval - self.steps_taken % self._interval

    @property
    def has_histograms(self) -> bool:
        """Whether passes have the spread of all values: from the first pass that was left out on they have not."""
        return not self.log.budget.has_left_out("passes")

    def start(self) -> None:
        """Record of the state before the first step what is no part of a pass."""
        self._similarity.start(self.log)
        self._projection.start(self.log)
        self._stories.start(self.log)

    def start_at(self, step: int, epoch: int | None = None) -> None:
        """The same, where what is recorded begins at another step."""
        self.log.begin_at(step)
        self.log.epoch = epoch or 0
        self.start()

    def go_to(self, step: int, epoch: int | None = None) -> None:
        """Steps were taken that nobody saw: the state is that of another step now, above the one before."""
        self.log.epoch = self.log.epoch if epoch is None else epoch
        self.log.begin_at(step - 1)
        self.end_step()

    def begin_step(self, n_steps: int = 1, *, can_follow: bool = True) -> None:
        """A step is about to be taken, or several at once: decide what is taken of it.

        Args:
            n_steps: of those that run at once only the state before the first is there to be taken.
            can_follow: whether its gradients can be seen.
        """
        self.is_pass = self.has_gradients = False
        self.covered = frozenset()
        if self.rests:
            self._wake()
        if not self.log.is_open:
            return
        self.log.overhead.begin()
        step = self.steps_taken
        is_due = -step % self._interval < n_steps  # `is_pass_due` of one of them
        self.is_pass = is_due and self.log.affords("passes")
        self.has_gradients = can_follow and self._insight is not None and self._insight.wants(step)
        if can_follow:
            self.metrics.begin_step(step)

    def pass_adder(self) -> Callable[[PassDraft[Any]], None]:
        """Writes a pass of the step under way, and those of its scalars that come from nowhere else, now or later."""
        return partial(self._add_pass, self.log.now, self._written())

    def add_pass(self, draft: PassDraft[Any]) -> None:
        """The same, now."""
        self.pass_adder()(draft)

    def _add_pass(self, taken: Now, written: Collection[str], draft: PassDraft[Any]) -> None:
        step = taken.step
        scalars = {name: value for name, value in draft.scalars.items() if name not in written}
        self.log.put_row(tuple(scalars), step, np.array(list(scalars.values())))
        for series, counts in draft.not_finite.items():
            self.log.not_finite.look(series, step, counts)
        self._name_tokens(draft, step)
        self.log.add_pass(draft.to_record(step), taken=taken)
        if self._live is not None and self.log.path is not None:
            with self.log.guard("showing the run"):
                self._live.update(self.log.path)

    def end_step(self, n_steps: int = 1) -> None:
        """A step was taken, or several at once."""
        try:
            for _ in range(n_steps):
                self.log.after_step()
        except Exception as error:  # noqa: BLE001 - a guard that costs nothing at steps without a failure
            self.log.guard.failed("writing scalars", error)
        self._similarity.after_step()
        self._stories.after_step()
        if self._has_budget:
            self._set_pace()

    def rest_if(self, can_rest: Callable[[], bool]) -> None:
        """Leave steps out altogether where a budget asks for it.

        Args:
            can_rest: whether the framework's collector does without the next one, as ``rests`` then says.
        """
        self._has_budget, self._can_rest = self.log.budget.is_kept, can_rest

    def _set_pace(self) -> None:
        """Decide how many of the next steps are looked at by nobody."""
        pace, step = self.log.pace, self.steps_taken
        if step < self._resting.stop:
            return
        self._wake()
        if pace.stepped(step):
            self.log.note(
                f"From step {step} on, as the budget allows, what belongs to each step (its rates, its batch, whether "
                "its gradients are finite, whether the model is another) is looked at at some steps alone."
            )
        stop = step
        if not self.has_gradients and self._can_rest():  # of two consecutive steps both are followed
            while stop < step + MOST_RESTED and pace.rests(stop) and self._can_leave_out(stop):
                stop += 1
        if stop > step:
            self.rests, self._resting = True, range(step, stop)
            self.is_pass = self.has_gradients = False
            self.covered = frozenset()
            self.metrics.needs = None

    def _wake(self) -> None:
        """Nobody rests any more: count what was due at the steps that were taken meanwhile."""
        for step in self._resting[: self.steps_taken - self._resting.start]:
            for kind in self._due(step):
                self.log.leave_out(kind, step)
        self.rests, self._resting = False, range(0)

    def _can_leave_out(self, step: int) -> bool:
        """Whether nothing is taken of a step: neither due, nor could it be afforded."""
        could_allow = self.log.budget.could_allow
        return not self.metrics.decides_by_itself and not any(map(could_allow, self._due(step)))

    def _due(self, step: int) -> Iterator[str]:
        """What the schedule wants of a step."""
        if is_pass_due(step, self._interval):
            yield "passes"
        if self._insight is not None and self._insight.is_scheduled(step):
            yield "gradients"
        if self.metrics.is_scheduled(step):
            yield "metrics"

    def end_epoch(self, results: Mapping[str, Any]) -> None:
        """An epoch has ended, with these results."""
        with self.log.guard("ending an epoch"), self.log.overhead.of("scalars"):
            self.log.far.wait()
            self.log.end_epoch(results)
        self._similarity.end_epoch()
        self._projection.end_epoch()
        self._stories.end_epoch()

    def end(self, last: Callable[[], PassDraft[Any]] | None) -> None:
        """The run is over.

        Args:
            last: takes the state after the last step, which no gradient or update belongs to; None: nobody can.
        """
        self._wake()
        with self.log.guard("waiting for what comes from a device"):
            self.log.far.wait()
        if self._insight is not None:
            self._insight.end()
        self._similarity.end()
        self._projection.end()
        self._stories.end()
        if self.log.is_open and last is not None:
            with self.log.guard("taking the last pass"), self.log.overhead.of("passes"):
                self._add_last(last())
        with self.log.guard("finishing the file"):
            self.log.close()
        if self._live is not None and self.log.path is not None:
            with self.log.guard("showing the run"):
                self._live.end(self.log.path)

    def _live_output(self) -> Any:
        """None where there is no notebook, which is said."""
        from collector.report.live import LiveOutput, is_in_notebook

        if is_in_notebook():
            return LiveOutput()
        self.log.guard.say("display=True shows the run in a notebook; there is none here, and nothing is shown")
        return None

    def _add_last(self, draft: PassDraft[Any]) -> None:
        """Its scalars come first: where the run goes on, the last record is taken back if it is a pass."""
        step, self.covered = self.steps_taken, frozenset()
        for series, counts in draft.not_finite.items():
            draft.scalars |= self.log.not_finite.at_end(series, step, counts)
        written = self._written()
        self.log.add_end_scalars({name: value for name, value in draft.scalars.items() if name not in written})
        self._of_end = step, frozenset(draft.scalars)
        self._name_tokens(draft, step)
        self.log.add_pass(draft.to_record(step), is_end=True)

    def _name_tokens(self, draft: PassDraft[Any], step: int) -> None:
        """Write the texts of tokens that a pass is the first to hold for likely."""
        record = self._token_names.record(step, draft.token_logits)
        if record is not None:
            self.log.add(record)

    def _written(self) -> frozenset[str]:
        """Scalars of the step under way that the insight, or an end of the run at this step, has written."""
        ended_at, of_end = self._of_end
        return self.covered | of_end if self.steps_taken == ended_at else self.covered


def _never() -> bool:
    return False
