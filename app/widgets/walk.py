"""What keys do in a widget that paints many things: arrows walk over them, Enter or Space chooses, Escape ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PyQt6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QTextDocumentFragment
from PyQt6.QtWidgets import QApplication, QFrame, QToolTip, QWidget

from app.widgets.figure import HINT

_KEY = Qt.Key
_ARROWS = {_KEY.Key_Left: (0, -1), _KEY.Key_Right: (0, 1), _KEY.Key_Up: (-1, 0), _KEY.Key_Down: (1, 0)}
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)
_CLOSER = {_KEY.Key_Plus: True, _KEY.Key_Equal: True, _KEY.Key_Minus: False}
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)

Place = Callable[[int, int], QRectF]
"""Where the cell of a row and a column is painted."""


def in_rows(n: int, n_columns: int) -> list[int]:
    """How many cells each row has, where so many fill one row after the other."""
    full, rest = divmod(n, max(n_columns, 1))
    return [n_columns] * full + [rest] * bool(rest)


class Walk(QObject):
    """Watches the keys of a widget. It begins when the focus comes by Tab, or with Enter, and ends with Escape or when
    the focus goes; not when the whole window does.

    Only then do arrows, Space and Escape belong to the widget: otherwise they are the timeline's.

    Attributes:
        zooms: whether + and - are its keys, too.
        goes_far: whether arrows with Control are.
    """

    zooms = goes_far = False

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._is_on = False
        # a click is for the pointer: whoever plays with the arrows goes on with them
        widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        widget.installEventFilter(self)

    @property
    def is_on(self) -> bool:
        """Whether the keys belong to the widget."""
        return self._is_on

    def begin(self) -> None:
        """Mark where it is."""
        raise NotImplementedError

    def end(self) -> None:
        """Mark nothing any more."""
        raise NotImplementedError

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        """Go on by an arrow: one of the two is 1 or -1; far: Control was held."""
        raise NotImplementedError

    def choose(self) -> None:
        """What Enter or Space does."""
        raise NotImplementedError

    def let_go(self) -> None:
        """What Escape does beside ending it."""

    def zoom(self, *, is_closer: bool) -> None:
        """What + and - do."""

    def eventFilter(self, widget: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QFocusEvent):
            if event.gotFocus() and event.reason() in _BY_TAB:
                self._turn(is_on=True)
            elif event.lostFocus() and event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
                self._turn(is_on=False)
        elif isinstance(event, QKeyEvent) and self._takes(event):
            if event.type() == QEvent.Type.KeyPress:
                self._press(event)
            event.accept()
            return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        return False

    def _takes(self, event: QKeyEvent) -> bool:
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _CLOSER:
            return self.zooms and not held & ~Qt.KeyboardModifier.ShiftModifier  # with which + is typed
        if key in _ARROWS and self.goes_far:
            held &= ~Qt.KeyboardModifier.ControlModifier
        return not held and (key in _ENTER or (self._is_on and key in (*_ARROWS, _KEY.Key_Space, _KEY.Key_Escape)))

    def _press(self, event: QKeyEvent) -> None:
        key = _KEY(event.key())
        if key in _CLOSER:
            self.zoom(is_closer=_CLOSER[key])
        elif key in _ARROWS:
            self.go(*_ARROWS[key], is_far=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key == _KEY.Key_Escape:
            self.let_go()
            self._turn(is_on=False)
        elif self._is_on:
            self.choose()
        else:
            self._turn(is_on=True)

    def _turn(self, *, is_on: bool) -> None:
        if is_on != self._is_on:
            self._is_on = is_on
            self.begin() if is_on else self.end()


class PlaceWalk(Walk):
    """Stands at a place of what a widget paints, with a ring around it.

    It does what the pointer does there: the widget tells of it in a tooltip, and for those who do not see; Enter or
    Space is a click.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.ring = FocusRing(widget)

    def place(self) -> QRectF | None:
        """Where it is, in pixels of the widget; None where there is nothing."""
        raise NotImplementedError

    def begin(self) -> None:
        self.mark()

    def end(self) -> None:
        QApplication.sendEvent(self._widget, QEvent(QEvent.Type.Leave))  # what was pointed at is no more
        self.mark()

    def choose(self) -> None:
        place = self.place()
        if place is not None:
            self._click(place.center())

    def eventFilter(self, widget: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:
            self.mark()
        return super().eventFilter(widget, event)

    def _press(self, event: QKeyEvent) -> None:
        super()._press(event)
        self.mark()

    def mark(self) -> None:
        """Put the ring where it is."""
        place = self.place() if self._is_on else None
        self.ring.surround(None if place is None else place.intersected(QRectF(self._widget.rect())))

    def point(self, at: QPointF) -> None:
        """Have the widget tell of a place as it does for a pointer that rests there."""
        globally = self._widget.mapToGlobal(at)
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        self._widget.setAccessibleDescription("")
        QApplication.sendEvent(self._widget, QMouseEvent(QEvent.Type.MouseMove, at, globally, none, none, keys))
        QApplication.sendEvent(self._widget, QHelpEvent(QEvent.Type.ToolTip, at.toPoint(), globally.toPoint()))
        if QToolTip.isVisible():
            told = QTextDocumentFragment.fromHtml(QToolTip.text()).toPlainText()
            self._widget.setAccessibleDescription(told)

    def _click(self, at: QPointF) -> None:
        globally, left = self._widget.mapToGlobal(at), Qt.MouseButton.LeftButton
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        press = QMouseEvent(QEvent.Type.MouseButtonPress, at, globally, left, left, keys)
        release = QMouseEvent(QEvent.Type.MouseButtonRelease, at, globally, left, none, keys)
        for event in (press, release):
            QApplication.sendEvent(self._widget, event)


class CellWalk(PlaceWalk):
    """Walks over cells.

    Args:
        widget: paints the cells, and is clicked.
        cells: how many cells there are in each row.
        place: where they are.
    """

    def __init__(self, widget: QWidget, cells: Callable[[], Sequence[int]], place: Place) -> None:
        self._cells, self._place = cells, place
        self._at: tuple[int, int] = (0, 0)
        super().__init__(widget)

    @property
    def at(self) -> tuple[int, int] | None:
        """Row and column of the cell that is focused; None while the widget has no focus, or no cells."""
        cells = self._cells()
        if not self._is_on or not any(cells):
            return None
        row = min(self._at[0], len(cells) - 1)
        return row, min(self._at[1], max(cells[row] - 1, 0))

    def place(self) -> QRectF | None:
        at = self.at
        return None if at is None else self._place(*at)

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        at = self.at
        if at is not None:
            cells = self._cells()
            row = min(max(at[0] + down, 0), len(cells) - 1)
            self._at = row, min(max(at[1] + across, 0), max(cells[row] - 1, 0))
            self.point(self._place(*self._at).center())


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
