"""A matrix whose rows and columns have names: what a layer gives along a sequence, or what a head attends to."""

from math import ceil

from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis import colours
from app.palette import SMALL_PX, active, font
from app.views.features.analysis.sequence_maps import NamedMatrix
from app.widgets.empty_state import write_absence
from app.widgets.plain_text import elided, on_a_line, plain_tooltip
from app.widgets.walk import CellWalk

_MOST_LEFT_PX, _MOST_TOP_PX = 130, 84
_SPACE = 5
_MOST_CELL_PX = 40


class MatrixMap(QWidget):
    """Draws it as large as fits, names at the left and above; what is under the pointer is told in words.

    Signals:
        column_requested(int): the true number of the column that was clicked.
    """

    column_requested = pyqtSignal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix: NamedMatrix | None = None
        self._message = ""
        self._image = QImage()
        self._pointed: tuple[int, int] | None = None
        self._chosen: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.walk = CellWalk(self, self._cells, self.cell_of)

    @property
    def matrix(self) -> NamedMatrix | None:
        """What is shown."""
        return self._matrix

    @property
    def message(self) -> str:
        """Why nothing is shown."""
        return self._message

    def show_matrix(self, matrix: NamedMatrix | None, message: str = "") -> None:
        """Show it, or say why there is none."""
        self._matrix, self._message = matrix, message
        self.setAccessibleDescription(message)
        self._image = QImage() if matrix is None else _image(matrix)
        self.update()

    def show_column(self, number: int | None) -> None:
        """Frame a column, by its true number."""
        if number != self._chosen:
            self._chosen = number
            self.update()

    def _cells(self) -> list[int]:
        return [] if self._matrix is None else [self._matrix.values.shape[1]] * len(self._matrix.values)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(font(SMALL_PX))

    def _place(self) -> QRectF:
        """Where the cells are."""
        assert self._matrix is not None
        metrics = self._metrics()
        left = min(max(map(metrics.horizontalAdvance, self._matrix.rows)), _MOST_LEFT_PX) + 2 * _SPACE
        widest = max(map(metrics.horizontalAdvance, self._matrix.columns))
        n_rows, n_columns = self._matrix.values.shape
        width = min(self.width() - left - _SPACE, n_columns * _MOST_CELL_PX)
        above = metrics.height() if self._is_level(width / n_columns, widest) else min(widest, _MOST_TOP_PX)
        top = above + 2 * _SPACE
        return QRectF(left, top, width, min(self.height() - top - _SPACE, n_rows * _MOST_CELL_PX))

    def _is_level(self, across: float, widest: float) -> bool:
        """Whether names of columns are written from left to right: numbers that can be thinned, or short words."""
        assert self._matrix is not None
        return widest + _SPACE <= across or all(each.isdecimal() for each in self._matrix.columns)

    def cell_of(self, row: int, column: int) -> QRectF:
        """Where a value is."""
        assert self._matrix is not None
        place, (n_rows, n_columns) = self._place(), self._matrix.values.shape
        across, down = place.width() / n_columns, place.height() / n_rows
        return QRectF(place.left() + column * across, place.top() + row * down, across, down)

    def tip(self, at: QPointF) -> str:
        """The value at a point in words; empty where there is none."""
        cell = self._cell_at(at)
        return "" if cell is None or self._matrix is None else self._matrix.tell(*cell)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        if self._matrix is None or not (place := self._place()).contains(at):
            return None
        n_rows, n_columns = self._matrix.values.shape
        row = int((at.y() - place.top()) / place.height() * n_rows)
        column = int((at.x() - place.left()) / place.width() * n_columns)
        return min(row, n_rows - 1), min(column, n_columns - 1)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._matrix is None:
            write_absence(painter, self.rect().adjusted(12, 0, -12, 0), self._message)
            return
        place = self._place()
        painter.drawImage(place, self._image)
        painter.setPen(QColor(active().line))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        self._paint_rows(painter, place)
        self._paint_columns(painter, place)
        if self._chosen in self._matrix.column_numbers:
            column = self._matrix.column_numbers.index(self._chosen)
            painter.setPen(QPen(QColor(active().hovered), 2))
            painter.drawRect(self.cell_of(0, column).united(self.cell_of(len(self._matrix.values) - 1, column)))
        if self._pointed is not None:
            painter.setPen(QColor(active().text))
            painter.drawRect(self.cell_of(*self._pointed))

    def _paint_rows(self, painter: QPainter, place: QRectF) -> None:
        assert self._matrix is not None
        painter.setFont(font(SMALL_PX))
        metrics, down = self._metrics(), place.height() / len(self._matrix.rows)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        pointed = None if self._pointed is None else self._pointed[0]
        for row in _apart(len(self._matrix.rows), metrics.height() - 2, down, pointed):
            painter.setPen(QColor(active().text if row == pointed else active().faint_text))
            middle = place.top() + (row + 0.5) * down
            spot = QRectF(0, middle - metrics.height() / 2, place.left() - _SPACE, metrics.height())
            painter.drawText(spot, right, elided(metrics, on_a_line(self._matrix.rows[row]), spot.width() - 2))

    def _paint_columns(self, painter: QPainter, place: QRectF) -> None:
        assert self._matrix is not None
        metrics, across = self._metrics(), place.width() / len(self._matrix.columns)
        widest = max(map(metrics.horizontalAdvance, self._matrix.columns))
        is_level = self._is_level(across, widest)
        pointed = None if self._pointed is None else self._pointed[1]
        need = widest + _SPACE if is_level else metrics.height() - 2
        for column in _apart(len(self._matrix.columns), need, across, pointed):
            painter.setPen(QColor(active().text if column == pointed else active().faint_text))
            middle, name = place.left() + (column + 0.5) * across, on_a_line(self._matrix.columns[column])
            painter.save()
            if is_level:
                spot = QRectF(middle - need / 2, 0, need, place.top() - _SPACE)
                painter.drawText(spot, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, name)
            else:
                painter.translate(middle, place.top() - _SPACE)
                painter.rotate(-90)
                spot = QRectF(0, -metrics.height() / 2, place.top() - _SPACE, metrics.height())
                painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter, elided(metrics, name, spot.width() - 2))
            painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._point(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._matrix is None:
            return
        cell = self._cell_at(event.position())
        if cell is not None:
            self.column_requested.emit(self._matrix.column_numbers[cell[1]])

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = QRect(event.pos(), QSize(1, 1))  # so that the next value has words of its own
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tip(QPointF(event.pos()))), self, near)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)


def _apart(n: int, need: float, pitch: float, pointed: int | None) -> list[int]:
    """Numbers of the names that have room, and of the one that is pointed at."""
    every = ceil(need / pitch)
    kept = range(0, n, every)
    return list(kept) if pointed is None else [*(each for each in kept if abs(each - pointed) >= every), pointed]


def _image(matrix: NamedMatrix) -> QImage:
    if matrix.is_signed:
        pixels = colours.diverging_rgba(matrix.values, matrix.scale)
    else:
        pixels = colours.GREY[colours.grey_numbers(matrix.values, matrix.scale)]
    height, width = matrix.values.shape
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
