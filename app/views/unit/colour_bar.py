"""What the colours of a picture mean, in numbers."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis import colours
from app.analysis.figures import NOT_RECORDED, figure, labels_apart
from app.palette import active

_BAR_PX, _APART_PX = 10, 6


class ColourBar(QWidget):
    """From −scale over 0 to +scale; beside it the marks of what has no number, where there is any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale = 0.0
        self._marks: tuple[tuple[tuple[int, int, int], str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scale(self, scale: float, *, has_not_finite: bool = False, has_not_recorded: bool = False) -> None:
        """Show what the full colour stands for, and which marks there are."""
        self.scale = scale
        marks = []
        if has_not_finite:
            marks.append((colours.NOT_FINITE_RGB, "NaN or Inf"))
        if has_not_recorded:
            marks.append((colours.NOT_RECORDED_RGB, NOT_RECORDED))
        if len(marks) != len(self._marks):
            self.updateGeometry()
        self._marks = tuple(marks)
        self.update()

    def labels(self) -> list[tuple[str, float]]:
        """The numbers that have room, each with the pixel that it begins at."""
        end = figure(self.scale)
        texts = (f"−{end}", "0", f"+{end}") if self.scale else ("", "0", "")
        widths = [self.fontMetrics().horizontalAdvance(text) for text in texts]
        middles = [widths[0] / 2, self.width() / 2, self.width() - widths[2] / 2]
        kept = labels_apart(middles, widths, _APART_PX)
        return [(texts[each], middles[each] - widths[each] / 2) for each in kept]

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(200, _BAR_PX + line + 4 + (line + 4 if self._marks else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        table = colours.DIVERGING[: colours.LEVELS]
        image = QImage(table.tobytes(), len(table), 1, len(table) * 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(0, 0, self.width() - 1, _BAR_PX), image)
        painter.setPen(QColor(active().line))
        painter.drawRect(QRectF(0, 0, self.width() - 1, _BAR_PX))
        painter.setPen(QColor(active().faint_text))
        line = self.fontMetrics().height()
        below = QRectF(0, _BAR_PX + 2, self.width(), line)
        for text, left in self.labels():
            painter.drawText(QPointF(left, below.top() + self.fontMetrics().ascent()), text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 5.0, below.bottom() + 4 + line / 2
        for rgb, text in self._marks:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(*rgb))
            painter.drawEllipse(QPointF(left, middle), 4.5, 4.5)
            painter.setPen(QColor(active().faint_text))
            painter.drawText(QPointF(left + 9, middle + self.fontMetrics().ascent() / 2 - 1), text)
            left += 9 + self.fontMetrics().horizontalAdvance(text) + 16
