"""Entries of menus: what they do, and by which key."""

from collections.abc import Callable

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu


def add_action(
    menu: QMenu, text: str, key: QKeySequence.StandardKey | str | None, act: Callable[[], object]
) -> QAction:
    """An entry that does something, by its key too."""
    action = QAction(text, menu)
    if key is not None:
        action.setShortcut(QKeySequence(key))
    action.triggered.connect(lambda *_: act())
    menu.addAction(action)
    return action
