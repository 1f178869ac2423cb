"""The line that says how far a training is."""

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window.training import TrainingProgress
from app.window.training_bar import TrainingBar, duration_text

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot) -> TrainingBar:
    bar = TrainingBar()
    qtbot.addWidget(bar)
    return bar


@pytest.mark.parametrize(
    ("progress", "words", "value", "most"),
    [
        (TrainingProgress("Loading"), "Loading", -1, 0),
        (TrainingProgress("Training", 0, 20), "Training", -1, 0),
        (TrainingProgress("Training", 1, None), "Training · step 1", -1, 0),
        (TrainingProgress("Training", 1234, 5000), "Training · step 1,234 of 5,000", 1234, 5000),
        (TrainingProgress("Training", 30, 20), "Training · step 30 of 20", 20, 20),
        (TrainingProgress("Training", 5, 20, 0.0, 0.0), "Training · step 5 of 20 · loss 0 · 0 s left", 5, 20),
        (TrainingProgress("Training", 5, 20, None, 0.25), "Training · step 5 of 20 · loss 0.25", 5, 20),
    ],
)
def test_that_it_says_how_far_it_is_as_far_as_that_is_known(
    bar: TrainingBar, progress: TrainingProgress, words: str, value: int, most: int
) -> None:
    assert bar.isHidden()
    bar.show_progress(progress)
    assert not bar.isHidden()
    assert bar.text_label.text() == words
    assert (bar.bar.minimum(), bar.bar.maximum()) == (0, most)
    assert most == 0 or bar.bar.value() == value


@pytest.mark.parametrize(
    ("progress", "stop", "follow"),
    [
        (TrainingProgress("Loading"), True, False),
        (TrainingProgress("Training", 1), True, True),
        (TrainingProgress("Stopping…", can_stop=False), False, True),
        (TrainingProgress("Recorded elsewhere", 5, can_stop=False), False, True),
    ],
)
def test_that_it_can_be_stopped_and_followed_where_there_is_something_to(
    bar: TrainingBar, progress: TrainingProgress, stop: bool, follow: bool
) -> None:
    bar.show_progress(progress)
    assert (not bar.stop_button.isHidden(), not bar.follow_button.isHidden()) == (stop, follow)


def test_that_its_buttons_ask_for_what_they_say(bar: TrainingBar, qtbot: QtBot) -> None:
    heard: list[object] = []
    bar.stop_requested.connect(lambda: heard.append("stop"))
    bar.follow_requested.connect(heard.append)
    bar.show_progress(TrainingProgress("Training", 5, 20))
    for _ in range(2):
        qtbot.mouseClick(bar.follow_button, LEFT)
    qtbot.mouseClick(bar.stop_button, LEFT)
    assert heard == [True, False, "stop"]
    bar.show_following(is_following=True)
    assert (bar.follow_button.isChecked(), heard[3:]) == (True, []), "nobody asked for it"
    tips = (bar.follow_button.toolTip(), bar.stop_button.toolTip())
    assert tips == (
        "Stay on the newest pass",
        "End the training after its current step; what was collected is kept",
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (8.4, "8 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (60, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599, "59 min 59 s"),
        (3599.6, "1 h 0 min"),
        (3600, "1 h 0 min"),
        (7545, "2 h 5 min"),
        (90_000, "25 h 0 min"),
    ],
)
def test_that_a_time_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration_text(seconds) == words
