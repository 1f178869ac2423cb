"""What is not to be seen in the graph or in a column, and why, in words on the graph itself."""

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.palette import SMALL_PX, TEXT_PX, active
from app.views.network.text import shortened, text_width, write
from app.views.network.units.analysis.layout import FOOTER, Layout
from app.views.network.units.view_item import ViewItem
from app.views.network.units.whole_item import WholeItem

_HEIGHT, _BESIDE, _ABOVE_FOOTER, _ALONG = 28.0, 16.0, 18.0, 20.0


class NotesItem(WholeItem):
    """Draws each note as a label of its own above the scales, or in their place, one upon the other."""

    def __init__(self) -> None:
        super().__init__()
        self._notes: tuple[str, ...] = ()
        self._are_scales_seen = True

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said."""
        return self._notes

    def show_notes(self, notes: tuple[str, ...], layout: Layout | None, *, are_scales_seen: bool = True) -> None:
        """Say something else, or the same in another place: that of the scales where they are not seen."""
        if (notes, are_scales_seen) == (self._notes, self._are_scales_seen) and layout is self._layout:
            return
        self._are_scales_seen = are_scales_seen
        self._notes, self._layout = notes, layout
        self.update()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None or self._layout is None:
            return
        palette = active()
        bottom = self._layout.height - (FOOTER + _ABOVE_FOOTER if self._are_scales_seen else 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for note in reversed(self._notes):
            note = shortened(note, self._layout.width - 8 - 2 * _BESIDE, TEXT_PX, bold=True)
            width = text_width(note, TEXT_PX, bold=True) + 2 * _BESIDE
            room = QRectF((self._layout.width - width) / 2, bottom - _HEIGHT, width, _HEIGHT)
            painter.setPen(QColor(palette.badge))
            painter.setBrush(QColor(palette.bar_ground))
            painter.drawRoundedRect(room, _HEIGHT / 2, _HEIGHT / 2)
            write(painter, room, note, palette.text, TEXT_PX, bold=True)
            bottom -= _HEIGHT + 6


class ColumnNotesItem(ViewItem):
    """Draws along a column why it has no units, what of it is damaged, or why there is nothing to compare it with."""

    @property
    def notes(self) -> dict[int, str]:
        """Number of a column → what is said in its place."""
        if self._view is None:
            return {}
        columns = self._view.graph.columns
        said = {
            number: columns[number].why_no_units or shown.damage or shown.why_hollow
            for number, shown in enumerate(self._view.columns)
        }
        return {number: text for number, text in said.items() if text}

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None or self._shown is None:
            return
        view, layout = self._shown
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, text in self.notes.items():
            spot = layout.columns[number]
            top, bottom = spot.heading.bottom + 6, spot.footer.y - 4
            text = shortened(text, bottom - top - _BESIDE, SMALL_PX)
            length = text_width(text, SMALL_PX) + _BESIDE
            is_damaged = bool(view.columns[number].damage)
            painter.save()
            painter.translate(spot.body.x + spot.body.width / 2, (top + bottom) / 2)
            painter.rotate(-90)
            room = QRectF(-length / 2, -_ALONG / 2, length, _ALONG)
            pen = QPen(QColor(active().badge if is_damaged else active().line))
            pen.setStyle(Qt.PenStyle.SolidLine if is_damaged else Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(QColor(active().background))
            painter.drawRoundedRect(room, 4, 4)
            write(painter, room, text, active().text if is_damaged else active().faint_text, SMALL_PX)
            painter.restore()
