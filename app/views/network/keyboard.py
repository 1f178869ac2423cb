"""What keys do in a drawing of the network while it has the focus: they walk over what it shows."""

from enum import Enum

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QWidget

CLOSER = 1.15
"""Zoom of one press of a key."""


class Direction(Enum):
    """Where an arrow key leads, as x and y."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
_CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_ZOOM = {Qt.Key.Key_Plus: CLOSER, Qt.Key.Key_Equal: CLOSER, Qt.Key.Key_Minus: 1 / CLOSER}
_TABBED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class KeyboardWalk(QObject):
    """Watches the keys of a drawing.

    Walking begins when the focus comes by Tab, or with Enter, and ends with Escape or when the focus goes. Only then
    do arrows and Space belong to the drawing; otherwise they are the timeline's.

    Signals:
        begun: something is to be marked as focused.
        moved(Direction, bool): to what is beside it; whether to the next layer, whatever lies between.
        chosen: what is focused is to be pinned, opened, or let go.
        ended: nothing is focused any more.
        let_go: nothing is to be pinned any more.
        zoomed(float): by a factor.
        fitted: everything is to be shown.
    """

    begun = pyqtSignal()
    moved = pyqtSignal(Direction, bool)
    chosen = pyqtSignal()
    ended = pyqtSignal()
    let_go = pyqtSignal()
    zoomed = pyqtSignal(float)
    fitted = pyqtSignal()

    def __init__(self, drawing: QWidget) -> None:
        super().__init__(drawing)
        self.is_on = False
        # a click is for the pointer: whoever plays with the arrows goes on with them
        drawing.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        drawing.installEventFilter(self)

    def eventFilter(self, drawing: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QFocusEvent):
            if event.gotFocus() and event.reason() in _TABBED:
                self._begin()
            elif event.lostFocus() and event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
                self._end()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._takes(event):
            event.accept()
            return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._takes(event):
            self._press(event)
            event.accept()
            return True
        return False

    def _takes(self, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ARROWS:
            return self.is_on and modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier)
        if key in _ZOOM:
            return not modifiers & ~Qt.KeyboardModifier.ShiftModifier
        if modifiers:
            return False
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            return self.is_on
        return key in _CHOOSE or key == Qt.Key.Key_F

    def _press(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            by_layer = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.moved.emit(_ARROWS[key], by_layer)
        elif key in _ZOOM:
            self.zoomed.emit(_ZOOM[key])
        elif key == Qt.Key.Key_F:
            self.fitted.emit()
        elif key == Qt.Key.Key_Escape:
            self.let_go.emit()
            self._end()
        elif self.is_on:
            self.chosen.emit()
        else:
            self._begin()

    def _begin(self) -> None:
        if not self.is_on:
            self.is_on = True
            self.begun.emit()

    def _end(self) -> None:
        if self.is_on:
            self.is_on = False
            self.ended.emit()
