"""Paints what the colours of a matrix mean, in numbers, and what its marks mean."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPainter

from app.palette import SMALL_PX, active, font
from app.views.correlations.analysis.matrix_colours import LEVELS, NO_VALUE, RGB, MatrixScale, Table
from app.views.correlations.analysis.matrix_picture import MatrixPicture
from app.views.correlations.matrix_place import MARK_PX, TICK_PX

HATCH = QBrush(QColor(235, 238, 243, 150), Qt.BrushStyle.BDiagPattern)
_SQUARE_PX = 11


def paint_bar(painter: QPainter, scale: MatrixScale, bar: QRectF) -> None:
    """The table upright, its largest value on top, with five numbers."""
    column = np.ascontiguousarray(RGB[scale.table][:LEVELS][::-1])
    painter.drawImage(bar, QImage(column.tobytes(), 1, LEVELS, 3, QImage.Format.Format_RGB888))
    painter.setPen(QColor(active().line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    painter.setPen(QColor(active().faint_text))
    painter.setFont(font(SMALL_PX))
    texts = scale.tick_texts(5 if bar.height() >= 70 else 2)
    half = painter.fontMetrics().height() / 2
    for number, text in enumerate(texts):
        y = bar.top() + bar.height() * number / (len(texts) - 1)
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
        y = min(max(y, bar.top() + half - 3), bar.bottom() - half + 4)
        box = QRectF(bar.right() + TICK_PX, y - half, 60, 2 * half)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def marks_of(picture: MatrixPicture) -> list[tuple[QBrush, str]]:
    """The marks that the matrix has, and what each says."""
    marks = []
    if picture.hatched is not None and picture.hatched.any():
        marks.append((HATCH, picture.hatched_means))
    if (picture.numbers == NO_VALUE).any():
        marks.append((QBrush(QColor(*RGB[picture.scale.table][NO_VALUE].tolist())), picture.absent_means))
    return marks


def paint_marks(painter: QPainter, marks: list[tuple[QBrush, str]], start: QPointF) -> None:
    """A small square for each, and its words below it."""
    painter.setFont(font(SMALL_PX))
    line = painter.fontMetrics().height()
    y = start.y()
    for brush, text in marks:
        box = QRectF(start.x(), y, _SQUARE_PX, _SQUARE_PX)
        if brush.style() is Qt.BrushStyle.BDiagPattern:
            painter.fillRect(box, QColor(*RGB[Table.HOT][0].tolist()))
        painter.fillRect(box, brush)
        painter.setPen(QColor(active().line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.setPen(QColor(active().faint_text))
        words = text.split()
        painter.drawText(QPointF(box.right() + 4, box.bottom()), words[0])
        painter.drawText(QPointF(box.left(), box.bottom() + line), " ".join(words[1:]))
        y += MARK_PX - 4
