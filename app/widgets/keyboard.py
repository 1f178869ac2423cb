"""What the keyboard does in views.

A focused control keeps its own keys from the window's shortcuts, and painted cells are walked over by arrows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PyQt6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QTextDocumentFragment
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFrame,
    QToolTip,
    QWidget,
)

from app.widgets.figure import HINT

_KEY = Qt.Key
_ARROWS = {_KEY.Key_Left: (0, -1), _KEY.Key_Right: (0, 1), _KEY.Key_Up: (-1, 0), _KEY.Key_Down: (1, 0)}
_ENDS = (_KEY.Key_Home, _KEY.Key_End, _KEY.Key_PageUp, _KEY.Key_PageDown)
_CHOOSE = (_KEY.Key_Return, _KEY.Key_Enter, _KEY.Key_Space)
_OWN_KEYS: tuple[tuple[type[QWidget], tuple[Qt.Key, ...]], ...] = (
    (QAbstractButton, (_KEY.Key_Space,)),
    (QComboBox, (_KEY.Key_Space, _KEY.Key_Up, _KEY.Key_Down, *_ENDS)),
    (QAbstractSlider, (*_ARROWS, *_ENDS)),
    (QAbstractItemView, (_KEY.Key_Up, _KEY.Key_Down)),
)
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)

Place = Callable[[int, int], QRectF]
"""Where the cell of a row and a column is painted."""


def keeps(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key does something in a focused control, so that the window's shortcuts must not take it.

    Controls get the focus by Tab only, so that whoever uses the pointer has the window's keys all the time.
    """
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    return any(isinstance(widget, kind) and event.key() in keys for kind, keys in _OWN_KEYS)


def in_rows(n: int, n_columns: int) -> list[int]:
    """How many cells each row has, where so many fill one row after the other."""
    full, rest = divmod(n, max(n_columns, 1))
    return [n_columns] * full + [rest] * bool(rest)


class CellWalk(QObject):
    """Walks over the cells that a widget paints: arrows go on, Enter or Space does what a click there does.

    What the pointer would be told is told of the cell, in a tooltip and for those who do not see. It begins when the
    focus comes by Tab, and ends with Escape or when the focus goes: only then do these keys belong to the widget.

    Args:
        widget: paints the cells, and is clicked.
        cells: how many cells there are in each row.
        place: where they are.
    """

    def __init__(self, widget: QWidget, cells: Callable[[], Sequence[int]], place: Place) -> None:
        super().__init__(widget)
        self._widget, self._cells, self._place = widget, cells, place
        self._at: tuple[int, int] = (0, 0)
        self._is_on = False
        self.ring = FocusRing(widget)
        widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        widget.installEventFilter(self)

    @property
    def at(self) -> tuple[int, int] | None:
        """Row and column of the cell that is focused; None while the widget has no focus, or no cells."""
        cells = self._cells()
        if not self._is_on or not any(cells):
            return None
        row = min(self._at[0], len(cells) - 1)
        return row, min(self._at[1], max(cells[row] - 1, 0))

    def eventFilter(self, widget: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QFocusEvent):
            was_on, self._is_on = self._is_on, event.gotFocus() and event.reason() in _BY_TAB
            if was_on and not self._is_on:
                QApplication.sendEvent(self._widget, QEvent(QEvent.Type.Leave))  # what was pointed at is no more
            self._mark()
        elif isinstance(event, QKeyEvent) and self._takes(event):
            if event.type() == QEvent.Type.KeyPress:
                self._press(Qt.Key(event.key()))
            event.accept()
            return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        elif event is not None and event.type() == QEvent.Type.Resize:
            self._mark()
        return False

    def _takes(self, event: QKeyEvent) -> bool:
        if not self._is_on or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        return event.key() in (*_ARROWS, *_CHOOSE, _KEY.Key_Escape)

    def _press(self, key: Qt.Key) -> None:
        at = self.at
        if key == _KEY.Key_Escape:
            self._is_on = False
        elif at is not None and key in _ARROWS:
            down, across = _ARROWS[key]
            cells = self._cells()
            row = min(max(at[0] + down, 0), len(cells) - 1)
            self._at = row, min(max(at[1] + across, 0), max(cells[row] - 1, 0))
            self._point(self._place(*self._at).center())
        elif at is not None:
            self._click(self._place(*at).center())
        self._mark()

    def _mark(self) -> None:
        at = self.at
        place = None if at is None else self._place(*at).intersected(QRectF(self._widget.rect()))
        self.ring.surround(place)

    def _point(self, at: QPointF) -> None:
        """Have the widget tell of a cell as it does for a pointer that rests there."""
        globally = self._widget.mapToGlobal(at)
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self._widget, QMouseEvent(QEvent.Type.MouseMove, at, globally, none, none, keys))
        QApplication.sendEvent(self._widget, QHelpEvent(QEvent.Type.ToolTip, at.toPoint(), globally.toPoint()))
        told = QTextDocumentFragment.fromHtml(QToolTip.text()).toPlainText() if QToolTip.isVisible() else ""
        self._widget.setAccessibleDescription(told)

    def _click(self, at: QPointF) -> None:
        globally, left = self._widget.mapToGlobal(at), Qt.MouseButton.LeftButton
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        press = QMouseEvent(QEvent.Type.MouseButtonPress, at, globally, left, left, keys)
        release = QMouseEvent(QEvent.Type.MouseButtonRelease, at, globally, left, none, keys)
        for event in (press, release):
            QApplication.sendEvent(self._widget, event)


class FocusRing(QFrame):
    """A frame around what is focused inside a widget; the style says how it looks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("focus_ring")
        self.setProperty(HINT, True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, place: QRectF | None) -> None:
        """Stand around a place; nowhere for None."""
        self.setVisible(place is not None and not place.isEmpty())
        if place is not None:
            parent = self.parentWidget()
            assert parent is not None
            self.setGeometry(place.toAlignedRect().adjusted(-2, -2, 2, 2).intersected(parent.rect()))
            self.raise_()
