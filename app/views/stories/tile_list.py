"""Samples, or changes of one, as tiles: a picture with some words below, or of a text its beginning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QTextOption
from PyQt6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.palette import SMALL_PX, active, font
from app.widgets.elided_text import elided_apart
from app.widgets.picture_view import paint_vector
from app.widgets.plain_text import elided, on_a_line, plain

Line = tuple[str, str]
"""Words, and a field of `app.palette.Palette` for their colour."""

_WIDTH_PX, _PICTURE_PX, _LINE_PX, _PADDING_PX, _MARGIN_PX = 104, 84.0, 15.0, 6.0, 3
_MOST_LETTERS, _MOST_TEXT_LINES, _BESIDE_PX = 400, 3, 14
_NEAR, _N_LINES = 30, 3
"""As many tiles as are on the screen."""


@dataclass(frozen=True, eq=False)
class Tiles:
    """Attributes:
    numbers: what is shown, in order.
    picture_of: a picture of each, or None.
    lines_of: what is told of each, as short as the tile is narrow.
    words_of: the same for those who do not see, where the lines are marks rather than words; None: the lines.
    text_of: of samples that are texts; empty: they are none.
    vector_of: the numbers of each, float ``[D]``, where they are no picture; None: they are neither.
    has_pictures: whether they are pictures or vectors, which stand in rows, rather than texts.
    others: lines that there could be; what is cut of one is seen to be none of these.
    """

    numbers: Sequence[int]
    picture_of: Callable[[int], QImage | None]
    lines_of: Callable[[int], Sequence[Line]]
    text_of: Callable[[int], str] = lambda _: ""
    vector_of: Callable[[int], np.ndarray | None] = lambda _: None
    words_of: Callable[[int], Sequence[Line]] | None = None
    has_pictures: bool = True
    others: Sequence[str] = ()


_NO_TILES = Tiles((), lambda _: None, lambda _: ())


class _TileModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tiles = _NO_TILES

    def show_tiles(self, tiles: Tiles) -> None:
        self.beginResetModel()
        self.tiles = tiles
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.tiles.numbers)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            number = self.tiles.numbers[index.row()]
            words = [text for text, _ in (self.tiles.words_of or self.tiles.lines_of)(number)]
            return on_a_line(", ".join(filter(None, [*words, self.tiles.text_of(number)])))
        return None


class TileList(QListView):
    """A click, or Enter, chooses one; arrows walk.

    Signals:
        chosen(int): number of what the user chose.
    """

    chosen = pyqtSignal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """A list that is called so."""
        super().__init__(parent)
        self._model = _TileModel(self)
        self._longest = ""
        self.current: int | None = None
        self.marked: frozenset[int] = frozenset()
        self.setModel(self._model)
        self.setItemDelegate(_TileDelegate(self))
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(120, 100)
        self.clicked.connect(lambda index: self.chosen.emit(self.tiles.numbers[index.row()]))
        self.activated.connect(lambda index: self.chosen.emit(self.tiles.numbers[index.row()]))

    @property
    def tiles(self) -> Tiles:
        """What is shown."""
        return self._model.tiles

    def show_tiles(self, tiles: Tiles) -> None:
        """Show these, from the top."""
        self._model.show_tiles(tiles)
        has_text = not tiles.has_pictures
        self.setFlow(QListView.Flow.TopToBottom if has_text else QListView.Flow.LeftToRight)
        self.setWrapping(not has_text)
        texts = map(tiles.text_of, tiles.numbers) if has_text else ()
        self._longest = max((plain(text, _MOST_LETTERS) for text in texts), key=len, default="")

    def show_words(self) -> None:
        """What is told of each has changed."""
        viewport = self.viewport()
        assert viewport is not None
        viewport.update()

    def show_current(self, number: int | None, marked: frozenset[int] = frozenset()) -> None:
        """Mark the one that is shown elsewhere, and some that are selected."""
        if (number, marked) != (self.current, self.marked):
            self.current, self.marked = number, marked
            self.show_words()

    def _column_px(self) -> int:
        """As many columns as there is room for share it."""
        viewport, bar = self.viewport(), self.verticalScrollBar()
        assert viewport is not None
        assert bar is not None
        room = self.width() - 2 * self.frameWidth() - bar.sizeHint().width() - 2
        return room // max(room // _WIDTH_PX, 1)

    def tile_size(self) -> QSize:
        """Of each."""
        if self.tiles.has_pictures:
            lines_px = _N_LINES * _LINE_PX
            return QSize(self._column_px(), int(_PICTURE_PX + lines_px + 2 * _PADDING_PX))
        viewport = self.viewport()
        assert viewport is not None
        wide = viewport.width()
        return QSize(wide, int(self._text_px(wide) + _LINE_PX + 2 * _PADDING_PX))

    def _text_px(self, wide: int) -> float:
        """As high as the longest of the texts, in whole lines."""
        metrics = QFontMetricsF(font(SMALL_PX))
        room = QRectF(0, 0, wide - 2 * _MARGIN_PX - 2 * _PADDING_PX - 3, 1e6)
        wrap = Qt.TextFlag.TextWrapAnywhere | Qt.TextFlag.TextWordWrap
        n_lines = round(metrics.boundingRect(room, wrap, self._longest).height() / metrics.lineSpacing())
        n_lines = min(max(n_lines, 1), _MOST_TEXT_LINES)
        return n_lines * metrics.lineSpacing() + 3


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, tiles: TileList) -> None:
        super().__init__(tiles)
        self._list = tiles

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return self._list.tile_size()

    def _lines_around(self, row: int) -> list[Sequence[Line]]:
        """Those of the tiles that are seen beside one, from which it has to differ."""
        tiles = self._list.tiles
        return [tiles.lines_of(each) for each in tiles.numbers[max(row - _NEAR, 0) : row + _NEAR]]

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if painter is None:
            return
        tiles, palette = self._list.tiles, active()
        number = tiles.numbers[index.row()]
        room = QRectF(option.rect).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        painter.save()
        painter.setClipRect(option.rect)
        is_current = number == self._list.current
        painter.setPen(QPen(QColor(palette.hovered if is_current else palette.line), 2 if is_current else 1))
        painter.setBrush(QColor(palette.bar_ground))
        painter.drawRoundedRect(room, 4, 4)
        if number in self._list.marked:
            painter.fillRect(QRectF(room.right() - 6, room.top() + 4, 3, room.height() - 8), QColor(palette.hovered))
        inside = room.adjusted(_PADDING_PX, _PADDING_PX - 2, -_PADDING_PX - 3, -2)
        if tiles.has_pictures:
            top = _paint_picture(painter, inside, tiles.picture_of(number), tiles.vector_of(number))
        else:
            top = room.bottom() - _LINE_PX - _PADDING_PX + 2
            _paint_text(painter, QRectF(inside.topLeft(), QPointF(inside.right(), top)), tiles.text_of(number))
        painter.setFont(font(SMALL_PX))
        metrics, x, lines = QFontMetricsF(painter.font()), inside.left(), tiles.lines_of(number)
        share = (inside.width() + _BESIDE_PX) / max(len(lines), 1) - _BESIDE_PX
        for line, (text, colour) in enumerate(lines):
            painter.setPen(QColor(getattr(palette, colour)))
            own_px = inside.right() - x
            if not tiles.has_pictures:  # a text is wide: side by side
                own_px -= sum(min(metrics.horizontalAdvance(rest), share) + _BESIDE_PX for rest, _ in lines[line + 1 :])
            words = elided(metrics, text, own_px)
            if words != text:
                others = [each[line][0] for each in self._lines_around(index.row()) if line < len(each)]
                words = elided_apart(metrics, [text, *others, *tiles.others], own_px)[0]
            painter.drawText(QRectF(x, top, inside.right() - x, _LINE_PX), Qt.AlignmentFlag.AlignVCenter, words)
            if tiles.has_pictures:
                top += _LINE_PX
            else:
                x += metrics.horizontalAdvance(words) + _BESIDE_PX
        painter.restore()


def _paint_picture(painter: QPainter, inside: QRectF, image: QImage | None, vector: np.ndarray | None) -> float:
    """Below it there is room."""
    if vector is not None:
        paint_vector(painter, QRectF(inside.left(), inside.top(), inside.width(), _PICTURE_PX - 8), vector)
    if image is not None:
        size = image.size().scaled(int(inside.width()), int(_PICTURE_PX - 6), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(inside.left(), inside.top(), inside.width(), _PICTURE_PX - 6).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, image)
    return inside.top() + _PICTURE_PX - 4


def _paint_text(painter: QPainter, room: QRectF, text: str) -> None:
    painter.setFont(font(SMALL_PX))
    painter.setPen(QColor(active().text))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    line_px = QFontMetricsF(painter.font()).lineSpacing()
    room.setHeight(room.height() // line_px * line_px)  # whole lines
    painter.save()
    painter.setClipRect(room)
    painter.drawText(room, plain(text, _MOST_LETTERS), option)
    painter.restore()
