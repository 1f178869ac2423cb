"""What widgets show, as a picture that stands alone: with a heading, without controls, not cut by a scroll bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QRegion
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QListView,
    QProgressBar,
    QScrollArea,
    QSplitterHandle,
    QTableView,
    QTextEdit,
    QWidget,
)

from app.palette import active

MARGIN, GAP = 16, 10
TITLE_PX, WORDS_PX = 17, 12
LARGEST_PX = 16_000
"""No side of a picture is longer; of a longer table it has the first rows, and says how many are left out."""

HINT = "is_hint"
"""Property of widgets that tell how to use the window, which is nothing that a picture shows."""

_CONTROLS = (QAbstractButton, QAbstractSlider, QLineEdit, QProgressBar, QSplitterHandle)
_TEXT_FLAGS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True)
class Figure:
    """A picture to be.

    Attributes:
        title: what it shows.
        context: what it is of, a line each: the run, the pass, what is selected.
        parts: widgets from top to bottom, as they are set up now.
    """

    title: str
    context: Sequence[str]
    parts: Sequence[QWidget]

    def size(self) -> QSize:
        """Its size in px of the screen."""
        width = max((full_size(part).width() for part in self.parts), default=400) + 2 * MARGIN
        return QSize(width, min(self._needed_px(width), LARGEST_PX))

    def _needed_px(self, width: int) -> int:
        parts_px = sum(full_size(part).height() + GAP for part in self.parts)
        return self._heading_px(width) + parts_px + MARGIN

    def paint(self, painter: QPainter, size: QSize) -> None:
        """Paint it, of the size that `size` says."""
        width = size.width()
        painter.fillRect(QRect(QPoint(0, 0), size), QColor(active().background))
        top = MARGIN
        for line, font, colour in self._lines():
            painter.setFont(font)
            painter.setPen(QColor(colour))
            height = _wrapped_px(font, line, width)
            painter.drawText(QRect(MARGIN, top, width - 2 * MARGIN, height), _TEXT_FLAGS, line)
            top += height
        top += GAP
        is_cut = self._needed_px(width) > size.height()
        bottom = size.height() - (MARGIN + _wrapped_px(_font(WORDS_PX), "", width) if is_cut else 0)
        left_out = ""
        for part in self.parts:
            wanted = full_size(part)
            if top + wanted.height() > bottom:
                height, words = _cut(part, max(bottom - top, 0))
                wanted.setHeight(height)
                left_out = left_out or words
            paint_widget(painter, part, QRect(QPoint(MARGIN, top), wanted))
            top += wanted.height() + GAP
        if is_cut:
            painter.setFont(_font(WORDS_PX))
            painter.setPen(QColor(active().faint_text))
            painter.drawText(QRect(MARGIN, bottom, width - 2 * MARGIN, MARGIN * 2), _TEXT_FLAGS, left_out)

    def _heading_px(self, width: int) -> int:
        return MARGIN + sum(_wrapped_px(font, line, width) for line, font, _ in self._lines()) + GAP

    def _lines(self) -> list[tuple[str, QFont, str]]:
        heading = [(self.title, _font(TITLE_PX, is_bold=True), active().text)]
        return heading + [(line, _font(WORDS_PX), active().faint_text) for line in self.context if line]

    def save(self, path: Path, width: int | None = None) -> None:
        """Write it: shapes and text for ``.svg``, an image for anything else that Qt can write.

        Args:
            path: where.
            width: of an image, in px; None for twice the px of the screen.

        Raises:
            OSError: it cannot be written there, or the ending stands for no kind of picture.
        """
        size = self.size()
        if path.suffix.lower() == ".svg":
            self._save_svg(path, size)
            return
        scale = min(2.0 if width is None else width / size.width(), LARGEST_PX / max(size.width(), size.height()))
        image = QImage(round(size.width() * scale), round(size.height() * scale), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(scale, scale)
        self.paint(painter, size)
        painter.end()
        if not image.save(str(path)):
            raise OSError(
                f"{str(path)!r} cannot be written as a picture. Choose a folder that can be, and .png or .svg."
            )

    def _save_svg(self, path: Path, size: QSize) -> None:
        with path.open("ab"):
            pass  # says what is wrong with the place, which the generator would not
        generator = QSvgGenerator()
        generator.setFileName(str(path))
        generator.setSize(size)
        generator.setViewBox(QRect(QPoint(0, 0), size))
        generator.setResolution(96)
        generator.setTitle(self.title)
        generator.setDescription("\n".join(self.context))
        painter = QPainter()
        if not painter.begin(generator):
            raise OSError(f"{str(path)!r} cannot be written.")
        self.paint(painter, size)
        painter.end()


def full_size(widget: QWidget) -> QSize:
    """The size at which nothing of a widget is scrolled away; at least that on the screen."""
    size = widget.size()
    if isinstance(widget, QTableView):
        size.setHeight(max(size.height(), _table_px(widget)))
    elif isinstance(widget, QListView | QTextEdit) and (rest := widget.verticalScrollBar()) is not None:
        size.setHeight(size.height() + rest.maximum())
    for area in widget.findChildren(QScrollArea):
        if area.isVisibleTo(widget):
            across, down = area.horizontalScrollBar(), area.verticalScrollBar()
            assert across is not None and down is not None
            size += QSize(across.maximum(), down.maximum())
    return size.expandedTo(widget.minimumSizeHint())


def paint_widget(painter: QPainter, widget: QWidget, place: QRect) -> None:
    """Paint a widget and all in it but the controls; of a choice only what is chosen, in words.

    A widget with ``paint_to(painter, rect)`` paints itself.
    """
    before = widget.size()
    bar = widget.verticalScrollBar() if isinstance(widget, QTableView | QListView | QTextEdit) else None
    scrolled = bar.value() if bar else 0
    if before != place.size():
        widget.resize(place.size())
    if bar:
        bar.setValue(0)
    _paint(painter, widget, place.topLeft())
    if before != place.size():
        widget.resize(before)
    if bar:
        bar.setValue(scrolled)


def _paint(painter: QPainter, widget: QWidget, at: QPoint) -> None:
    chosen = _chosen_words(widget)
    if widget.property(HINT) or (isinstance(widget, _CONTROLS) and not chosen):
        return
    painter.save()
    if chosen:
        painter.setFont(widget.font())
        painter.setPen(QColor(active().text))
        painter.drawText(QRect(at, widget.size()), Qt.AlignmentFlag.AlignVCenter, chosen)
    elif hasattr(widget, "paint_to"):
        widget.paint_to(painter, QRectF(QRect(at, widget.size())))
    else:
        painter.translate(at)
        QWidget.render(widget, painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawWindowBackground)
        for child in widget.children():
            if isinstance(child, QWidget) and not child.isWindow() and child.isVisibleTo(widget):
                _paint(painter, child, child.pos())
    painter.restore()


def _chosen_words(widget: QWidget) -> str:
    """What a choice says without its frame: a picture has to tell what was chosen."""
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QAbstractButton) and widget.isCheckable() and widget.isChecked():
        return widget.text()
    return ""


def _table_px(table: QTableView) -> int:
    return _above_rows_px(table) + _rows(table).length()


def _above_rows_px(table: QTableView) -> int:
    columns = table.horizontalHeader()
    assert columns is not None
    return (0 if columns.isHidden() else columns.height()) + 2 * table.frameWidth()


def _rows(table: QTableView) -> QHeaderView:
    rows = table.verticalHeader()
    assert rows is not None
    return rows


def _cut(widget: QWidget, most: int) -> tuple[int, str]:
    """The greatest height of at most so many px at which no row of a table is cut in two, and what is left out."""
    height, rest = most, "What is more does not fit into a picture"
    if isinstance(widget, QTableView):
        rows, above = _rows(widget), _above_rows_px(widget)
        shown = rows.visualIndexAt(max(most - above, 0) - rows.offset())
        if shown < 0:
            return most, ""  # only the ground below the last row
        height = min(above + rows.sectionPosition(rows.logicalIndex(shown)), most)
        rest = f"{rows.count() - shown:,} of {rows.count():,} rows do not fit into a picture"
    return height, f"{rest}; “Save numbers” in the menu has all of them."


def _font(px: int, *, is_bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(px)
    font.setBold(is_bold)
    return font


def _wrapped_px(font: QFont, line: str, width: int) -> int:
    room = QRect(0, 0, width - 2 * MARGIN, LARGEST_PX)
    return QFontMetrics(font).boundingRect(room, int(_TEXT_FLAGS), line).height() + 4
