"""What is not to be seen in the graph, and why, in words on the graph itself."""

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.palette import TEXT_PX, active
from app.views.network.text import text_width, write
from app.views.network.units.analysis.layout import FOOTER, Layout

_HEIGHT, _BESIDE, _ABOVE_FOOTER = 28.0, 16.0, 18.0


class NotesItem(QGraphicsItem):
    """Draws each note as a label of its own above the scales, one upon the other."""

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._layout: Layout | None = None
        self._notes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said."""
        return self._notes

    def show_notes(self, notes: tuple[str, ...], layout: Layout | None) -> None:
        """Say something else, or the same in another place."""
        if notes == self._notes and layout is self._layout:
            return
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._notes, self._layout = notes, layout
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None or self._layout is None:
            return
        palette = active()
        bottom = self._layout.height - FOOTER - _ABOVE_FOOTER
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for note in reversed(self._notes):
            width = min(text_width(note, TEXT_PX, bold=True) + 2 * _BESIDE, self._layout.width - 8)
            room = QRectF((self._layout.width - width) / 2, bottom - _HEIGHT, width, _HEIGHT)
            painter.setPen(QPen(QColor(palette.badge), 1))
            painter.setBrush(QColor(palette.bar_ground))
            painter.drawRoundedRect(room, _HEIGHT / 2, _HEIGHT / 2)
            write(painter, room, note, palette.text, TEXT_PX, bold=True)
            bottom -= _HEIGHT + 6
