"""Text above the columns, which names them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.graph import Graph
from app.analysis.health import Health
from app.palette import SMALL_PX, TITLE_PX, active
from app.views.network.text import shortened_apart, text_width, write
from app.views.network.units.analysis.layout import HEADING_LINE, Layout
from app.widgets.severity_mark import MARK_PX, paint_mark

_NARROWEST = 14.0
_AROUND = 7.0
_EDGE = 2.0
_BETWEEN = 2.0
_BADGE = MARK_PX + _AROUND + 3.0


class Heading(NamedTuple):
    """A line above a column by its number; the first one is its title."""

    room: QRectF
    text: str
    column: int
    is_title: bool


class HeadingsItem(QGraphicsItem):
    """Draws the headings once for all passes; what has no room is shortened.

    The title of one may be marked; before those of columns of which something is found stands its mark. Of another size
    the scene need not be told, see `WholeItem`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._title_px = TITLE_PX
        self._bounds = QRectF()
        self._graph: Graph | None = None
        self._layout: Layout | None = None
        self._headings: list[Heading] = []
        self._marked: int | None = None
        self._health: Mapping[int, Health] = {}

    @property
    def health(self) -> Mapping[int, Health]:
        """Number of a column → what is found of its layers."""
        return self._health

    @property
    def marked(self) -> int | None:
        """Number of the column whose title is accented."""
        return self._marked

    @property
    def titles(self) -> list[str]:
        """The first line of each heading, as it is drawn."""
        return [each.text for each in self._headings if each.is_title]

    @property
    def lines(self) -> list[str]:
        """All other lines."""
        return [each.text for each in self._headings if not each.is_title]

    def show_graph(self, graph: Graph | None, layout: Layout | None) -> None:
        """Show the headings of another graph, or of the same in another place."""
        if graph is self._graph and layout is self._layout:
            return
        self._graph, self._layout = graph, layout
        self._title_px = TITLE_PX if graph is None or layout is None else _title_px(graph, layout)
        self._headings = [] if graph is None or layout is None else _headings(graph, layout, self._title_px)
        self._bounds = QRectF()
        for heading in self._headings:
            self._bounds = self._bounds.united(heading.room.adjusted(-_BADGE, -_BADGE, _BADGE, _EDGE))
        self.update()

    def mark(self, column: int | None) -> None:
        """Accent the title of one column by number, or of none."""
        if column != self._marked:
            self._marked = column
            self.update()

    def show_health(self, health: Mapping[int, Health]) -> None:
        """What is found of the layers of columns, by their numbers."""
        if health != self._health:
            self._health = health
            self.update()

    def column_at(self, x: float, y: float) -> int | None:
        """Number of the column whose heading is at a point."""
        for room, text, column, _ in self._headings:
            half = text_width(text, SMALL_PX) / 2 + _AROUND
            if QRectF(room.center().x() - half, room.top(), 2 * half, room.height()).contains(x, y):
                return column
        return None

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        palette = active()
        found = [each for each in self._headings if each.is_title and each.column in self._health]
        are_beside = all(_has_room(each.room, each.text, self._title_px) for each in found)
        for heading in self._headings:
            rectangle, text, column, is_title = heading
            is_marked = is_title and column == self._marked
            if is_marked:
                _draw_mark(painter, rectangle, text, self._title_px)
            colour = palette.background if is_marked else palette.text if is_title else palette.faint_text
            write(painter, rectangle, text, colour, self._title_px if is_title else SMALL_PX, bold=is_title)
            if heading in found:
                left = _left_of(rectangle, text, self._title_px)
                x = left + MARK_PX / 2 if are_beside else rectangle.center().x()
                y = rectangle.center().y() if are_beside else rectangle.top() - MARK_PX / 2
                paint_mark(painter, QPointF(x, y), self._health[column].severity)


def _draw_mark(painter: QPainter, rectangle: QRectF, text: str, pixels: int) -> None:
    # beyond its room stand the titles of others
    half = min(text_width(text, pixels, bold=True) / 2 + _AROUND, rectangle.width() / 2 + _BETWEEN)
    middle = rectangle.center().x()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(active().bar))
    painter.drawRoundedRect(QRectF(middle - half, rectangle.top() - 1, 2 * half, rectangle.height() + 2), 4, 4)


def _left_of(rectangle: QRectF, title: str, pixels: int) -> float:
    """Where a mark before a title begins."""
    return rectangle.center().x() - text_width(title, pixels, bold=True) / 2 - _BADGE


def _has_room(rectangle: QRectF, title: str, pixels: int) -> bool:
    """Whether a mark stands before a title without touching others; else all marks stand above."""
    return _left_of(rectangle, title, pixels) >= rectangle.left() - _BETWEEN


def _title_px(graph: Graph, layout: Layout) -> int:
    """One size for all titles: smaller where some column is too narrow for its title."""
    is_narrow = any(
        text_width(column.headings[0][-1], TITLE_PX, bold=True) > layout.columns[number].heading.width + _BETWEEN
        for number, column in enumerate(graph.columns)
    )
    return SMALL_PX if is_narrow else TITLE_PX


def _headings(graph: Graph, layout: Layout, title_px: int) -> list[Heading]:
    """Every line in its place."""
    placed = []
    rooms = [spot.heading for spot in layout.columns]
    # titles of all columns stand on one line, however many lines follow
    top = min((room.y for room in rooms), default=layout.height)
    titles = [
        _title(column.headings[0], rooms[number].width + _BETWEEN, title_px)
        for number, column in enumerate(graph.columns)
    ]
    cut = [column.headings[0][-1] for number, column in enumerate(graph.columns) if titles[number] is None]
    for number, column in enumerate(graph.columns):
        width = rooms[number].width
        if width < _NARROWEST:
            continue
        for line, wordings in enumerate(column.headings):
            if line == 0:
                text = titles[number] or _cut(wordings[-1], cut, width + _BETWEEN, title_px)
            else:
                text = _fitting(wordings, width + 2 * _BETWEEN)
            room = QRectF(rooms[number].x, top + line * HEADING_LINE, width, HEADING_LINE)
            placed.append(Heading(room, text, number, is_title=line == 0))
    return placed


def _title(wordings: tuple[str, ...], width: float, pixels: int) -> str | None:
    """The first wording that fits; None where none does."""
    return next((wording for wording in wordings if text_width(wording, pixels, bold=True) <= width), None)


def _cut(title: str, others: Sequence[str], width: float, pixels: int) -> str:
    """A title that is shortened so that the others which have to be are seen to be others."""
    return shortened_apart((title, *others), width, pixels, bold=True)[0]


def _fitting(wordings: tuple[str, ...], width: float) -> str:
    """The first wording that fits; nothing where none does, for a number cut off is another number."""
    return next((wording for wording in wordings if text_width(wording, SMALL_PX) <= width), "")
