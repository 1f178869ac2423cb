"""Driving a view of modules as a pointer does."""

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from app.views.network.modules.modules_view import ModulesView

NONE, LEFT, RIGHT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEY = Qt.KeyboardModifier.NoModifier
EMPTY = QPoint(2, 2)
"""Where nothing is."""


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def middle(view: ModulesView, name: str) -> QPoint:
    return view.rect_of_box(name).center().toPoint()


def mouse(
    view: ModulesView, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton = LEFT, held: Qt.MouseButton = LEFT
) -> None:
    event = QMouseEvent(kind, QPointF(at), QPointF(view.mapToGlobal(at)), button, held, NO_KEY)
    QApplication.sendEvent(view, event)


def move(view: ModulesView, at: QPoint, held: Qt.MouseButton = NONE) -> None:
    mouse(view, QEvent.Type.MouseMove, at, NONE, held)


def press(view: ModulesView, at: QPoint, button: Qt.MouseButton = LEFT) -> None:
    mouse(view, QEvent.Type.MouseButtonPress, at, button, button)


def release(view: ModulesView, at: QPoint, button: Qt.MouseButton = LEFT) -> None:
    mouse(view, QEvent.Type.MouseButtonRelease, at, button, NONE)


def turn(view: ModulesView, at: QPoint, angle: int) -> bool:
    """Turn the wheel by eighths of a degree; whether the view has taken it."""
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, angle), NONE, NO_KEY, phase, False
    )
    QApplication.sendEvent(view, event)
    return event.isAccepted()
