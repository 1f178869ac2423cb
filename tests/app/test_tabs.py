"""Every tab of the window, opened by its key on a real run, follows the playhead and can be saved."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.tabs import TABS
from app.window import MainWindow

KEYS = dict(zip(TABS, (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6), strict=True))


@pytest.mark.parametrize("title", TABS)
def test_that_a_tab_opens_by_its_key_and_follows_the_playhead(
    open_window: MainWindow, qtbot: QtBot, title: str
) -> None:
    qtbot.keyClick(open_window, KEYS[title], Qt.KeyboardModifier.ControlModifier)
    assert open_window.centre.tabText(open_window.centre.currentIndex()) == title
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(open_window, key)
    assert open_window.centre.tab(title) is open_window.centre.current
    assert not open_window.centre.currentWidget().grab().isNull()


@pytest.mark.parametrize("title", TABS)
def test_that_what_is_in_the_tab_in_front_can_be_saved(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, title: str
) -> None:
    open_window.centre.show_title(title)
    tab = open_window.centre.current
    assert tab is not None
    saved = {action.text() for action in open_window.numbers_menu.actions()}
    assert {f"{name}…" for name in (*tab.panels, *tab.tables)} <= saved
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "table.csv"), ""))
    for action in open_window.numbers_menu.actions():
        action.trigger()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "picture.png"), ""))
    for action in open_window.save_menu.actions():
        action.trigger()
    assert (tmp_path / "table.csv").stat().st_size
    assert (tmp_path / "picture.png").stat().st_size


def test_that_a_tab_out_of_sight_takes_no_place_in_the_save_menus(open_window: MainWindow) -> None:
    open_window.centre.show_title("Optimizer")
    open_window.centre.show_title("Network")
    assert "Optimizer…" not in {action.text() for action in open_window.save_menu.actions()}
