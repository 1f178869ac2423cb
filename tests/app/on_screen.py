"""A widget by itself on the screen, and when it has come to rest."""

from typing import TypeVar

from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)


def shown(qtbot: QtBot, widget: W, width: int = 300, height: int = 300) -> W:
    """The widget, once it is seen in this size in px."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()
