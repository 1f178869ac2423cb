"""The menus and keys of the window, as a list that can be read."""

from collections.abc import Callable

from PyQt6.QtWidgets import QMainWindow, QMenu

from app.session import Session
from app.widgets.menu_entries import add_action

LEAP = 10
"""Passes that Shift and an arrow key go by."""


def add_menu(window: QMainWindow, menu: QMenu | str) -> QMenu:
    """Put a menu into the window's bar, a new one where only its name is given."""
    menu = QMenu(menu, window) if isinstance(menu, str) else menu
    bar = window.menuBar()
    assert bar is not None
    bar.addMenu(menu)
    return menu


def add_go_menu(window: QMainWindow, session: Session, step_sample: Callable[[int], None]) -> None:
    """Everything that moves the playhead or chooses a sample."""
    menu = add_menu(window, "&Go")
    add_action(menu, "&Play or pause", "Space", session.toggle_playing)
    add_action(menu, "&Stop", None, session.stop)
    menu.addSeparator()
    add_action(menu, "Pass &before", "Left", lambda: session.step_by(-1))
    add_action(menu, "&Next pass", "Right", lambda: session.step_by(1))
    add_action(menu, f"{LEAP} passes back", "Shift+Left", lambda: session.step_by(-LEAP))
    add_action(menu, f"{LEAP} passes on", "Shift+Right", lambda: session.step_by(LEAP))
    add_action(menu, "&First pass", "Home", lambda: session.show_pass(0))
    add_action(menu, "&Last pass", "End", session.show_last)
    menu.addSeparator()
    add_action(menu, "Next fin&ding", "F8", lambda: session.find_next(1))
    add_action(menu, "Finding before", "Shift+F8", lambda: session.find_next(-1))
    add_action(menu, "Wh&y here?", "Y", session.ask_why)
    menu.addSeparator()
    add_action(menu, "Sample before", "PgUp", lambda: step_sample(-1))
    add_action(menu, "Next sample", "PgDown", lambda: step_sample(1))
