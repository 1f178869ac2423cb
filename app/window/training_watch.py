"""The training that is watched: one that was started from the window, or that another process records."""

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QMessageBox, QWidget

from app.replay.following import AwaitedCollection
from app.replay.opened import OpenedCollection
from app.session import Session
from app.window.train_dialog import TrainDialog, TrainingChoices, TrainingRequest
from app.window.training import Pace, Training, TrainingProgress
from app.window.training_bar import TrainingBar
from collector.storage.paths import AnyPath


class TrainingWatch(QObject):
    """Starts it, shows in a bar how far it is, and says how it ended.

    Args:
        window: in which it is asked what to train.
        choices: what can be trained; None: nothing can.

    Signals:
        began: a training is about to start.
        problem_occurred(str): in words for the user.
        nothing_shown(str, str): nothing is open yet: what there is to say in the middle, and in the docks.
        run_ended: the run that is open goes on no more.
    """

    began = pyqtSignal()
    problem_occurred = pyqtSignal(str)
    nothing_shown = pyqtSignal(str, str)
    run_ended = pyqtSignal()

    def __init__(self, window: QWidget, session: Session, choices: TrainingChoices | None) -> None:
        super().__init__(window)
        self._window, self._session, self._choices = window, session, choices
        self._failures: dict[AnyPath, str] = {}
        self._pace = Pace()
        self._is_asking = False
        self.bar = TrainingBar()
        self.bar.follow_requested.connect(session.set_following)
        self.training = Training(choices.program, self) if choices else None
        if self.training:
            self.bar.stop_requested.connect(self.training.stop)
            self.training.progressed.connect(self._on_progressed)
            self.training.ended.connect(self._on_ended)

    def is_live(self, path: AnyPath) -> bool:
        """Whether a training that was started here writes this collection now."""
        return self.training is not None and self.training.writes(path)

    def failure(self, path: AnyPath) -> str:
        """How the training that wrote this collection failed; empty where it did not, or is not known here."""
        return self._failures.get(path, "")

    def show_collection(self, opened: OpenedCollection) -> None:
        """Show how far the run is that is open, as long as it goes on."""
        if self.training and self.training.is_running:
            self.training.show_collection(opened)
        elif opened.is_being_recorded:
            self._on_progressed(self._pace.progress("Recorded by another process", opened, can_stop=False))
        else:
            self.bar.hide()

    def ask_what_to_train(self) -> None:
        """Ask in a dialog."""
        if self._choices is None:
            return
        dialog = TrainDialog(self._choices, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.train(dialog.request()))
        dialog.open()

    def train(self, request: TrainingRequest) -> None:
        """Start a training and watch it from its first pass on."""
        if self.training is None or self.training.is_running:
            self.problem_occurred.emit("A training is running already. Stop it first.")
            return
        self.began.emit()
        self._failures.pop(request.path, None)
        self._session.await_collection(AwaitedCollection(request.path))
        self.training.start(request)

    def may_end(self) -> bool:
        """Whether the window may close; a running training is ended only if the user says so."""
        if self.training is None or not self.training.is_running:
            return True
        if self._is_asking:
            return False
        self._is_asking = True
        answer = QMessageBox.question(
            self._window,
            "A training is running",
            "Closing the window ends the training after its current step. What was collected is kept.",
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        self._is_asking = False
        return answer == QMessageBox.StandardButton.Close

    def close(self) -> None:
        """End the training and wait for it."""
        if self.training:
            self.training.close()

    def _on_progressed(self, progress: TrainingProgress) -> None:
        self.bar.show_progress(progress)
        if self._session.opened is None:
            self.nothing_shown.emit(progress.text, "Waiting for the first pass.")

    def _on_ended(self, problem: str) -> None:
        self.bar.hide()
        opened, is_waiting = self._session.opened, self._session.is_waiting
        path = self.training.path if self.training else None
        if opened is None:
            ended = "The training has failed." if problem else "The training ended before its first pass."
            again = "Train anew (Ctrl+T) or open a collection (Ctrl+O)."
            self.nothing_shown.emit(f"{ended} {again}", "Nothing is open.")
        if problem:
            self._session.stop_waiting()
            self.problem_occurred.emit(problem)
            if path is not None:
                self._failures[path] = problem
        elif is_waiting and path is not None and path.is_file():
            self._session.open(path)  # it was there already, or its first pass came with the end
        self._session.look_once_more()
        if opened:
            self.run_ended.emit()
