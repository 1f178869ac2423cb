"""Draws what of a network of modules stays the same at every pass: frames, edges, and boxes with their words."""

from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from itertools import pairwise

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.analysis.graph.rectangle import Rectangle
from app.analysis.health import Health
from app.palette import SMALL_PX, TEXT_PX, active
from app.views.network.modules.analysis.module_layout import HEADING, Edge, ModuleLayout, Point
from app.views.network.modules.analysis.module_text import box_text, frame_heading, operation_sign
from app.views.network.shape_arrays import lines_of, rects_of
from app.views.network.text import CENTRED, LEFT, is_vector, shortened, shortened_apart, text_width, write
from app.widgets.severity_mark import MARK_PX, paint_mark

READABLE = 0.45
"""All but names is drawn in boxes from this zoom on."""

LEAST_PX = 9.0
"""Of small words on the screen: from further away they are written larger, in fewer lines."""

FAR, FEW = 0.18, 300
"""Below this zoom each of more boxes is a rectangle, and nothing in it could be seen."""

NAME_AT, KIND_AT, SHAPE_AT, UNITS_AT, BARS_AT = 3.0, 19.0, 33.0, 50.0, 60.0
"""Tops of the lines in a box, px."""

INSET = 7.0
LINE, ROUND = 16.0, 5.0
"""Height of a line, and radius of the corners of a box, px."""

_ARROW = 6.0
_BEND = 8.0
_LEAST_HEADING = 34.0
_LEAST_MARK = 7.0
"""Px of the screen that a mark has from afar too."""
_FAR_LINE = 13.0
"""Of small words that are as small as they can be read, px."""


def is_far(layout: ModuleLayout, zoom: float) -> bool:
    """Whether so many boxes are so small that nothing is drawn in them."""
    return zoom < FAR and len(layout.boxes) > FEW


def draw_structure(
    painter: QPainter, layout: ModuleLayout, seen: Rectangle, zoom: float, marked: Set[str] = frozenset()
) -> None:
    """Everything but what belongs to a pass, as far as it lies in the part that is seen.

    Args:
        marked: the boxes whose names leave room for a mark, see `draw_health`.
    """
    if is_far(layout, zoom) and not is_vector(painter):
        _draw_from_afar(painter, layout)
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for name in layout.frames_in(seen):
        _draw_frame(painter, layout, name, layout.frames[name], zoom)
    faint = QColor(active().faint_text)
    faint.setAlphaF(0.75)
    draw_edges(painter, layout.edges_in(seen), faint, 1.3)
    for name in layout.boxes_in(seen):
        _draw_box(painter, layout, name, layout.boxes[name], zoom, is_marked=name in marked)


def _draw_from_afar(painter: QPainter, layout: ModuleLayout) -> None:
    """Boxes and edges of a few px each, all at once: of many thousands every one is seen, but no more of it."""
    pen = QPen(QColor(active().line))
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawLines(lines_of(layout.segments))
    pen.setColor(QColor(active().faint_text))
    painter.setPen(pen)
    painter.setBrush(QColor(active().bar_ground))
    painter.drawRects(rects_of(layout.rectangles))


def rect_of(rectangle: Rectangle) -> QRectF:
    """The rectangle as Qt has it."""
    return QRectF(rectangle.x, rectangle.y, rectangle.width, rectangle.height)


def draw_edges(painter: QPainter, edges: Iterable[Edge], colour: QColor, width: float) -> None:
    """Draw stretches of edges, with arrows where they arrive."""
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lines, heads = QPainterPath(), []
    for edge in edges:
        _add_way(lines, edge)
        if edge.arrives:
            x, y = edge.points[-1]
            heads.append(QPolygonF([QPointF(x, y), QPointF(x - _ARROW, y - 3.2), QPointF(x - _ARROW, y + 3.2)]))
    painter.drawPath(lines)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for head in heads:
        painter.drawPolygon(head)


def draw_health(
    painter: QPainter, layout: ModuleLayout, health: Mapping[str, Health], seen: Rectangle, zoom: float
) -> None:
    """A mark at the corner of each box of which something is found."""
    px = _mark_px(zoom)
    for name in health.keys() & set(layout.boxes_in(seen)) if health else ():
        corner = rect_of(layout.boxes[name]).topRight()
        at = corner + QPointF(-px / 4, px / 4)
        paint_mark(painter, at, health[name].severity, px, ground=QColor(active().background))


def _add_way(path: QPainterPath, edge: Edge) -> None:
    points = edge.points
    path.moveTo(QPointF(*points[0]))
    is_square = any(b[0] < a[0] for a, b in pairwise(points))
    for number, (start, end) in enumerate(pairwise(points), start=1):
        if is_square and number + 1 < len(points):
            _add_corner(path, start, end, points[number + 1])
        elif start[1] == end[1]:
            path.lineTo(QPointF(*end))
        else:
            middle = (start[0] + end[0]) / 2
            path.cubicTo(QPointF(middle, start[1]), QPointF(middle, end[1]), QPointF(*end))


