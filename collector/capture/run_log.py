"""What a run leaves behind: gathers scalars and passes and hands them to the writer, until the disk refuses."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from collector.capture.budget import Budget
from collector.capture.far_values import NothingFar
from collector.capture.guard import Guard
from collector.capture.logged_values import LoggedValues
from collector.capture.not_finite import NotFinite
from collector.capture.overhead import Overhead
from collector.capture.pace import Pace
from collector.capture.resuming import Resume, earlier_run
from collector.capture.scalar_buffer import Finish, ScalarBuffer
from collector.storage.earlier import EarlierRun
from collector.storage.errors import CollectionError
from collector.storage.paths import expanded
from collector.storage.schema import (
    DumpRecord,
    EpochRecord,
    Header,
    NoteRecord,
    PassRecord,
    PriceRecord,
    Record,
    StepsRecord,
    scalar,
)
from collector.storage.writer import CollectionWriter

FLUSH_SECONDS = 0.5
"""Scalars wait at most so long before they are written, so that a window that follows sees them come."""

ROWS_FLUSH_SECONDS = 2.0
"""Rows of hundreds of scalars wait longer: writing a column costs nearly the same for few steps as for many."""


MOST_LONGER = 8
"""So many times as long at the most where a budget does not allow it: it costs the same however few steps it is of."""


class Now(NamedTuple):
    """A moment of a run: number of the step and of the epoch under way, and seconds since it began."""

    step: int
    epoch: int
    seconds: float


class RunLog:
    """The one place that writes a run's file.

    Attributes:
        guard: wraps whatever may fail on our side.
        is_open: whether anything is still written: False after the end and after a failed write.
        steps_taken: updates since the run began, which is also the number of the step under way.
        epoch: epochs that have ended, which is also the number of the epoch under way.
        overhead: the clock of what recording costs.
        budget: what it may cost, as the header's run says.
        pace: how often is looked at what is looked at at each step without a budget.
        logged: knows which step a value belongs to that the training logs.
        not_finite: is told where numbers are none.
        last_look: on the monotonic clock, when the last step was over.
        far: what of it is on its way from another device.

    Args:
        path: the file; None where another process writes it: then this log was never open.
        resume: whether the run goes on in the file, where there is one; see `collector.capture.resuming`.
        durable: wait at each pass until it is on the disk; see `CollectionWriter`.
        is_measured: without a path: whether all is measured here as by the process that writes.

    Raises:
        CollectionError: the file exists or cannot be made, or is of another run than the one that goes on.
        ValueError: the header could not be read back, or its budget is none, or a bad option.
    """

    def __init__(
        self,
        path: Path | None,
        header: Header,
        *,
        overwrite: bool,
        resume: Resume = False,
        durable: bool = False,
        is_measured: bool = False,
    ) -> None:
        path = None if path is None else expanded(path)
        earlier = None if path is None else earlier_run(path, resume, overwrite=overwrite)
        self._writer = None if path is None else _new_file(path, header, overwrite, earlier, durable)
        self.overhead = Overhead()
        self.budget = Budget(self.overhead, header.run.budget)
        self.pace = Pace(self.overhead, header.run.budget)
        self._paid = self._writer.price if self._writer else None
        self.guard = Guard(self.note, lambda: self.steps_taken)
        if self._writer is not None:
            self._writer.say = self.guard.say
        self.is_open = path is not None or is_measured
        self.steps_taken = self._first_step = earlier.step if earlier else 0
        self.epoch = earlier.epoch if earlier else 0
        self._steps_per_epoch = header.run.steps_per_epoch
        self._epoch_of_last_step = earlier.epoch_of_last_step if earlier else 0
        self._flushed = time.monotonic()
        self._began = self._flushed - (earlier.seconds if earlier else 0)
        self._n_passes = self._writer.n_passes if self._writer else 0
        self._noted = {each.text for each in self._writer.notes} if self._writer else set()
        self._scalars = ScalarBuffer(self._first_step)
        self._told_late = False
        self._ended_at: set[int] = set()
        self._rows_flushed = self._flushed
        self._pass_steps: set[int] = set()
        self._epochs_ended: list[int] = []
        self.last_look = self._flushed
        self.not_finite = NotFinite(self.put, self.note)
        self.far = NothingFar()
        self.logged = LoggedValues(self._put_logged, self.guard.remark)

    def log(self, name: str, value: object, *, is_under_way: bool = False) -> None:
        """A scalar of the step just taken or of the step under way; see `LoggedValues`.

        Args:
            is_under_way: whether an update was made in the step under way.
        """
        self.logged.log(name, value, self.steps_taken, is_under_way=is_under_way)

    def _put_logged(self, name: str, step: int, value: object) -> None:
        self._scalars.put(name, step, self.not_finite.watched(name, step, self.far.bring(value)))

    def bring(self, value: Any) -> Any:
        """What stands for a value on another device until it is written; see `NothingFar`."""
        return self.far.bring(value)

    def put(self, name: str, step: int, value: object) -> None:
        """One scalar at one step: a number, or a tensor of one that nobody changes, read when it is written.

        Of several values of one step the last counts, wherever they come from; see `ScalarBuffer`.
        """
        self._scalars.put(name, step, self.far.bring(value))

    def put_row(self, names: tuple[str, ...], step: int, values: Any, finish: Finish = np.stack) -> None:
        """Many scalars at one step, float64 ``[names]``: cheaper than one by one. NaN: this one was not recorded.

        Give the same tuple each time. With ``finish`` the values are made when they are written; see
        `ScalarBuffer.put_row`.
        """
        self._scalars.put_row(names, step, values, finish)

    def after_step(self) -> None:
        """One step was taken."""
        self.logged.stepped(self.steps_taken)
        self._epoch_of_last_step = self._epoch()
        self.steps_taken += 1
        now = self.last_look = time.monotonic()
        longer = min(self.pace.each, MOST_LONGER)
        if now - self._flushed > FLUSH_SECONDS * longer:
            self.flush(up_to=self.steps_taken - 1)
        if now - self._rows_flushed > ROWS_FLUSH_SECONDS * longer:
            with self.overhead.of("gradients"):
                self.flush_rows(up_to=self.steps_taken - 1)  # what is logged of the last step may come yet
            if self.is_open:
                self._write(self._price_record())

    @property
    def now(self) -> "Now":
        """The moment, for a pass that is taken now and written later."""
        return Now(self.steps_taken, self._epoch(), round(time.monotonic() - self._began, 6))

    def add_pass(self, record: PassRecord, *, is_end: bool = False, taken: "Now | None" = None) -> None:
        """Number, date and write a pass, after the scalars of the steps before it.

        Args:
            is_end: it is the state after the last step, and so belongs to that step's epoch.
            taken: when; None: now.
        """
        taken = self.now if taken is None else taken
        self.flush(up_to=record.step)
        if is_end:
            self.flush_rows()
            if told := self.budget.summary():
                self.note(told)
        record.epoch = self._epoch_of_last_step if is_end else taken.epoch
        record.seconds = taken.seconds
        self._write_pass(record)

    def seconds_at(self, at: float) -> float:
        """Seconds since the run began, of a time of the monotonic clock."""
        return round(at - self._began, 6)

    def has_pass(self, step: int) -> bool:
        """Whether this process has written a pass of a step."""
        return step in self._pass_steps

    def add_dump(self, dump: DumpRecord, passes: Iterable[PassRecord]) -> None:
        """Write passes that were held until something happened, behind all that is known so far."""
        self.flush(up_to=self.steps_taken)
        self.flush_rows()
        self._write(dump)
        for record in passes:
            record.epoch = self._epoch_of(record.step)
            self._write_pass(record)

    def _write_pass(self, record: PassRecord) -> None:
        record.number = self._n_passes
        self._write(record)
        self._pass_steps.add(record.step)
        # Where the file was lost and the run goes on in another one, that one's passes are counted.
        self._n_passes = self._writer.n_passes if self._writer and self.is_open else self._n_passes + 1

    @property
    def path(self) -> Path | None:
        """The file that is written, which may be another than was asked for; None: none is."""
        return self._writer.path if self._writer else None

    def add_end_scalars(self, scalars: Mapping[str, float]) -> None:
        """Scalars of the state after the last step, but those that are recorded of that step already."""
        step = self.steps_taken
        self._ended_at.add(step)
        self.flush(up_to=step)
        self.flush_rows()
        columns = {name: np.array([scalars[name]]) for name in self._scalars.unwritten(scalars, step)}
        if columns:
            self._write(StepsRecord(step, step + 1, columns, is_end=True))  # type: ignore[arg-type]

    def _epoch(self) -> int:
        return self.steps_taken // self._steps_per_epoch if self._steps_per_epoch else self.epoch

    def _epoch_of(self, step: int) -> int:
        """The epoch that a step of this process belongs to."""
        if self._steps_per_epoch:
            return step // self._steps_per_epoch
        return self.epoch - sum(ended > step for ended in self._epochs_ended)

    def end_epoch(self, metrics: Mapping[str, float]) -> None:
        """The epoch has ended; ``metrics`` are its results.

        Whoever saves the training's state now finds all of its steps in the file when the run goes on.
        """
        try:
            self.flush(up_to=self.steps_taken)
            self.flush_rows()
            numbers = {name: scalar(float(value)) for name, value in metrics.items()}
            self._write(EpochRecord(epoch=self.epoch, step=self.steps_taken, metrics=numbers))
        finally:
            self.epoch += 1
            self._epochs_ended.append(self.steps_taken)

    def note(self, text: str) -> None:
        """A sentence for whoever reads the file, unless an earlier part of the run has left the same."""
        if text not in self._noted:
            self._write(NoteRecord(step=self.steps_taken, text=text))

    def flush(self, up_to: int) -> None:
        """Write the waiting scalars of the steps below ``up_to`` that do not come in rows."""
        self._flushed = time.monotonic()
        self._flush(up_to, rows=False)

    def flush_rows(self, up_to: int | None = None) -> None:
        """Write the waiting rows too, of all steps taken or of those below ``up_to``.

        Not at each pass: hundreds of columns of a single number are dear.
        """
        self._rows_flushed = time.monotonic()
        self._flush(self.steps_taken if up_to is None else up_to, rows=True)

    @np.errstate(all="ignore")
    def _flush(self, up_to: int, *, rows: bool) -> None:
        if (first := self.far.first_step()) is not None:
            up_to = min(up_to, first)
        for steps, columns in self._scalars.take(up_to, rows=rows):
            self._write(StepsRecord(steps.start, steps.stop, columns, steps.step))  # type: ignore[arg-type]
        # What a training that goes on records of the step it had ended at is there already.
        late = [(name, step) for name, step in self._scalars.late.items() if step not in self._ended_at]
        if late and not self._told_late:
            self._told_late = True
            name, step = late[0]
            self.note(f"A value of {name!r} for step {step} came when that step was written already, and was left out.")

    def _price_record(self) -> PriceRecord:
        """The price so far, that of an earlier part of the run with it."""
        paid = {} if self._paid is None else self._paid.seconds
        seconds = {kind: round(each + paid.get(kind, 0), 6) for kind, each in self.overhead.seconds.items()}
        paid_training = 0 if self._paid is None else self._paid.training_seconds
        training = round(self.overhead.training_seconds + paid_training, 6)
        size = 0 if self._writer is None else self._writer.size
        return PriceRecord(self.steps_taken, seconds, training, size)

    def affords(self, kind: str, one: float | None = None) -> bool:
        """Whether one more of what is due can be afforded; see `Budget.allows`. The first time not, a note says so."""
        was_left_out = self.budget.has_left_out(kind)
        if self.budget.allows(kind, one):
            return True
        self._tell_left_out(kind, self.steps_taken, was_left_out)
        return False

    def leave_out(self, kind: str, step: int) -> None:
        """One of what was due at a step could not be afforded."""
        was_left_out = self.budget.has_left_out(kind)
        self.budget.leave_out(kind)
        self._tell_left_out(kind, step, was_left_out)

    def _tell_left_out(self, kind: str, step: int, was_left_out: bool) -> None:
        if not was_left_out:
            self.note(f"From step {step} on, {kind} are left out where the budget does not allow them.")

    def holds(self, kind: str) -> bool:
        """Whether the file has a record of this kind already."""
        return self._writer is not None and self._writer.holds(kind)

    def begin_at(self, step: int) -> None:
        """Count on from a step, where another process writes the file and goes on in it."""
        self.steps_taken = self._first_step = step

    def add(self, record: Record) -> None:
        """Write a record of its own as it is."""
        self._write(record)

    def _write(self, record: Record) -> None:
        if not self.is_open or self._writer is None:
            return
        try:
            with self.overhead.within("scalars"):
                self._writer.write(record)
        except OSError as error:
            self.is_open = False
            self.guard.say(
                f"Strobe stopped collecting into {str(self._writer.path)!r} at step {self.steps_taken}: "
                f"{error.strerror or error}. What was written before can be opened; the training goes on."
            )

    def reopen(self) -> None:
        """Go on with the file that `close` finished, without the pass that stood for its end."""
        if self._writer is None:
            return
        n_passes = self._writer.reopen(without_last="pass")
        self._n_passes = n_passes
        self.is_open = True

    def close(self) -> None:
        """Write what waits, then the summary and the index."""
        with self.guard("writing the last scalars"):
            self.far.wait()
            self.flush(up_to=self.steps_taken)
            self.flush_rows()
            self.guard.ended()
            if self.is_open and self._writer is not None:
                # Not a record of its own: a training that goes on takes the last one back if it is a pass.
                self._writer.price = self._price_record()
        self.is_open = False
        if self._writer is None:
            return
        try:
            self._writer.close()
        except OSError as error:
            self.guard.say(
                f"Strobe could not finish {str(self._writer.path)!r}: {error.strerror or error}. "
                "It opens all the same, as an unfinished collection."
            )


def _new_file(
    path: Path, header: Header, overwrite: bool, earlier: EarlierRun | None, durable: bool
) -> CollectionWriter:
    try:
        return CollectionWriter(path, header, overwrite=overwrite, earlier=earlier, durable=durable)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}."
        raise CollectionError(path, problem, "Choose another place for the file.") from None
