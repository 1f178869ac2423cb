"""Text above and below the columns: what each is, and the value of its full colour."""

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.columns import Drawing
from app.analysis.graph import Graph
from app.analysis.graph_view import ColumnView, GraphView
from app.analysis.layout import HEADING_LINE, Layout
from app.analysis.rectangle import Rectangle
from app.analysis.unit_facts import short_figure
from app.palette import SMALL_PX, TITLE_PX, Palette, font

_CENTRED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
_NARROWEST = 14.0


class LabelsItem(QGraphicsItem):
    """Draws headings and scales; what has no room is shortened."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._bounds = QRectF()
        self._graph: Graph | None = None
        self._layout: Layout | None = None
        self._headings: list[tuple[QRectF, str, bool]] = []
        self._scales: list[tuple[QRectF, str]] = []
        self._view: GraphView | None = None

    def show_graph(self, graph: Graph | None, layout: Layout | None) -> None:
        """Show the headings of another graph, or of the same in another place."""
        if graph is self._graph and layout is self._layout:
            return
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._graph, self._layout = graph, layout
        self._headings = [] if graph is None or layout is None else _headings(graph, layout)
        self._place_scales()

    def show_view(self, view: GraphView | None) -> None:
        """Show the scales that a pass is drawn in."""
        if view is self._view:
            return
        self._view = view
        self._place_scales()

    def _place_scales(self) -> None:
        self._scales = []
        if self._view is not None and self._layout is not None and self._view.graph is self._graph:
            self._scales = _scales(self._view, self._layout)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        title, small = font(TITLE_PX, bold=True), font(SMALL_PX)
        for rectangle, text, is_title in self._headings:
            painter.setFont(title if is_title else small)
            painter.setPen(QColor(self._palette.text if is_title else self._palette.faint_text))
            painter.drawText(rectangle, _CENTRED, text)
        painter.setFont(small)
        painter.setPen(QColor(self._palette.faint_text))
        for rectangle, text in self._scales:
            painter.drawText(rectangle, _CENTRED, text)


def _headings(graph: Graph, layout: Layout) -> list[tuple[QRectF, str, bool]]:
    title, small = QFontMetricsF(font(TITLE_PX, bold=True)), QFontMetricsF(font(SMALL_PX))
    most = max((len(column.headings) for column in graph.columns), default=0)
    placed = []
    for column, spot in zip(graph.columns, layout.columns, strict=True):
        if spot.heading.width < _NARROWEST:
            continue
        # titles of all columns stand on one line, however many lines follow
        top = spot.heading.bottom - most * HEADING_LINE
        for line, wordings in enumerate(column.headings):
            text = _fitting(wordings, title if line == 0 else small, spot.heading.width)
            rectangle = QRectF(spot.heading.x, top + line * HEADING_LINE, spot.heading.width, HEADING_LINE)
            placed.append((rectangle, text, line == 0))
    return placed


def _fitting(wordings: tuple[str, ...], metrics: QFontMetricsF, width: float) -> str:
    """The first wording that fits; the last one shortened where none does."""
    for wording in wordings:
        if metrics.horizontalAdvance(wording) <= width:
            return wording
    return metrics.elidedText(wordings[-1], Qt.TextElideMode.ElideRight, width)


def _scales(view: GraphView, layout: Layout) -> list[tuple[QRectF, str]]:
    """Full colour of each column below it, and of each pair of neighbours between them where there is room."""
    metrics = QFontMetricsF(font(SMALL_PX))
    placed: list[tuple[QRectF, str]] = []
    taken: list[tuple[float, float]] = []
    for column, spot, each in zip(view.graph.columns, layout.columns, view.columns, strict=True):
        text = _column_scale(column.drawing, each)
        width = metrics.horizontalAdvance(text)
        middle = spot.body.x + spot.body.width / 2
        if text and width <= spot.footer.width:
            placed.append((_around(middle, width, spot.footer), text))
            taken.append((middle - width / 2, middle + width / 2))
        else:
            taken.append((spot.body.x, spot.body.right))
    between: list[tuple[QRectF, str]] = []
    for pair, edges in zip(view.graph.pairs, view.pairs, strict=True):
        if pair.target != pair.source + 1 or edges.values is None:
            continue
        left, right = taken[pair.source][1], taken[pair.target][0]
        text = f"— {short_figure(edges.scale)}"
        if (width := metrics.horizontalAdvance(text)) > right - left - 14:
            return placed  # some of them only would look as if the others had none
        between.append((_around((left + right) / 2, width, layout.columns[pair.source].footer), text))
    return placed + between


def _around(middle: float, width: float, line: Rectangle) -> QRectF:
    return QRectF(middle - width / 2 - 2, line.y, width + 4, line.height)


def _column_scale(drawing: Drawing, view: ColumnView) -> str:
    if view.tiles is not None:
        return ("±" if view.tiles_are_signed else "0…") + short_figure(view.tiles_scale)
    if view.values is None or drawing is Drawing.PICTURE:
        return ""
    return "±" + short_figure(view.scale)
