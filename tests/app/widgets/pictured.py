"""Widgets of which pictures are made."""

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.figure import full_size, paint_widget
from tests.app.painted import painted_by


class Plain(QWidget):
    """A rectangle in a colour, with its own size in its corner."""

    def __init__(self, width: int, height: int, name: str = "") -> None:
        super().__init__()
        self.name = name
        self.resize(width, height)

    def paint_to(self, painter: QPainter, place: QRectF) -> None:
        painter.fillRect(place, Qt.GlobalColor.green)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.name)


GREEN = "#00ff00"


def shown(*children: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    for each in children:
        column.addWidget(each)
    whole.resize(300, 60 * len(children))
    return whole


def texts_of(widget: QWidget) -> list[str]:
    size = full_size(widget)
    return painted_by(
        lambda painter: paint_widget(painter, widget, QRect(0, 0, size.width(), size.height())), size
    ).texts
