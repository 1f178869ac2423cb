"""The hand and the eye of a user: where each view of the window is, and what is wished.

The tests of this folder know views by the names given here, so that a view that moves is looked up elsewhere in one
place.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication, QComboBox, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.correlations.panel import AUGMENTATIONS
from app.widgets.curve_plot import CurvePlot
from app.window.main_window import MainWindow
from collector.storage import Collection
from tests.app.parts import PARTS, part
from tests.app.plots import place_in

PATIENCE_MS = 15_000
LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class User:
    """A window on a screen, and who sits before it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot

    @property
    def session(self) -> Session:
        return self.window._session

    @property
    def opened(self) -> OpenedCollection:
        assert self.session.opened is not None
        return self.session.opened

    @property
    def collection(self) -> Collection:
        return self.opened.collection

    @property
    def state(self) -> ReplayView:
        """What is wished."""
        assert self.session.view is not None
        return self.session.view

    def view(self, name: str) -> Any:
        """A view, brought to the front."""
        return part(self.window, name) if name in PARTS else getattr(self.window, name)

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Until it is so; a test in which it never is fails."""
        self.qtbot.waitUntil(is_so, timeout=PATIENCE_MS)

    def click(self, widget: QWidget, at: QPoint | QPointF | None = None) -> None:
        """Press and release the left button, in the widget's middle or at a place."""
        where = widget.rect().center() if at is None else at.toPoint() if isinstance(at, QPointF) else at
        self.qtbot.mouseClick(widget, LEFT, pos=where)

    def double_click(self, widget: QWidget, at: QPoint) -> None:
        self.qtbot.mouseClick(widget, LEFT, pos=at)
        self.qtbot.mouseDClick(widget, LEFT, pos=at)
        self.qtbot.mouseRelease(widget, LEFT, pos=at)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        self.wait(self.window.isActiveWindow)  # or it would have no shortcuts
        self.qtbot.keyClick(self.window, key, modifiers)

    def choose(self, box: QComboBox, what: object) -> None:
        """Choose an entry by what it stands for or by its words, by the box's keys."""
        for key in (Qt.Key.Key_Home, *[Qt.Key.Key_Down] * box.count()):
            if what in (box.currentData(), box.currentText()):
                break
            self.qtbot.keyClick(box, key)
        assert what in (box.currentData(), box.currentText())

    def point_at_step(self, plot: CurvePlot, step: float) -> None:
        """Click into a plot."""
        self.click(plot.viewport(), place_in(plot, step))

    def trigger(self, menu: QMenu | None, words: str) -> QAction:
        """Choose the entry of a menu that begins so."""
        assert menu is not None
        found = next(each for each in menu.actions() if each.text().replace("&", "").startswith(words))
        found.trigger()
        return found

    def menu(self, name: str) -> QMenu:
        """A menu of the bar."""
        bar = self.window.menuBar()
        assert bar is not None
        return next(each.menu() for each in bar.actions() if each.text().replace("&", "") == name)  # type: ignore[misc]

    def settle(self) -> None:
        """Let what waits for its turn of the event loop have it."""
        QApplication.processEvents()
        views = [(self.window.view(view), attribute) for view, attribute in PARTS.values()]
        panels = [getattr(view, attribute) for view, attribute in views if view is not None]
        self.wait(lambda: not any(getattr(panel, "is_filling", False) for panel in panels))


def as_modules(user: User) -> None:
    user.session.draw_as_modules(True)


def augmentations(user: User) -> None:
    user.click(user.view("correlations").page_choice.buttons[AUGMENTATIONS])


def listed(values: Any) -> Any:
    """An array as lists, so that two can be compared as wholes."""
    return None if values is None else np.asarray(values, np.float32).tolist()
