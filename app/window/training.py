"""The training that was started from this window: how far it is, how it ended."""

import time
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from app.replay.opened import OpenedCollection
from app.window.train_dialog import TrainingWish
from app.window.training_process import TrainingProcess


@dataclass(frozen=True)
class TrainingProgress:
    """Where a training is.

    Attributes:
        words: what it does, or last said.
        steps: steps taken; 0 before the first.
        total_steps: steps it will take; None where that is not known.
        seconds_left: at the pace so far; None where that cannot be told yet.
    """

    words: str
    steps: int = 0
    total_steps: int | None = None
    seconds_left: float | None = None


class Training(QObject):
    """At most one training at a time.

    Signals:
        progressed(TrainingProgress): it has come on, or said something.
        ended(str): it is over; the text is empty, or says in words what went wrong.
    """

    progressed = pyqtSignal(object)
    ended = pyqtSignal(str)

    def __init__(self, program: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._process: TrainingProcess | None = None
        self._seen: tuple[float, int] | None = None
        self._is_stopping = False

    @property
    def is_running(self) -> bool:
        """Whether a training goes on."""
        return self._process is not None and self._process.is_running

    def writes(self, path: Path) -> bool:
        """Whether the running training writes this collection."""
        return self.is_running and self._process is not None and self._process.path.resolve() == path.resolve()

    def start(self, wish: TrainingWish) -> None:
        """Start a training. Call it only when none is running."""
        assert not self.is_running, "one training at a time"
        self._seen = None
        self._is_stopping = False
        self._process = TrainingProcess(self._program, list(wish.arguments), wish.path, self)
        self._process.said.connect(self._on_said)
        self._process.ended.connect(self._on_ended)
        self.progressed.emit(TrainingProgress("Training is starting…"))
        self._process.start()

    def stop(self) -> None:
        """End the training after its current step; what was collected is kept."""
        if self._process and self.is_running:
            self._is_stopping = True
            self._process.stop()
            self.progressed.emit(TrainingProgress("Training is stopping…"))

    def show_collection(self, opened: OpenedCollection) -> None:
        """Tell how far the training is by what it has written."""
        if self._is_stopping or not self.writes(opened.collection.path):
            return
        steps, total = opened.collection.n_steps, opened.collection.run.total_steps
        now = time.monotonic()
        self._seen = self._seen or (now, steps)
        began, first = self._seen
        pace = (steps - first) / (now - began) if now > began else 0.0
        left = (total - steps) / pace if total and pace > 0 else None
        self.progressed.emit(TrainingProgress("Training", steps, total, left))

    def close(self) -> None:
        """End the training and wait for it."""
        if self._process:
            self._process.close()

    def _on_said(self, line: str) -> None:
        if self._seen is None:
            self.progressed.emit(TrainingProgress(line))

    def _on_ended(self, exit_code: int, last_lines: str) -> None:
        if exit_code == 0:
            self.ended.emit("")
        elif exit_code < 0:
            self.ended.emit(f"The training died (signal {-exit_code}). What was collected can be seen.\n{last_lines}")
        else:
            self.ended.emit(f"The training failed (exit code {exit_code}).\n{last_lines}")
