"""Labels that give way."""

from pytestqt.qtbot import QtBot

from app.widgets.elided_label import ElidedLabel
from app.window.run_bar import RunBar
from app.window.training_bar import TrainingBar

LONG = "a_dataset_of_an_unusually_long_name" * 12


def test_that_a_long_text_is_shortened_and_a_short_one_is_not(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.setText(LONG)
    label.grab()
    assert label.text() == LONG
    assert label.shown_text().endswith("…")
    label.setText("short")
    assert label.shown_text() == "short"


def test_that_no_text_pushes_the_docks_together(qtbot: QtBot) -> None:
    training, run = TrainingBar(), RunBar()
    for bar in (training, run):
        qtbot.addWidget(bar)
    training.show_progress(LONG, 3, 9, None)
    run.run_label.setText(LONG)
    run.show_problem(f"'/data/{LONG}': cannot be read.")
    assert run.minimumSizeHint().width() < 400
    assert training.minimumSizeHint().width() < 400
