"""The line on the run that is open, beside its badges."""

import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.run_bar import RunBar
from app.window.theme import apply_theme

STOOD_IN = "made up digits stood in for mnist"


@pytest.fixture
def bar(qtbot: QtBot, qapp) -> RunBar:
    apply_theme(qapp)
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_that_a_badge_is_read_before_the_run_is_described(bar: RunBar) -> None:
    bar.run_label.setText("a small CNN on handwritten digits · 1,198 parameters · SGD · a pass every 30 steps · seed 0")
    bar._show_badge(bar.data_badge, STOOD_IN, "")
    bar.resize(420, 40)
    bar.grab()
    assert bar.data_badge.shown_text() == STOOD_IN
    assert "…" in bar.run_label.shown_text()


def test_that_the_bar_is_as_high_with_any_badges_as_without(open_window: MainWindow, qtbot: QtBot) -> None:
    bar, opened = open_window.run_bar, open_window._session.opened
    assert opened is not None
    heights = set()
    for badge in (bar.data_badge, bar.ending_badge, bar.notes_button):
        for each in (bar.data_badge, bar.ending_badge, bar.notes_button):
            each.hide()
        heights.add(bar.minimumSizeHint().height())
        if badge is not bar.notes_button:
            badge.setText(STOOD_IN)
        badge.show()
        heights.add(bar.minimumSizeHint().height())
    assert len(heights) == 1
