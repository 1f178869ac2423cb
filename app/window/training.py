"""The training that was started from this window: how far it is, how it ended."""

import time
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from app.replay.frame import value_at
from app.replay.opened import OpenedCollection
from app.window.train_dialog import TrainingRequest
from app.window.training_process import TrainingProcess
from collector.storage.paths import AnyPath

LOG_ENDING = ".log"
"""Beside the collection, what a training that failed has said."""
LAST_LINES = 12

_WRONG_USE = 2
"""Exit code for what other options mend: the last line says all of it."""

_LEAST_STEPS = 20
"""Fewer do not tell how long the rest will take."""


@dataclass(frozen=True)
class TrainingProgress:
    """Where a training is.

    Attributes:
        text: what it does, or last said.
        steps: steps taken; 0 before the first.
        total_steps: steps it will take; None where that is not known.
        seconds_left: at the pace so far; None where that cannot be told yet.
        loss: of the last step; None where it is not recorded.
        can_stop: whether it can be asked to stop from here.
    """

    text: str
    steps: int = 0
    total_steps: int | None = None
    seconds_left: float | None = None
    loss: float | None = None
    can_stop: bool = True


class Pace:
    """How fast a collection grows, from the moment at which it was first seen."""

    def __init__(self) -> None:
        self._begun: tuple[AnyPath, float, int] | None = None

    def progress(self, text: str, opened: OpenedCollection, *, can_stop: bool) -> TrainingProgress:
        """How far the training is by what it has written."""
        collection, now = opened.collection, time.monotonic()
        steps, total = collection.n_steps, collection.run.total_steps
        begun = self._begun
        if begun is None or begun[0] != collection.path or steps < begun[2]:
            begun = self._begun = collection.path, now, steps
        _, began, first = begun
        taken, seconds = steps - first, now - began
        left = (total - steps) * seconds / taken if total and taken >= _LEAST_STEPS and seconds > 0 else None
        return TrainingProgress(text, steps, total, left, value_at(opened, "loss", steps), can_stop)


class Training(QObject):
    """At most one training at a time.

    Signals:
        progressed(TrainingProgress): it has come on, or said something.
        ended(str): it is over; the text is empty, or says in words what went wrong and where its output is.
    """

    progressed = pyqtSignal(object)
    ended = pyqtSignal(str)

    def __init__(self, program: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._process: TrainingProcess | None = None
        self._pace = Pace()
        self._is_seen = False
        self._is_stopping = False

    @property
    def is_running(self) -> bool:
        """Whether a training goes on."""
        return self._process is not None and self._process.is_running

    @property
    def path(self) -> Path | None:
        """The collection that it writes, or has written; None: nothing was trained yet."""
        return self._process.path if self._process else None

    def writes(self, path: AnyPath) -> bool:
        """Whether the running training writes this collection."""
        return self.is_running and self._process is not None and self._process.path.resolve() == path.resolve()

    def start(self, request: TrainingRequest) -> None:
        """Start a training. Call it only when none is running."""
        assert not self.is_running, "one training at a time"
        self._is_seen = self._is_stopping = False
        self._pace = Pace()
        self._process = TrainingProcess(self._program, list(request.arguments), request.path, self)
        self._process.said.connect(self._on_said)
        self._process.ended.connect(self._on_ended)
        self.progressed.emit(TrainingProgress("The training is starting…"))
        self._process.start()

    def stop(self) -> None:
        """End the training after its current step; what was collected is kept."""
        if self._process and self.is_running:
            self._is_stopping = True
            self._process.stop()
            text = "Stopping after this step…" if self._is_seen else "Stopping…"
            self.progressed.emit(TrainingProgress(text, can_stop=False))

    def show_collection(self, opened: OpenedCollection) -> None:
        """Tell how far the training is by what it has written."""
        if self.writes(opened.collection.path) and not self._is_stopping:
            self._is_seen = True
            self.progressed.emit(self._pace.progress("Training", opened, can_stop=True))

    def close(self) -> None:
        """End the training and wait for it."""
        if self._process:
            self._process.close()

    def _on_said(self, line: str) -> None:
        if not self._is_seen and not self._is_stopping:
            self.progressed.emit(TrainingProgress(line))

    def _on_ended(self, exit_code: int, lines: list[str]) -> None:
        if exit_code == 0 or (self._is_stopping and exit_code < 0):
            self.ended.emit("")
            return
        how = f"died of signal {-exit_code}" if exit_code < 0 else "failed"
        why = f": {lines[-1].removeprefix(f'{self._program.name}: ')}" if lines else ""
        where = "" if exit_code == _WRONG_USE else self._kept(lines)
        self.ended.emit(f"The training {how}{why}\n{where}".rstrip())

    def _kept(self, lines: list[str]) -> str:
        """Keep what it has said in a file, and say where that is; a few lines are said themselves."""
        if len(lines) <= 1 or self.path is None:
            return ""
        log = self.path.with_suffix(LOG_ENDING)
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            return "\n".join([*lines[-LAST_LINES:-1], f"({log} cannot be written: {error.strerror or error}.)"])
        return f"All that it said is in {log}."
