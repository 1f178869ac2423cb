"""A widget by itself on the screen."""

from typing import TypeVar

from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)


def shown(qtbot: QtBot, widget: W, width: int = 300, height: int = 300) -> W:
    """The widget, once it is seen in this size in px."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget
