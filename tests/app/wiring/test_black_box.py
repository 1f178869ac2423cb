"""The steps that the black box kept are passes of the window, marked, with what made it keep them."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.notes.analysis.note_rows import note_rows
from app.window.main_window import MainWindow
from tests.app.wiring.user import User
from tests.black_box import Break, train


@pytest.fixture
def user(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> User:
    """At the last of the passes 0, 10, 18 … 23: a spike at step 23 made the black box write the steps before it."""
    train(Break("mlp", "spike", 23), tmp_path / "run.json")
    window.open(tmp_path / "run.json")
    return User(window, qtbot)


def test_that_a_user_walks_through_the_steps_that_were_kept_and_is_told_why(user: User) -> None:
    label = user.window.transport.kept_label
    assert user.collection.passes.steps.tolist() == [0, 10, 18, 19, 20, 21, 22, 23, 26]
    user.press(Qt.Key.Key_Home)
    assert not label.isVisible()
    told = []
    for _ in range(8):
        user.press(Qt.Key.Key_Right)
        told.append((user.state.pass_step, label.text() if label.isVisible() else ""))
    kept = "kept by the black box: loss spike at step 23"
    assert told == [(10, ""), (18, kept), (19, kept), (20, ""), (21, kept), (22, kept), (23, kept), (26, "")]


def test_that_they_are_marked_on_the_timeline_and_stand_among_the_notes(user: User) -> None:
    plot = user.view("timeline").plots[0]
    assert plot.dump_marks.steps.tolist() == [18, 19, 20, 21, 22, 23]
    assert user.window.run_bar.notes_button.text() == "1 note of the collector"
    (note,) = note_rows(user.collection)
    assert note.step == 23
    assert note.text.startswith("Black box: loss spike at step 23. It wrote 5 passes of steps 18 to 23. ")


def test_that_what_the_box_does_not_keep_is_said_not_to_be_recorded(user: User) -> None:
    user.session.go_to(step=22)
    one = user.collection.passes[6]
    assert one.step == 22
    assert "does not run the network" in one.why_missing(user.collection.layers["1"], "activation")
