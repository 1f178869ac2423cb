"""What a hand does on a widget that paints all it shows: press, move, release, turn the wheel, rest, and use keys."""

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
NO_KEY = Qt.KeyboardModifier.NoModifier
At = QPoint | QPointF


def _send(widget: QWidget, kind: QEvent.Type, at: At, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    where = QPointF(at)
    QApplication.sendEvent(widget, QMouseEvent(kind, where, widget.mapToGlobal(where), button, held, NO_KEY))


def press(widget: QWidget, at: At, button: Qt.MouseButton = LEFT) -> None:
    _send(widget, QEvent.Type.MouseButtonPress, at, button, button)


def move(widget: QWidget, at: At, held: Qt.MouseButton = NONE) -> None:
    _send(widget, QEvent.Type.MouseMove, at, NONE, held)


def release(widget: QWidget, at: At, button: Qt.MouseButton = LEFT) -> None:
    _send(widget, QEvent.Type.MouseButtonRelease, at, button, NONE)


def click(widget: QWidget, at: At) -> None:
    QTest.mouseClick(widget, LEFT, pos=QPointF(at).toPoint())


def double_click(widget: QWidget, at: At) -> None:
    _send(widget, QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT)


def drag(widget: QWidget, *places: At, button: Qt.MouseButton = LEFT) -> None:
    """From the first place over the others to the last, where the button is released."""
    press(widget, places[0], button)
    for at in places[1:]:
        move(widget, at, button)
    release(widget, places[-1], button)


def turn(widget: QWidget, at: At, up: int, across: int = 0, keys: Qt.KeyboardModifier = NO_KEY) -> bool:
    """Turn the wheel by so many eighths of a degree; whether the widget took it."""
    where, phase = QPointF(at), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(where, widget.mapToGlobal(where), QPoint(), QPoint(across, up), NONE, keys, phase, False)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def turn_wheel(widget: QWidget, at: At, notches: int) -> None:
    """Away from the user if positive."""
    turn(widget, at, 120 * notches)


def told(widget: QWidget, at: QPointF) -> str:
    """What the tooltip says where the pointer rests."""
    where, globally = at.toPoint(), widget.mapToGlobal(at).toPoint()
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, where, globally))
    text = QToolTip.text() if QToolTip.isVisible() else ""
    QToolTip.hideText()
    return text


class Around(QWidget):
    """What a widget stands in, and which tooltips it was asked for in its stead."""

    def __init__(self) -> None:
        super().__init__()
        self.n_asked = 0

    def event(self, event: QEvent | None) -> bool:
        self.n_asked += event is not None and event.type() == QEvent.Type.ToolTip
        return super().event(event)
