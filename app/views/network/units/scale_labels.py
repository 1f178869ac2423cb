"""The value of the full colour of each column, below it, and of each pair of neighbours, between them."""

from typing import NamedTuple

from PyQt6.QtCore import QRectF

from app.analysis.figures import DAMAGED, short_figure
from app.analysis.graph.column_view import ColumnView
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.graph_options import NodeMode
from app.analysis.graph.graph_view import GraphView, PairView
from app.analysis.graph.rectangle import Rectangle
from app.analysis.graph.unit_facts import NO_BIAS
from app.palette import SMALL_PX
from app.views.network.text import text_width
from app.views.network.units.analysis.layout import Layout

_FROM_ZERO = "0…"
_ABSENT = "none"
"""Where one pair of several was not recorded."""

LINE_PX = 14.0
"""Room for the line of a label of edges, before its text."""


class ScaleLabel(NamedTuple):
    """A text below the columns.

    Attributes:
        room: where it stands, its line included.
        text: what it says.
        is_of_edges: a short line is drawn before it, since it tells what edges show.
    """

    room: QRectF
    text: str
    is_of_edges: bool = False


def scale_labels(view: GraphView, layout: Layout) -> list[ScaleLabel]:
    """Place and text of each label; between columns there are all of them, or none where one has no room."""
    placed: list[ScaleLabel] = []
    taken: list[tuple[float, float]] = []
    texts = _column_labels(view, layout)
    for number, text in enumerate(texts):
        spot = layout.columns[number]
        width = text_width(text, SMALL_PX)
        middle = spot.body.x + spot.body.width / 2
        if text and width <= spot.footer.width:
            placed.append(ScaleLabel(_around(middle, width, spot.footer), text))
            taken.append((middle - width / 2, middle + width / 2))
        else:
            taken.append((spot.body.x, spot.body.right))
    between: list[ScaleLabel] = []
    if all(edges.values is None for edges in view.pairs):
        return placed
    for number, pair in enumerate(view.graph.pairs):
        if pair.target != pair.source + 1 or pair.wiring is None:
            continue
        left, right = taken[pair.source][1], taken[pair.target][0]
        text = _pair_label(view.pairs[number])
        if (width := LINE_PX + text_width(text, SMALL_PX)) > right - left - 5:
            return placed  # some of them only would look as if the others had none
        room = _around((left + right) / 2, width, layout.columns[pair.source].footer)
        between.append(ScaleLabel(room, text, is_of_edges=True))
    return placed + between


def _column_labels(view: GraphView, layout: Layout) -> list[str]:
    """A label for each column, all of them without the lower end where one has no room for it."""
    texts = [
        _column_label(column, view.columns[number], view.options.nodes)
        for number, column in enumerate(view.graph.columns)
    ]
    if all(text_width(text, SMALL_PX) <= layout.columns[number].footer.width for number, text in enumerate(texts)):
        return texts
    return [text.removeprefix(_FROM_ZERO) for text in texts]


def _around(middle: float, width: float, line: Rectangle) -> QRectF:
    return QRectF(middle - width / 2 - 2, line.y, width + 4, line.height)


def _column_label(column: Column, view: ColumnView, mode: NodeMode) -> str:
    if column.drawing is Drawing.PICTURE or column.are_tokens:
        return ""
    if view.tiles is not None:
        return ("±" if view.tiles_are_signed else _FROM_ZERO) + short_figure(view.tiles_scale)
    if view.values is None:
        return NO_BIAS if mode is NodeMode.BIAS and column.has_no_bias else ""
    return ("±" if view.is_signed else _FROM_ZERO) + short_figure(view.scale)


def _pair_label(view: PairView) -> str:
    if view.damage:
        return DAMAGED
    return _ABSENT if view.values is None else f"±{short_figure(view.scale)}"
