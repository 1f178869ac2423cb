"""Which keys a focused control keeps from the window's shortcuts."""

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox, QLabel, QListView, QMenu, QPushButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.keyboard import keeps
from app.widgets.menu_entries import add_action

UP_AND_DOWN, ACROSS = {"Up", "Down"}, {"Left", "Right"}
ENDS = {"Home", "End", "PageUp", "PageDown"}
KEYS = ("Space", "Return", "Escape", "A", *UP_AND_DOWN, *ACROSS, *ENDS)


def kept(widget: QWidget | None, held: Qt.KeyboardModifier) -> set[str]:
    events = {key: QKeyEvent(QEvent.Type.KeyPress, Qt.Key[f"Key_{key}"], held) for key in KEYS}
    return {key for key, event in events.items() if keeps(widget, event)}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (QPushButton, {"Space"}),
        (QComboBox, {"Space"} | UP_AND_DOWN | ENDS),
        (QSlider, UP_AND_DOWN | ACROSS | ENDS),
        (QListView, UP_AND_DOWN),
        (QLabel, set()),
    ],
)
def test_that_a_control_keeps_the_keys_that_do_something_in_it(
    qtbot: QtBot, kind: type[QWidget], expected: set[str]
) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    assert kept(widget, Qt.KeyboardModifier.NoModifier) == expected
    assert kept(widget, Qt.KeyboardModifier.KeypadModifier) == expected
    assert kept(widget, Qt.KeyboardModifier.ControlModifier) == set()
    assert kept(None, Qt.KeyboardModifier.NoModifier) == set()


def test_that_an_entry_of_a_menu_does_something_by_its_key_too(qtbot: QtBot) -> None:
    menu, done = QMenu(), []
    qtbot.addWidget(menu)
    first = add_action(menu, "First", "Ctrl+J", lambda: done.append("first"))
    second = add_action(menu, "Second", None, lambda: done.append("second"))
    assert menu.actions() == [first, second]
    assert [each.text() for each in menu.actions()] == ["First", "Second"]
    assert [each.shortcut().toString() for each in menu.actions()] == ["Ctrl+J", ""]
    first.trigger()
    second.trigger()
    assert done == ["first", "second"]
