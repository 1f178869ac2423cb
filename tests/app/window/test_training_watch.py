"""The training that is watched: what is shown of it, what is asked, and what its end leads to."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.replay.following import AwaitedCollection
from app.window import training_watch as room
from app.window.train_dialog import TrainDialog, TrainingChoices, TrainingRequest
from app.window.training import TrainingProgress
from app.window.training_watch import TrainingWatch


class Told(QObject):
    """A session, as far as it is told: what of, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Any = None
        self.is_waiting = False
        self.said: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.said.append((name, *given))


class Trained(QObject):
    """A training that is none."""

    progressed, ended = pyqtSignal(object), pyqtSignal(str)

    def __init__(self, program: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.is_running, self.path = False, None
        self.called: list[Any] = []

    def writes(self, path: Path) -> bool:
        return self.is_running and path == self.path

    def start(self, request: TrainingRequest) -> None:
        self.called.append(request)
        self.is_running, self.path = True, request.path  # type: ignore[assignment]

    def stop(self) -> None:
        self.called.append("stop")

    def close(self) -> None:
        self.called.append("close")

    def show_collection(self, opened: Any) -> None:
        self.called.append(opened)


@pytest.fixture
def session() -> Told:
    return Told()


@pytest.fixture
def choices(tmp_path: Path) -> TrainingChoices:
    return TrainingChoices(Path("main.py"), {"digits": ["cnn"]}, lambda *_: tmp_path / "a.json", frozenset(), ["sgd"])


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def watch(
    window: QWidget, qtbot: QtBot, session: Told, choices: TrainingChoices, monkeypatch: pytest.MonkeyPatch
) -> TrainingWatch:
    monkeypatch.setattr(room, "Training", Trained)
    watch = TrainingWatch(window, session, choices)  # type: ignore[arg-type]
    qtbot.addWidget(watch.bar)
    return watch


@pytest.fixture
def training(watch: TrainingWatch) -> Trained:
    assert isinstance(watch.training, Trained)
    return watch.training


@pytest.fixture
def heard(watch: TrainingWatch) -> list[tuple[Any, ...]]:
    said: list[tuple[Any, ...]] = []
    for name in ("began", "problem_occurred", "nothing_shown", "run_ended"):
        getattr(watch, name).connect(lambda *what, name=name: said.append((name, *what)))
    return said


def opened(path: Path, *, recorded: bool | None = False) -> Any:
    run = SimpleNamespace(total_steps=20)
    collection = SimpleNamespace(path=path, n_steps=5, run=run, series={}, finished=not recorded)
    return SimpleNamespace(collection=collection, is_being_recorded=recorded)


def test_that_a_training_is_awaited_before_it_starts(
    watch: TrainingWatch, training: Trained, session: Told, heard: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    request = TrainingRequest(("--model", "cnn"), tmp_path / "run.json")
    watch.began.connect(lambda: session.said.append(("began", list(training.called))))
    watch.train(request)
    (began, (name, awaited)) = session.said
    assert began == ("began", [])
    assert (name, awaited.path) == ("await_collection", tmp_path / "run.json")
    assert isinstance(awaited, AwaitedCollection)
    assert (training.called, heard) == ([request], [("began",)])
    watch.train(request)
    assert heard[1:] == [("problem_occurred", "A training is running already. Stop it first.")]
    assert training.called == [request]


def test_that_of_a_run_that_is_recorded_elsewhere_it_is_shown_how_far_it_is(
    watch: TrainingWatch, monkeypatch: pytest.MonkeyPatch, session: Told, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.window.training.value_at", lambda *_: None)
    session.opened = opened(tmp_path / "run.json", recorded=True)
    watch.show_collection(session.opened)
    assert watch.bar.text_label.text() == "Recorded by another process · step 5 of 20"
    assert (watch.bar.isHidden(), watch.bar.stop_button.isHidden()) == (False, True)
    for recorded in (False, None):
        watch.show_collection(opened(tmp_path / "run.json", recorded=recorded))
        assert watch.bar.isHidden()


def test_that_while_something_is_trained_here_the_bar_is_that_trainings(
    watch: TrainingWatch, training: Trained, tmp_path: Path
) -> None:
    watch.train(TrainingRequest((), tmp_path / "run.json"))
    run = opened(tmp_path / "other.json", recorded=True)
    watch.show_collection(run)
    assert training.called[1:] == [run]
    assert watch.bar.isHidden()
    training.progressed.emit(TrainingProgress("Training", 5, 20))
    assert not watch.bar.isHidden()


def test_that_what_it_says_is_said_in_the_middle_only_while_nothing_is_open(
    watch: TrainingWatch, training: Trained, session: Told, heard: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    training.progressed.emit(TrainingProgress("Loading"))
    session.opened = opened(tmp_path / "run.json")
    training.progressed.emit(TrainingProgress("Training", 3))
    assert heard == [("nothing_shown", "Loading", "Waiting for the first pass.")]


def test_that_the_buttons_of_the_bar_stop_it_and_follow_it(
    watch: TrainingWatch, training: Trained, session: Told
) -> None:
    watch.bar.stop_requested.emit()
    watch.bar.follow_requested.emit(True)
    assert (training.called, session.said) == (["stop"], [("set_following", True)])


AGAIN = "Train anew (Ctrl+T) or open a collection (Ctrl+O)."


@pytest.mark.parametrize(
    ("problem", "words"),
    [("", f"The training ended before its first pass. {AGAIN}"), ("no memory", f"The training has failed. {AGAIN}")],
)
def test_that_one_that_ends_before_anything_is_open_says_how(
    watch: TrainingWatch,
    training: Trained,
    session: Told,
    heard: list[tuple[Any, ...]],
    tmp_path: Path,
    problem: str,
    words: str,
) -> None:
    watch.train(TrainingRequest((), tmp_path / "run.json"))
    training.progressed.emit(TrainingProgress("Loading"))
    heard.clear()
    session.said.clear()
    training.is_running, session.is_waiting = False, True
    training.ended.emit(problem)
    told = [("problem_occurred", problem)] if problem else []
    assert heard == [("nothing_shown", words, "Nothing is open."), *told]
    assert session.said == [*([("stop_waiting",)] if problem else []), ("look_once_more",)]
    assert watch.bar.isHidden()


@pytest.mark.parametrize(
    ("is_waiting", "is_there", "problem", "is_opened"),
    [
        (True, True, "", True),
        (True, False, "", False),
        (False, True, "", False),
        (True, True, "no memory", False),
    ],
)
def test_that_what_was_awaited_to_the_end_is_opened_where_it_is_there(
    watch: TrainingWatch,
    training: Trained,
    session: Told,
    tmp_path: Path,
    is_waiting: bool,
    is_there: bool,
    problem: str,
    is_opened: bool,
) -> None:
    path = tmp_path / "run.json"
    watch.train(TrainingRequest((), path))
    if is_there:
        path.write_text("{}")
    session.is_waiting = is_waiting
    training.ended.emit(problem)
    assert (("open", path) in session.said) is is_opened
    assert session.said[-1] == ("look_once_more",)


def test_that_an_end_before_anything_was_started_opens_nothing(
    watch: TrainingWatch, training: Trained, session: Told
) -> None:
    session.is_waiting = True
    for problem in ("", "no memory"):
        training.ended.emit(problem)
    assert [name for name, *_ in session.said] == ["look_once_more", "stop_waiting", "look_once_more"]


def test_that_a_failure_is_known_until_the_run_is_trained_anew(
    watch: TrainingWatch, training: Trained, session: Told, heard: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    session.opened = opened(path)
    assert watch.failure(path) == ""
    watch.train(TrainingRequest((), path))
    assert (watch.is_live(path), watch.is_live(tmp_path / "other.json")) == (True, False)
    training.is_running = False
    training.ended.emit("no memory")
    assert (watch.failure(path), watch.failure(tmp_path / "other.json")) == ("no memory", "")
    assert heard == [("began",), ("problem_occurred", "no memory"), ("run_ended",)]
    assert not watch.is_live(path)
    watch.train(TrainingRequest((), tmp_path / "other.json"))
    assert watch.failure(path) == "no memory"
    training.is_running = False
    watch.train(TrainingRequest((), path))
    assert watch.failure(path) == ""


def test_that_a_window_may_close_when_nothing_runs_and_else_if_the_user_says_so(
    watch: TrainingWatch, training: Trained, window: QWidget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    button = QMessageBox.StandardButton
    asked: list[Any] = []
    within: list[bool] = []

    def question(*given: Any) -> QMessageBox.StandardButton:
        asked.append(given)
        within.append(watch.may_end())
        return answers.pop()

    answers = [button.Close, button.Cancel]
    monkeypatch.setattr(QMessageBox, "question", question)
    assert watch.may_end()
    watch.train(TrainingRequest((), tmp_path / "run.json"))
    assert [watch.may_end(), watch.may_end()] == [False, True]
    words = "Closing the window ends the training after its current step. What was collected is kept."
    expected = (window, "A training is running", words, button.Close | button.Cancel, button.Cancel)
    assert asked == [expected] * 2
    assert within == [False, False], "it is asked once at a time"
    watch.close()
    assert training.called[-1] == "close"


def test_that_without_choices_there_is_nothing_to_train(
    window: QWidget, session: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    watch = TrainingWatch(window, session, None)  # type: ignore[arg-type]
    qtbot.addWidget(watch.bar)
    watch.ask_what_to_train()
    assert window.findChild(TrainDialog) is None
    assert (watch.training, watch.may_end(), watch.is_live(tmp_path)) == (None, True, False)
    watch.show_collection(opened(tmp_path / "run.json"))
    assert watch.bar.isHidden()
    watch.close()
    watch.bar.follow_requested.emit(False)
    assert session.said == [("set_following", False)]


def test_that_the_dialog_is_gone_when_it_was_answered(
    watch: TrainingWatch, training: Trained, window: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    window.show()
    watch.ask_what_to_train()
    dialog = window.findChild(TrainDialog)
    assert dialog is not None and dialog.isVisible()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.accept()
    assert [each.path for each in training.called] == [tmp_path / "a.json"]
