"""What a run leaves behind: gathers scalars and passes and hands them to the writer, until the disk refuses."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from collector.capture.budget import Budget
from collector.capture.guard import Guard
from collector.capture.not_finite import NotFinite
from collector.capture.price import Price
from collector.capture.resuming import Resume, earlier_run
from collector.capture.rows import Finish, Rows
from collector.capture.waiting import Waiting
from collector.storage.earlier import EarlierRun
from collector.storage.errors import CollectionError
from collector.storage.schema import (
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


class RunLog:
    """The one place that writes a run's file.

    Attributes:
        guard: wraps whatever may fail on our side.
        is_open: whether anything is still written: False after the end and after a failed write.
        steps_taken: updates since the run began, which is also the number of the step under way.
        epoch: epochs that have ended, which is also the number of the epoch under way.
        price: the clock of what recording costs.
        budget: what it may cost, as the header's run says.
        not_finite: is told where numbers are none.

    Args:
        path: the file; None where another process writes it: then this log was never open.
        resume: whether the run goes on in the file, where there is one; see `collector.capture.resuming`.

    Raises:
        CollectionError: the file exists or cannot be made, or is of another run than the one that goes on.
        ValueError: the header could not be read back, or its budget is none, or a bad option.
    """

    def __init__(self, path: Path | None, header: Header, *, overwrite: bool, resume: Resume = False) -> None:
        earlier = None if path is None else earlier_run(path, resume, overwrite=overwrite)
        self._writer = None if path is None else _new_file(path, header, overwrite, earlier)
        self.price = Price()
        self.budget = Budget(self.price, header.run.budget)
        self._paid = self._writer.price if self._writer else None
        self.guard = Guard(self.note)
        self.is_open = path is not None
        self.steps_taken = self._first_step = earlier.step if earlier else 0
        self.epoch = earlier.epoch if earlier else 0
        self._steps_per_epoch = header.run.steps_per_epoch
        self._epoch_of_last_step = earlier.epoch_of_last_step if earlier else 0
        self._flushed = time.monotonic()
        self._began = self._flushed - (earlier.seconds if earlier else 0)
        self._n_passes = self._writer.n_passes if self._writer else 0
        self._noted = {each.text for each in self._writer.notes} if self._writer else set()
        self._waiting = Waiting()
        self._rows = Rows()
        self._rows_flushed = self._flushed
        self._logged_ahead: set[str] = set()
        self.not_finite = NotFinite(self)

    def log(self, name: str, value: object) -> None:
        """A scalar of the step just taken, as in the loop ``step(); log()``.

        One that was first logged before any step is a scalar of the step under way, as in the loop ``log(); step()``.
        """
        self.put(name, self.step_of(name), value)

    def step_of(self, name: str) -> int:
        """The step of a scalar that is logged now."""
        if self.steps_taken == self._first_step:
            self._logged_ahead.add(name)
        return self.steps_taken - (name not in self._logged_ahead)

    def put(self, name: str, step: int, value: object) -> None:
        """One scalar at one step: a number, or a tensor of one that nobody changes, read when it is written."""
        self._waiting.put(name, step, value)

    def put_row(self, names: tuple[str, ...], step: int, values: Any, finish: Finish = np.stack) -> None:
        """Many scalars at one step, float64 ``[names]``: cheaper than one by one. NaN: this one was not recorded.

        Give the same tuple each time. Each name comes in such rows only, or by `put` only. With ``finish`` the
        values are made when they are written; see `Rows.put`.
        """
        self._rows.put(names, step, values, finish)

    def after_step(self) -> None:
        """One step was taken."""
        self._epoch_of_last_step = self._epoch()
        self.steps_taken += 1
        now = time.monotonic()
        if now - self._flushed > FLUSH_SECONDS:
            self.flush(up_to=self.steps_taken - 1)
        if now - self._rows_flushed > ROWS_FLUSH_SECONDS:
            with self.price.of("gradients"):
                self.flush_rows()
            if self.is_open:
                self._write(self._price_record())

    def add_pass(self, record: PassRecord, *, is_end: bool = False) -> None:
        """Number, date and write a pass, after the scalars of the steps before it.

        Args:
            is_end: it is the state after the last step, and so belongs to that step's epoch.
        """
        self.flush(up_to=record.step)
        if is_end:
            self.flush_rows()
            if told := self.budget.summary():
                self.note(told)
        record.number = self._n_passes
        record.epoch = self._epoch_of_last_step if is_end else self._epoch()
        record.seconds = round(time.monotonic() - self._began, 6)
        self._write(record)
        self._n_passes += 1

    def add_end_scalars(self, scalars: Mapping[str, float]) -> None:
        """Scalars of the state after the last step."""
        columns = {name: np.array([value]) for name, value in scalars.items()}
        if columns:
            step = self.steps_taken
            self._write(StepsRecord(step, step + 1, columns, is_end=True))  # type: ignore[arg-type]

    def _epoch(self) -> int:
        return self.steps_taken // self._steps_per_epoch if self._steps_per_epoch else self.epoch

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

    def note(self, text: str) -> None:
        """A sentence for whoever reads the file, unless an earlier part of the run has left the same."""
        if text not in self._noted:
            self._write(NoteRecord(step=self.steps_taken, text=text))

    def flush(self, up_to: int) -> None:
        """Write the waiting scalars of the steps below ``up_to``."""
        self._flushed = time.monotonic()
        ranges: dict[tuple[int, int], dict[str, np.ndarray]] = {}
        for name, start, values in self._waiting.take(up_to):
            ranges.setdefault((start, start + len(values)), {})[name] = values
        for (start, stop), columns in ranges.items():
            self._write(StepsRecord(start, stop, columns))  # type: ignore[arg-type]

    def flush_rows(self) -> None:
        """Write the waiting rows. Not at each pass: hundreds of columns of a single number are dear."""
        self._rows_flushed = time.monotonic()
        for steps, columns in self._rows.take():
            self._write(StepsRecord(steps.start, steps.stop, columns, steps.step))  # type: ignore[arg-type]

    def _price_record(self) -> PriceRecord:
        """The price so far, that of an earlier part of the run with it."""
        paid = {} if self._paid is None else self._paid.seconds
        seconds = {kind: round(each + paid.get(kind, 0), 6) for kind, each in self.price.seconds.items()}
        paid_training = 0 if self._paid is None else self._paid.training_seconds
        training = round(self.price.training_seconds + paid_training, 6)
        size = 0 if self._writer is None else self._writer.size
        return PriceRecord(self.steps_taken, seconds, training, size)

    def affords(self, kind: str) -> bool:
        """Whether one more of what is due can be afforded; see `Budget.allows`. The first time not, a note says so."""
        was_left_out = self.budget.has_left_out(kind)
        if self.budget.allows(kind):
            return True
        if not was_left_out:
            self.note(f"From step {self.steps_taken} on, {kind} are left out where the budget does not allow them.")
        return False

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
            self.flush(up_to=self.steps_taken)
            self.flush_rows()
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


def _new_file(path: Path, header: Header, overwrite: bool, earlier: EarlierRun | None) -> CollectionWriter:
    try:
        return CollectionWriter(path, header, overwrite=overwrite, earlier=earlier)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}."
        raise CollectionError(path, problem, "Choose another place for the file.") from None
