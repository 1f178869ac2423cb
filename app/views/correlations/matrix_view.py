"""A matrix in colours, with names along its sides, a colour bar, and words for the cell under the pointer."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from app.palette import SMALL_PX, TEXT_PX, active, font
from app.views.correlations.analysis.matrix_picture import MatrixPicture
from app.views.correlations.matrix_cells import cell_at, image_of, paint_cells, paint_gaps, paint_hatching, paint_values
from app.views.correlations.matrix_legend import marks_of, paint_bar, paint_marks
from app.views.correlations.matrix_place import MatrixPlace, place_of
from app.views.correlations.matrix_sides import ImageOf, Span, paint_columns, paint_groups, paint_rows
from app.widgets.empty_state import write_absence
from app.widgets.walk import CellWalk

_FEWEST = 4.0
"""No fewer rows or columns can be zoomed into."""

_PER_NOTCH = 1.25
_DRAG_PX = 4
_TIP_PX = 240


class MatrixView(QWidget):
    """Shows one matrix. The wheel zooms at the pointer, a drag moves along, a double click shows the whole.

    Args:
        is_zoomable: whether parts can be looked at.

    Signals:
        cell_clicked(int, int): the user clicked this row and column.
        cell_pointed(int, int): the pointer is over this row and column; −1, −1 when it is over none.
    """

    cell_clicked = pyqtSignal(int, int)
    cell_pointed = pyqtSignal(int, int)

    def __init__(self, *, is_zoomable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_zoomable = is_zoomable
        self._picture: MatrixPicture | None = None
        self._image = QImage()
        self._image_of: ImageOf = lambda _: None
        self._message = ""
        self._seen: QRectF | None = None
        self._chosen: tuple[int, int] | None = None
        self._pointed: tuple[int, int] | None = None
        self._pointer = QPointF()
        self._pressed_at: QPointF | None = None
        self._seen_when_pressed = QRectF()
        self._is_dragged = False
        self._ground: QPixmap | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("Matrix of correlations")
        self.walk = CellWalk(self, self._rows, lambda row, column: QRectF(self.cell_rect(row, column)))

    @property
    def picture(self) -> MatrixPicture | None:
        """What is shown."""
        return self._picture

    @property
    def message(self) -> str:
        """Why nothing is shown."""
        return self._message

    @property
    def seen(self) -> QRectF | None:
        """The part that was zoomed to, in columns and rows; None for the whole."""
        return self._seen

    @property
    def chosen(self) -> tuple[int, int] | None:
        """Row and column of the cell with a frame."""
        return self._chosen

    @property
    def tip(self) -> str:
        """What is told of the cell under the pointer."""
        return "" if self._picture is None or self._pointed is None else self._picture.tell(*self._pointed)

    def show_matrix(self, picture: MatrixPicture | None, message: str = "") -> None:
        """Show a matrix, or say why there is none. Of another of the same shape the same part is seen."""
        shape = None if self._picture is None else self._picture.values.shape
        if picture is None or picture.values.shape != shape:
            self._seen = self._pointed = None
        self._picture, self._message = picture, message
        self._image = QImage() if picture is None else image_of(picture)
        self.setAccessibleDescription(message)
        self._repaint()

    def show_side_pictures(self, image_of: ImageOf) -> None:
        """Where the pictures of the places come from."""
        self._image_of = image_of
        self._repaint()

    def show_chosen(self, cell: tuple[int, int] | None) -> None:
        """Frame a cell."""
        if cell != self._chosen:
            self._chosen = cell
            self.update()

    def show_whole(self) -> None:
        """Zoom out."""
        self._seen = None
        self._repaint()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is, in pixels of the widget."""
        down, across = self._spans(self._place())
        return cell_at(row, column, down, across).toAlignedRect()

    def _rows(self) -> list[int]:
        if self._picture is None or not self._picture.values.size:
            return []
        rows, columns = self._picture.values.shape
        return [columns] * rows

    def _repaint(self) -> None:
        self._ground = None
        self.update()

    def _place(self) -> MatrixPlace:
        assert self._picture is not None
        return place_of(self._picture, QSizeF(self.size()), len(marks_of(self._picture)))

    def _spans(self, place: MatrixPlace) -> tuple[Span, Span]:
        seen, plot = self._shown(), place.plot
        down = Span(seen.top(), seen.bottom(), plot.top(), plot.height())
        return down, Span(seen.left(), seen.right(), plot.left(), plot.width())

    def _shown(self) -> QRectF:
        assert self._picture is not None
        rows, columns = self._picture.values.shape
        return self._seen or QRectF(0, 0, columns, rows)

    def _cell_under(self, at: QPointF) -> tuple[int, int] | None:
        if self._picture is None or not self._picture.values.size:
            return None
        place = self._place()
        if not place.plot.contains(at):
            return None
        down, across = self._spans(place)
        row = int(down.first + (at.y() - down.start_px) / down.cell_px)
        column = int(across.first + (at.x() - across.start_px) / across.cell_px)
        rows, columns = self._picture.values.shape
        return min(row, rows - 1), min(column, columns - 1)

    def _see(self, part: QRectF) -> None:
        """Show a part, as far as there is one; the whole where nothing would be left out."""
        assert self._picture is not None
        rows, columns = self._picture.values.shape
        width = min(max(part.width(), min(_FEWEST, columns)), columns)
        height = min(max(part.height(), min(_FEWEST, rows)), rows)
        left = min(max(part.left(), 0.0), columns - width)
        top = min(max(part.top(), 0.0), rows - height)
        seen = QRectF(left, top, width, height)
        self._seen = None if (width, height) == (columns, rows) else seen
        self._repaint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._picture is None or not self._picture.values.size:
            write_absence(painter, self.rect().adjusted(16, 0, -16, 0), self._message)
            return
        place = self._place()
        down, across = self._spans(place)
        if self._ground is None or self._ground.devicePixelRatio() != self.devicePixelRatio():
            self._ground = self._painted(self._picture, place, down, across)
        painter.drawPixmap(0, 0, self._ground)
        painter.save()
        painter.setClipRect(place.plot.adjusted(-2, -2, 2, 2))
        for cell, colour in ((self._chosen, active().hovered), (self._pointed, "#ffffff")):
            if cell:
                frame = cell_at(*cell, down, across)  # between its number and those beside it
                painter.setPen(QPen(QColor("#000000"), 4))  # to be seen on any colour
                painter.drawRect(frame)
                painter.setPen(QPen(QColor(colour), 2))
                painter.drawRect(frame)
        painter.restore()
        if self._pointed and self._pressed_at is None:
            _paint_tip(painter, self.tip, self._pointer, QRectF(self.rect()))

    def _painted(self, picture: MatrixPicture, place: MatrixPlace, down: Span, across: Span) -> QPixmap:
        """Everything that stays while the pointer moves."""
        ratio = self.devicePixelRatio()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(QColor(active().background))
        painter = QPainter(ground)
        painter.setClipRect(place.plot)
        paint_cells(painter, self._image, down, across)
        paint_hatching(painter, picture, down, across)
        paint_gaps(painter, down, across, place.plot)
        paint_groups(painter, picture.rows, picture.columns, down, across, place.plot)
        paint_values(painter, picture, down, across)
        painter.setClipping(False)
        painter.setPen(QColor(active().text))
        paint_rows(painter, picture.rows, down, place, self._image_of)
        painter.setPen(QColor(active().text))
        paint_columns(painter, picture.columns, across, place, self._image_of)
        paint_bar(painter, picture.scale, place.bar)
        paint_marks(painter, marks_of(picture), place.marks)
        painter.setPen(QColor(active().line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.plot)
        painter.end()
        return ground

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 160)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._picture is None:
            return
        self._pointer = event.position()
        if self._pressed_at is not None and self._is_zoomable:
            moved = self._pointer - self._pressed_at
            self._is_dragged |= moved.manhattanLength() > _DRAG_PX  # also where it comes back to
            if self._is_dragged:
                down, across = self._spans(self._place())
                self._see(self._seen_when_pressed.translated(-moved.x() / across.cell_px, -moved.y() / down.cell_px))
        self._point(self._cell_under(self._pointer))
        self.setAccessibleDescription(self.tip)
        self.update()

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.cell_pointed.emit(*(cell or (-1, -1)))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self._picture is not None:
            self._pressed_at = self._pointer = event.position()
            self._seen_when_pressed, self._is_dragged = self._shown(), False

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._pressed_at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pointer = event.position()
        self._pressed_at = None
        cell = self._cell_under(self._pointer)
        if cell and not self._is_dragged:
            self.cell_clicked.emit(*cell)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if self._is_zoomable and self._picture is not None:
            self.show_whole()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or not self._is_zoomable or self._cell_under(event.position()) is None:
            super().wheelEvent(event)
            return
        factor = _PER_NOTCH ** (-event.angleDelta().y() / 120)
        down, across = self._spans(self._place())
        x = across.first + (event.position().x() - across.start_px) / across.cell_px
        y = down.first + (event.position().y() - down.start_px) / down.cell_px
        shown = self._shown()
        left, top = x - (x - shown.left()) * factor, y - (y - shown.top()) * factor
        self._see(QRectF(left, top, shown.width() * factor, shown.height() * factor))
        self._point(self._cell_under(event.position()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._repaint()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._repaint()


def _paint_tip(painter: QPainter, text: str, pointer: QPointF, room: QRectF) -> None:
    """Words in a box beside the pointer, inside the widget."""
    painter.setFont(font(TEXT_PX))
    flags = Qt.TextFlag.TextWordWrap
    words = painter.boundingRect(QRectF(0, 0, min(_TIP_PX, room.width() - 20), 1000), flags, text)
    box = QRectF(0, 0, words.width() + 14, words.height() + 8)
    beside = QPoint(14, SMALL_PX + 8)
    box.moveTopLeft(pointer + QPointF(beside))
    if box.right() > room.right() - 2:
        box.moveRight(max(pointer.x() - 10, box.width() + 2))
    if box.bottom() > room.bottom() - 2:
        box.moveBottom(pointer.y() - 8)
    box.moveTop(max(box.top(), room.top() + 1))
    painter.setPen(QColor(active().line))
    painter.setBrush(QColor(active().bar_ground))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(active().text))
    painter.drawText(box.adjusted(7, 4, -7, -4), flags, text)
