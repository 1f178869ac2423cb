"""A training watched from the window that started it."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

import main
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from app.window.train_dialog import TrainDialog, TrainingRequest
from collector import open_collection

LONG = 60_000
"""For another process, which has to import torch before it trains."""


@pytest.fixture
def window(qtbot: QtBot, qapp, settings: Settings) -> MainWindow:
    """A window that can train; a training that a failed test leaves is ended without asking."""
    apply_theme(qapp)
    window, _ = make_window(settings, main._choices())
    qtbot.addWidget(window, before_close_func=lambda window: window.watch.close())
    window.show()
    return window


def request(pictures: Path, path: Path, *more: object) -> TrainingRequest:
    arguments = ["--dataset", "folder", "--data_root", pictures, "--model", "mlp", "--batch_size", 16, "--seed", 0]
    return TrainingRequest(tuple(map(str, [*arguments, "--output_path", path, *more])), path)


def n_passes(window: MainWindow) -> int:
    opened = window._session.opened
    return opened.n_passes if opened else 0


def test_that_a_training_is_followed_until_the_user_moves_then_stopped_and_kept(
    window: MainWindow, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    path = tmp_path / "live.json"
    window.train(request(pictures, path, "--interval", 20, "--epochs", 100_000))
    assert window.training_bar.isVisible()
    qtbot.waitUntil(lambda: n_passes(window) >= 3, timeout=LONG)
    session = window._session
    assert session.view is not None
    assert session.view.is_following
    assert session.view.is_last

    qtbot.keyClick(window, Qt.Key.Key_Home)
    before = n_passes(window)
    qtbot.waitUntil(lambda: n_passes(window) > before, timeout=LONG)
    assert session.view.pass_number == 0
    assert not window.training_bar.follow_button.isChecked()

    qtbot.mouseClick(window.training_bar.follow_button, Qt.MouseButton.LeftButton)
    assert session.view.is_last
    assert "step" in window.training_bar.text_label.text()
    qtbot.mouseClick(window.training_bar.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.opened is not None and session.opened.collection.finished, timeout=LONG)
    qtbot.waitUntil(lambda: not window.training_bar.isVisible(), timeout=LONG)
    with open_collection(path) as collection:
        assert collection.finished
        assert window.run_bar.ending_badge.text().startswith(f"stopped at step {collection.n_steps:,} of ")
        assert collection.passes[-1].step == collection.n_steps


def test_that_a_training_that_cannot_begin_says_why(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.train(request(tmp_path / "no pictures here", tmp_path / "none.json"))
    qtbot.waitUntil(window.run_bar.problem_label.isVisible, timeout=LONG)
    assert "The training failed" in window.run_bar.problem_label.text()
    assert "no pictures here" in window.run_bar.problem_label.text()
    assert not window.training_bar.isVisible()


def test_that_closing_while_training_asks_and_cancel_keeps_both(
    window: MainWindow, qtbot: QtBot, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.json"
    window.train(request(pictures, path, "--epochs", 100_000))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: n_passes(window) >= 1, timeout=LONG)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Close)
    assert window.close()
    with open_collection(path) as collection:
        assert collection.finished


def test_that_the_dialog_offers_the_models_that_fit_and_asks_for_what_it_needs(
    window: MainWindow, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(TrainDialog)
    assert dialog is not None
    models = [dialog.model_box.itemText(number) for number in range(dialog.model_box.count())]
    assert models == ["cnn", "mlp", "cnn_large", "keras_mlp"]
    dialog.dataset_box.setCurrentText("folder")
    assert dialog.model_box.currentText() == "cifar10_cnn"
    dialog.path_edit.setText(str(tmp_path / "run.json"))
    assert dialog.train_button is not None
    assert not dialog.train_button.isEnabled()
    dialog.folder_edit.setText(str(pictures))
    dialog.seed_edit.setText("twelve")
    assert "seed" in dialog.hint_label.text()
    dialog.seed_edit.setText("12")
    dialog.cap_box.setValue(0)
    assert dialog.train_button.isEnabled()
    asked = dialog.request()
    assert asked.path == tmp_path / "run.json"
    chosen = main._parser().parse_args(asked.arguments)
    assert (chosen.dataset, chosen.model, chosen.seed, chosen.neuron_cap) == ("folder", "cifar10_cnn", 12, 0)
    assert not chosen.force
    dialog.reject()


def test_that_an_existing_collection_is_only_replaced_when_the_user_says_so(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    there = tmp_path / "there.json"
    there.write_text("{}")
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(TrainDialog)
    assert dialog is not None
    assert dialog.train_button is not None
    dialog.path_edit.setText(str(there))
    assert not dialog.train_button.isEnabled()
    dialog.replace_box.setChecked(True)
    assert dialog.train_button.isEnabled()
    assert "--force" in dialog.request().arguments
    dialog.reject()