def _add_corner(path: QPainterPath, start: Point, corner: Point, end: Point) -> None:
    """A line almost to a corner, and round it."""
    before, behind = _towards(corner, start), _towards(corner, end)
    path.lineTo(before)
    path.quadTo(QPointF(*corner), behind)


def _towards(corner: Point, other: Point) -> QPointF:
    line = QLineF(QPointF(*corner), QPointF(*other))
    line.setLength(min(_BEND, line.length() / 2))
    return line.p2()


def _draw_frame(painter: QPainter, layout: ModuleLayout, name: str, rectangle: Rectangle, zoom: float) -> None:
    palette = active()
    fill = QColor(palette.text)
    fill.setAlphaF(0.035)
    painter.setPen(QPen(QColor(palette.line), 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect_of(rectangle), 8, 8)
    if rectangle.width * zoom < _LEAST_HEADING:
        return
    # far away the heading is as large as there is room for
    scale = min(max(1 / zoom, 1.0), max(HEADING / 15, LEAST_PX / (SMALL_PX * zoom)), HEADING / SMALL_PX)
    room = QRectF(0, 0, (rectangle.width - 12) / scale, HEADING / scale)
    painter.save()
    painter.translate(rectangle.x + 9, rectangle.y)
    painter.scale(scale, scale)
    _draw_sign(painter, QPointF(4, HEADING / scale / 2), is_open=True)
    title, rest = frame_heading(layout.folded.graph, name)
    title = shortened(title, room.width() - 16, TEXT_PX, bold=True, in_the_middle=True)
    left = 14 + text_width(title, TEXT_PX, bold=True) + 10
    wordings = (" · ".join(rest[:n]) for n in range(len(rest), 0, -1))
    fitting = next((each for each in wordings if text_width(each, SMALL_PX) <= room.width() - left), "")
    room.setLeft(14)
    write(painter, room, title, palette.text, TEXT_PX, bold=True, align=LEFT)
    room.setLeft(left)
    write(painter, room, fitting, palette.faint_text, SMALL_PX, align=LEFT)
    painter.restore()


def enlarged(zoom: float) -> float:
    """So many times larger than near words are written, so that small ones can be read on the screen."""
    return max(1.0, LEAST_PX / (SMALL_PX * zoom))


def draw_words(
    painter: QPainter,
    room: QRectF,
    text: str,
    colour: str,
    pixels: int,
    *,
    scale: float,
    bold: bool = False,
    align: float = CENTRED,
) -> None:
    """One line in a room of the layout, so many times larger, and shortened at its end where there is no room."""
    painter.save()
    painter.translate(room.topLeft())
    painter.scale(scale, scale)
    inside = QRectF(0, 0, room.width() / scale, room.height() / scale)
    write(painter, inside, shortened(text, inside.width(), pixels, bold=bold), colour, pixels, bold=bold, align=align)
    painter.restore()


def lines_of_end(rectangle: Rectangle, zoom: float) -> tuple[QRectF, QRectF, QRectF, QRectF]:
    """The rooms of the lines in the box of an input or an output: name, two of what it has, shape."""
    x, width = rectangle.x + 3, rectangle.width - 6
    scale = enlarged(zoom)
    if scale == 1:
        heights = (NAME_AT, 21.0, 37.0, rectangle.height - LINE - 1)
        line = LINE
    else:
        line = min(_FAR_LINE * scale, rectangle.height / 4)
        top, height = _lines_of_box(zoom)[0]
        first = min(top + (height - line) / 2, rectangle.height - 4 * line)  # beside the names of other boxes
        heights = (first, first + line, first + 2 * line, rectangle.height - line)
    name, one, other, shape = (QRectF(x, rectangle.y + height, width, line) for height in heights)
    return name, one, other, shape


def _lines_of_box(zoom: float) -> list[tuple[float, float]]:
    """Top and height of the lines in a box, px of the layout: the fewer, the larger they have to be."""
    scale = enlarged(zoom)
    if scale == 1:
        return [(top, LINE) for top in (NAME_AT, KIND_AT, SHAPE_AT)]
    n = max(1, int((UNITS_AT - 2) / (_FAR_LINE * scale)))
    return [(1 + number * (UNITS_AT - 2) / n, (UNITS_AT - 2) / n) for number in range(n)]


def _title(layout: ModuleLayout, box: str, width: float, pixels: int, *, bold: bool) -> str:
    """A box's name as it fits into a width in px."""
    frames = layout.folded.boxes[box]
    name = box_text(layout.folded.graph, box, frames)[0]
    fits = text_width(name, pixels, bold=bold) <= width
    return name if fits else _titles(layout, frames, width, pixels, bold)[box]


@lru_cache
def _titles(layout: ModuleLayout, frames: tuple[str, ...], width: float, pixels: int, bold: bool) -> Mapping[str, str]:
    """Box → its name as it fits into a width in px, of all boxes in a frame: those that are cut are seen to differ."""
    folded = layout.folded
    names = {box: box_text(folded.graph, box, within)[0] for box, within in folded.boxes.items() if within == frames}
    cut = {box: name for box, name in names.items() if text_width(name, pixels, bold=bold) > width}
    apart = shortened_apart(tuple(cut.values()), width, pixels, bold=bold)
    return names | dict(zip(cut, apart, strict=True))


def _mark_px(zoom: float) -> float:
    return max(MARK_PX, _LEAST_MARK / zoom)


def _draw_sign(painter: QPainter, at: QPointF, *, is_open: bool) -> None:
    """The triangle of what can be opened and closed."""
    side, back, tip = 4, 2.5, 3.5
    corners = [(-side, -back), (side, -back), (0, tip)] if is_open else [(-back, -side), (tip, 0), (-back, side)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(active().faint_text))
    painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))


