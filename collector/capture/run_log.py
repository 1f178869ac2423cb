"""What a run leaves behind: gathers scalars and passes and hands them to the writer, until the disk refuses."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from collector.capture.guard import Guard
from collector.storage.errors import CollectionError
from collector.storage.schema import EpochRecord, Header, NoteRecord, PassRecord, Record, StepsRecord, scalar
from collector.storage.writer import CollectionWriter

FLUSH_SECONDS = 0.5
"""Scalars wait at most so long before they are written, so that a window that follows sees them come."""


class RunLog:
    """The one place that writes a run's file.

    Attributes:
        guard: wraps whatever may fail on our side.
        is_open: whether anything is still written: False after the end and after a failed write.

    Raises:
        CollectionError: the file exists or cannot be made.
    """

    def __init__(self, path: Path, header: Header, *, overwrite: bool) -> None:
        try:
            self._writer = CollectionWriter(path, header, overwrite=overwrite)
        except OSError as error:
            problem = f"cannot be written: {error.strerror or error}."
            raise CollectionError(path, problem, "Choose another place with output_path.") from None
        self.guard = Guard(self.note)
        self.steps_taken = 0
        self.epoch = 0
        self._steps_per_epoch = header.run.steps_per_epoch
        self._began = self._flushed = time.monotonic()
        self._n_passes = 0
        self._waiting: dict[str, dict[int, Any]] = {}
        self._given: dict[str, int] = {}

    @property
    def is_open(self) -> bool:
        return not self._writer.closed

    def log(self, values: dict[str, Any]) -> None:
        """Scalars of the step just taken, or of the one under way where that step has its value already.

        So both orders of a training loop, ``step(); log()`` and ``log(); step()``, give each step its own value.
        """
        for name, value in values.items():
            step = max(self.steps_taken - 1, 0)
            if self._given.get(name, -1) >= step and self.steps_taken:
                step = self.steps_taken
            self.put(name, step, value)

    def put(self, name: str, step: int, value: Any) -> None:
        """One scalar at one step; a number, or a tensor that is read when the scalars are written."""
        self._waiting.setdefault(name, {})[step] = value
        self._given[name] = step

    def after_step(self) -> None:
        """One step was taken."""
        self.steps_taken += 1
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush(up_to=self.steps_taken - 1)

    def add_pass(self, record: PassRecord) -> None:
        """Number, date and write a pass, after the scalars of the steps before it."""
        self.flush(up_to=record.step)
        record.number = self._n_passes
        record.epoch = self._epoch_of(record.step)
        record.seconds = round(time.monotonic() - self._began, 6)
        self._write(record)
        self._n_passes += 1

    def _epoch_of(self, step: int) -> int:
        return step // self._steps_per_epoch if self._steps_per_epoch else self.epoch

    def end_epoch(self, metrics: dict[str, float]) -> None:
        """The epoch has ended; ``metrics`` are its results."""
        numbers = {name: scalar(float(value)) for name, value in metrics.items()}
        self._write(EpochRecord(epoch=self.epoch, step=self.steps_taken, metrics=numbers))
        self.epoch += 1

    def note(self, text: str) -> None:
        """A sentence for whoever reads the file."""
        self._write(NoteRecord(step=self.steps_taken, text=text))

    def flush(self, up_to: int | None = None) -> None:
        """Write the waiting scalars of the steps below ``up_to``, or all of them."""
        self._flushed = time.monotonic()
        for (start, stop), columns in self._take_waiting(up_to).items():
            self._write(StepsRecord(start, stop, columns))  # type: ignore[arg-type]

    def _take_waiting(self, up_to: int | None) -> dict[tuple[int, int], dict[str, np.ndarray]]:
        """Columns by the range of steps they cover: a record for each range."""
        ranges: dict[tuple[int, int], dict[str, np.ndarray]] = {}
        for name, values in self._waiting.items():
            steps = [step for step in values if up_to is None or step < up_to]
            if steps:
                start, stop = min(steps), max(steps) + 1
                column = np.full(stop - start, np.nan, np.float32)
                for step in steps:
                    column[step - start] = float(values.pop(step))
                ranges.setdefault((start, stop), {})[name] = column
        return ranges

    def _write(self, record: Record) -> None:
        if self._writer.closed:
            return
        try:
            self._writer.write(record)
        except OSError as error:
            self.guard.say(
                f"Strobe stopped collecting into {str(self._writer.path)!r} at step {self.steps_taken}: "
                f"{error.strerror or error}. What was written before can be opened; the training goes on."
            )

    def close(self) -> None:
        """Write what waits, then the summary and the index."""
        self.flush()
        try:
            self._writer.close()
        except OSError as error:
            self.guard.say(
                f"Strobe could not finish {str(self._writer.path)!r}: {error.strerror or error}. "
                "It opens all the same, as an unfinished collection."
            )
