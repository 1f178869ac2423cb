"""Choosing in a box by its keys."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot


def choose(qtbot: QtBot, box: QComboBox, what: object) -> None:
    """Choose by the keys of the box."""
    while box.currentData() != what:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        if box.currentIndex() == before:
            break
    while box.currentData() != what and box.currentIndex():
        qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.currentData() == what
