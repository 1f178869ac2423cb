"""A training that the window starts: what the user asks for, and what the window shows of it. Nothing is trained."""

import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialogButtonBox, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

import main
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from app.window.train_dialog import TrainDialog, TrainingChoices, TrainingRequest
from app.window.training import Training, TrainingProgress
from tests.app.wiring.user import User

CTRL = Qt.KeyboardModifier.ControlModifier


class Asked:
    """What the training was asked to do."""

    def __init__(self) -> None:
        self.started: list[TrainingRequest] = []
        self.stops = 0
        self.is_running = False

    def start(self, request: TrainingRequest) -> None:
        self.started.append(request)
        self.is_running = True

    def stop(self) -> None:
        self.stops += 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Stands in for the process that trains."""
    asked = Asked()
    monkeypatch.setattr(Training, "start", lambda _, request: asked.start(request))
    monkeypatch.setattr(Training, "stop", lambda _: asked.stop())
    monkeypatch.setattr(Training, "is_running", property(lambda _: asked.is_running))
    monkeypatch.setattr(Training, "close", lambda _: None)
    monkeypatch.setattr(
        Training, "writes", lambda _, path: asked.is_running and asked.started[-1].path.resolve() == path.resolve()
    )
    return asked


@pytest.fixture
def user(qtbot: QtBot, qapp, settings: Settings, tmp_path: Path, asked: Asked) -> User:
    """Before a window that can train, with nothing open."""
    apply_theme(qapp)
    choices = TrainingChoices(
        tmp_path / "main.py",
        {"digits": ("cnn", "mlp"), "folder": ("mlp",)},
        lambda dataset, model: tmp_path / f"{dataset}_{model}.json",
        frozenset({"folder"}),
        ("adamw", "sgd"),
    )
    window, _ = make_window(settings, choices, is_synchronous=True)
    # or it would ask whether to end the training
    qtbot.addWidget(window, before_close_func=lambda _: setattr(asked, "is_running", False))
    window.show()
    qtbot.waitExposed(window)
    return User(window, qtbot)


@pytest.fixture
def dialog(user: User) -> TrainDialog:
    user.press(Qt.Key.Key_T, CTRL)
    found = user.window.findChild(TrainDialog)
    assert found is not None
    return found


def notice_of(user: User) -> str:
    """What stands where the network will be."""
    return user.window.pages["network"].notice.text()


def training_of(window: MainWindow) -> Training:
    assert window.watch.training is not None
    return window.watch.training


def test_that_what_the_dialog_is_accepted_with_is_trained(user: User, dialog: TrainDialog, asked: Asked) -> None:
    dialog.model_box.setCurrentText("mlp")
    request = dialog.request()
    user.click(dialog.train_button)
    assert asked.started == [request]
    assert request.path.name == "digits_mlp.json"
    assert request.arguments[2:4] == ("--model", "mlp")


def test_that_a_dialog_that_is_cancelled_trains_nothing(user: User, dialog: TrainDialog, asked: Asked) -> None:
    user.click(dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel))
    assert not dialog.isVisible()
    assert asked.started == []


def test_that_a_folder_is_chosen_by_a_dialog(
    user: User, dialog: TrainDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.dataset_box.setCurrentText("folder")
    assert dialog.path_edit.text().endswith("folder_mlp.json")
    assert not dialog.train_button.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    user.click(dialog.folder_button)
    assert dialog.folder_edit.text() == str(tmp_path)
    assert dialog.train_button.isEnabled()


@pytest.mark.parametrize(
    ("field", "bad", "good"),
    [("seed_edit", "x", "3"), ("path_edit", "", "run.json"), ("rate_edit", "fast", "1e-3"), ("rate_edit", "0", "")],
)
def test_that_each_field_is_checked_while_it_is_typed(dialog: TrainDialog, field: str, bad: str, good: str) -> None:
    edit = getattr(dialog, field)
    edit.setText(bad)
    assert dialog.hint_label.text()
    assert not dialog.train_button.isEnabled()
    edit.setText(good)
    assert not dialog.hint_label.text()
    assert dialog.train_button.isEnabled()


def test_that_a_name_that_was_typed_stays_when_data_and_model_change(user: User, dialog: TrainDialog) -> None:
    dialog.model_box.setCurrentText("mlp")
    assert dialog.path_edit.text().endswith("digits_mlp.json")
    dialog.path_edit.selectAll()
    user.qtbot.keyClicks(dialog.path_edit, "mine.json")
    dialog.dataset_box.setCurrentText("folder")
    dialog.dataset_box.setCurrentText("digits")
    dialog.model_box.setCurrentText("mlp")
    assert dialog.path_edit.text() == "mine.json"
    dialog.path_edit.selectAll()
    user.qtbot.keyClick(dialog.path_edit, Qt.Key.Key_Delete)
    dialog.model_box.setCurrentText("cnn")
    assert dialog.path_edit.text().endswith("digits_cnn.json"), "an empty one is suggested anew"


def test_that_the_dialog_says_how_the_network_learns(dialog: TrainDialog) -> None:
    assert "--lr" not in dialog.request().arguments
    dialog.optimizer_box.setCurrentText("sgd")
    dialog.rate_edit.setText("0.1")
    dialog.batch_box.setValue(16)
    chosen = main._parser().parse_args(dialog.request().arguments)
    assert (chosen.optimizer, chosen.lr, chosen.batch_size) == ("sgd", 0.1, 16)


def test_that_a_collection_that_is_there_is_replaced_or_gone_on_with_but_not_both(
    user: User, dialog: TrainDialog, tmp_path: Path
) -> None:
    assert not dialog.resume_box.isEnabled()
    there = tmp_path / "there.json"
    there.write_text("{}")
    dialog.path_edit.setText(str(there))
    assert not dialog.train_button.isEnabled()
    for box, argument in ((dialog.replace_box, "--force"), (dialog.resume_box, "--resume")):
        box.click()
        assert dialog.train_button.isEnabled()
        assert [each for each in dialog.request().arguments if each in ("--force", "--resume")] == [argument]
    assert not dialog.replace_box.isChecked()
    dialog.path_edit.setText(str(tmp_path / "new.json"))
    assert "--resume" not in dialog.request().arguments


def test_that_the_bar_shows_how_far_a_training_is_until_it_ends(user: User) -> None:
    training, bar = training_of(user.window), user.window.training_bar
    training.progressed.emit(TrainingProgress("Training", 5, 20, 90.0, 0.25))
    assert bar.isVisible()
    assert bar.text_label.text() == "Training · step 5 of 20 · loss 0.25 · 1 min 30 s left"
    assert (bar.bar.value(), bar.bar.maximum()) == (5, 20)
    training.ended.emit("")
    assert not bar.isVisible()
    assert not user.window.run_bar.problem_label.isVisible()


def test_that_a_training_that_failed_is_told_and_not_waited_for(user: User, whole_path: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.json"
    user.window.train(TrainingRequest((), late))
    training_of(user.window).ended.emit("The training failed (exit code 2).")
    assert user.window.run_bar.problem_label.text() == "The training failed (exit code 2)."
    late.write_bytes(whole_path.read_bytes())
    user.session.look_once_more()
    user.session._opening.look()
    assert user.session.opened is None


def test_that_the_stop_button_stops_the_training(user: User, asked: Asked) -> None:
    training, bar = training_of(user.window), user.window.training_bar
    training.progressed.emit(TrainingProgress("Training", 5, 20))
    user.click(bar.stop_button)
    assert asked.stops == 1
    training.progressed.emit(TrainingProgress("Stopping after this step…", can_stop=False))
    assert bar.text_label.text() == "Stopping after this step…"
    assert not bar.stop_button.isVisible()
    training.progressed.emit(TrainingProgress("Training", 5, 20))
    assert bar.stop_button.isVisible(), "the next one can be stopped"


def test_that_a_training_is_opened_at_its_first_pass_and_followed(user: User, whole_path: Path, tmp_path: Path) -> None:
    path, content = tmp_path / "live.json", whole_path.read_bytes()
    user.session.problem_occurred.emit("something went wrong before")
    user.window.train(TrainingRequest((), path))
    assert not user.window.run_bar.problem_label.isVisible()
    path.write_bytes(content[: content.index(b',{"record":"pass","pass":3')])
    user.wait(lambda: user.session.opened is not None)
    assert user.state.is_following
    assert user.state.pass_number == 2
    assert user.window.training_bar.follow_button.isChecked()
    assert not user.window.run_bar.ending_badge.isVisible(), "it is being written"
    assert user.window.training_bar.text_label.text().startswith("Training · step ")
    path.write_bytes(content)
    training_of(user.window).ended.emit("")
    user.wait(lambda: user.state.pass_number == 4)
    assert user.opened.collection.finished


def test_that_whoever_has_left_the_newest_pass_follows_again_by_a_button(
    user: User, whole_path: Path, tmp_path: Path
) -> None:
    path, content = tmp_path / "live.json", whole_path.read_bytes()
    user.window.train(TrainingRequest((), path))
    path.write_bytes(content[: content.index(b',{"record":"pass","pass":3')])
    user.wait(lambda: user.session.opened is not None)
    user.session.show_pass(0)
    button = user.window.training_bar.follow_button
    assert not button.isChecked()
    user.click(button)
    assert button.isChecked()
    assert (user.state.is_following, user.state.pass_number) == (True, 2)


def test_that_what_a_training_does_before_its_first_pass_is_said_where_that_will_appear(
    user: User, tmp_path: Path
) -> None:
    user.window.train(TrainingRequest((), tmp_path / "run.json"))
    for words in ("Loading digits…", "The first pass is being recorded…"):
        training_of(user.window).progressed.emit(TrainingProgress(words))
        assert words in notice_of(user)
    training_of(user.window).ended.emit("")
    assert "before its first pass" in notice_of(user)


def test_that_a_training_that_had_nothing_left_to_do_opens_its_collection(
    user: User, whole_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(whole_path, tmp_path / "there.json"))
    user.window.train(TrainingRequest((), path))
    monkeypatch.setattr(Training, "path", property(lambda _: path))
    training_of(user.window).ended.emit("")
    assert user.opened.collection.path == path


def test_that_a_run_that_failed_says_so_as_long_as_it_is_open(
    user: User, whole_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(whole_path.read_bytes()[:-5000])
    monkeypatch.setattr(Training, "path", property(lambda _: path))
    user.window.open(path)
    training_of(user.window).ended.emit("The training failed: no memory")
    badge = user.window.run_bar.ending_badge
    assert badge.text().startswith("failed at step ")
    assert "no memory" in badge.toolTip()
    user.window.open(whole_path)
    assert not badge.isVisible()
    assert user.window.run_bar.whole_label.text() == "finished"


def test_that_a_second_training_is_refused_in_words(user: User, asked: Asked, tmp_path: Path) -> None:
    for _ in range(2):
        user.window.train(TrainingRequest((), tmp_path / "run.json"))
    assert len(asked.started) == 1
    assert "A training is running already" in user.window.run_bar.problem_label.text()


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Close, QMessageBox.StandardButton.Cancel])
def test_that_closing_asks_while_a_training_runs(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton
) -> None:
    user.window.train(TrainingRequest((), tmp_path / "run.json"))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)
    is_closed = answer == QMessageBox.StandardButton.Close
    assert user.window.close() is is_closed
    assert user.window.isVisible() is not is_closed


def test_that_a_window_that_cannot_train_offers_none(window: MainWindow) -> None:
    assert not window.train_action.isEnabled()