def _draw_box(
    painter: QPainter, layout: ModuleLayout, name: str, rectangle: Rectangle, zoom: float, *, is_marked: bool
) -> None:
    palette, graph = active(), layout.folded.graph
    node = graph.nodes.get(name)
    rect = rect_of(rectangle)
    painter.setPen(QPen(QColor(palette.line), 1))
    painter.setBrush(QColor(palette.bar_ground))
    if node is not None and node.is_join:
        painter.drawEllipse(rect)
        sign = operation_sign(node.node.kind)
        pixels = TEXT_PX + 3 if len(sign) == 1 else SMALL_PX - 2
        if zoom >= READABLE or len(sign) == 1:
            write(painter, rect, shortened(sign, rect.width(), pixels), palette.text, pixels, bold=len(sign) == 1)
        return
    if name in graph.frames:  # something lies within
        painter.drawRoundedRect(rect.translated(3.5, 3.5), ROUND, ROUND)
    painter.drawRoundedRect(rect, ROUND, ROUND)
    draw_box_words(painter, layout, name, zoom, (palette.text, palette.faint_text), is_marked=is_marked)


def draw_box_words(
    painter: QPainter, layout: ModuleLayout, name: str, zoom: float, colours: tuple[str, str], *, is_marked: bool
) -> None:
    """What is written in a box that is no join.

    Args:
        colours: of its name, and of what stands below.
        is_marked: whether the name leaves room for a mark.
    """
    graph, rectangle = layout.folded.graph, layout.boxes[name]
    node, is_frame, rect = graph.nodes.get(name), name in graph.frames, rect_of(rectangle)
    of_name, of_more = colours
    lines, scale, places = box_text(graph, name, layout.folded.boxes[name]), enlarged(zoom), _lines_of_box(zoom)
    pixels, is_bold = (TEXT_PX, True) if len(places) == 3 else (SMALL_PX, False)
    if node is not None and node.node.role in ("input", "output"):
        if zoom < READABLE:
            _draw_name(painter, rect, {"input": "in", "output": "out"}[node.node.role], of_name, scale, zoom)
        else:
            title, _, _, shape = lines_of_end(rectangle, zoom)
            shown = endpoint_title(lines[0], title.width() / scale, pixels, bold=is_bold)
            draw_words(painter, title, shown, of_name, pixels, scale=scale, bold=is_bold)
            draw_words(painter, shape, lines[-1], of_more, SMALL_PX, scale=scale)
        return
    if len(places) == 1:
        _draw_name(painter, rect, lines[0], of_name, scale, zoom)
        return
    (top, height), *below = places
    inset = INSET / scale
    left = inset + (11 if is_frame else 0) * scale
    if is_frame:
        painter.save()
        painter.translate(rect.x() + inset + 3 * scale, rect.y() + top + height / 2)
        painter.scale(scale, scale)
        _draw_sign(painter, QPointF(0, 0), is_open=False)
        painter.restore()
    width = rect.width() - left - (_mark_px(zoom) * 0.75 if is_marked else inset) - 1  # a mark stands in the corner
    own = _title(layout, name, width / scale, pixels, bold=is_bold)
    room = QRectF(rect.x() + left, rect.y() + top, width, height)
    draw_words(painter, room, own, of_name, pixels, scale=scale, bold=is_bold, align=LEFT)
    for text, (top, height) in zip(lines[1:], below, strict=False):
        room = QRectF(rect.x() + inset, rect.y() + top, rect.width() - inset - 4, height)
        draw_words(painter, room, text, of_more, SMALL_PX, scale=scale, align=LEFT)


def _draw_name(painter: QPainter, rect: QRectF, name: str, colour: str, scale: float, zoom: float) -> None:
    """The name alone, whole or at least some letters of it."""
    room = QRectF(rect.x() + 3, rect.y() + 1, rect.width() - 6, UNITS_AT)
    if rect.width() * zoom >= _LEAST_HEADING or text_width(name, SMALL_PX) <= room.width() / scale:
        text = shortened(name, room.width() / scale, SMALL_PX, in_the_middle=True)
        draw_words(painter, room, text, colour, SMALL_PX, scale=scale, align=LEFT)


def endpoint_title(name: str, width: float, pixels: int, *, bold: bool) -> str:
    """An input's or output's name that fits into a width in px: of ``input.attention_mask`` the end tells the most."""
    if text_width(name, pixels, bold=bold) <= width:
        return name
    return shortened(name.rpartition(".")[2], width, pixels, bold=bold, in_the_middle=True)
