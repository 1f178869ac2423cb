"""What a widget paints, as it can be asked about: words, shapes and pictures with their colours and places."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from PyQt6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QPoint, QPointF, QRect, QRectF, QSize
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF, QRegion, QTransform
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = frozenset(f"{SVG}{name}" for name in ("path", "rect", "polyline", "polygon", "circle", "ellipse"))


@dataclass(frozen=True)
class Words:
    """Words that are painted.

    Attributes:
        text: the words.
        colour: ``#rrggbb``.
        place: what they cover: from left to right all of them, from top to bottom a capital letter.
        is_bold: whether they are.
    """

    text: str
    colour: str
    place: QRectF
    is_bold: bool = False


@dataclass(frozen=True)
class Shape:
    """A line, an area, or both.

    Attributes:
        line: the colour of its line as ``#rrggbb``; empty where it has none.
        area: the colour of what is inside; empty where it is not filled.
        place: what it covers.
        px: how wide its line is.
    """

    line: str
    area: str
    place: QRectF
    px: float = 1.0


@dataclass(frozen=True)
class Painted:
    """What was painted, each in its order.

    Attributes:
        words: of text.
        shapes: of lines and areas.
        pictures: where there is one.
    """

    words: list[Words]
    shapes: list[Shape]
    pictures: list[QRectF]

    @property
    def texts(self) -> list[str]:
        """The words without all else."""
        return [each.text for each in self.words]

    def word(self, text: str) -> Words:
        """The one that says so."""
        (found,) = [each for each in self.words if each.text == text]
        return found

    def lines(self, colour: str) -> list[Shape]:
        """Those of a colour that are not filled."""
        return [each for each in self.shapes if each.line == colour and not each.area]

    def areas(self, colour: str) -> list[Shape]:
        """Those that are filled with a colour."""
        return [each for each in self.shapes if each.area == colour]


def canvas_of(widget: QWidget) -> QWidget:
    """What a widget paints on: of one that scrolls, what is seen through it."""
    viewport = widget.viewport() if isinstance(widget, QAbstractScrollArea) else None
    return viewport or widget


def painted(widget: QWidget) -> Painted:
    """Paint a widget once more, as shapes and words; its children are left out."""
    canvas = canvas_of(widget)

    def paint(painter: QPainter) -> None:
        QWidget.render(canvas, painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag(0))

    return painted_by(paint, canvas.size())


def painted_by(paint: Callable[[QPainter], object], size: QSize) -> Painted:
    """What a function paints."""
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setResolution(96)
    painter = QPainter(generator)
    paint(painter)
    painter.end()
    found = Painted([], [], [])
    for element, given, transform in _elements(ElementTree.fromstring(written.data()), {}, QTransform()):
        if element.tag == f"{SVG}text" and (element.text or "").strip():
            found.words.append(_words(element, given, transform))
        elif element.tag in SHAPES:
            place = transform.mapRect(_place(element))
            found.shapes.append(Shape(_colour(given, "stroke"), _colour(given, "fill"), place, _px(given)))
        elif element.tag == f"{SVG}image":
            found.pictures.append(transform.mapRect(_place(element)))
    return found


def _elements(
    parent: ElementTree.Element, inherited: dict[str, str], transform: QTransform
) -> Iterator[tuple[ElementTree.Element, dict[str, str], QTransform]]:
    for element in parent:
        own = transform
        if matrix := element.get("transform"):
            a, b, c, d, e, f = map(float, matrix.removeprefix("matrix(").removesuffix(")").split(","))
            own = QTransform(a, b, c, d, e, f) * transform
        attributes = inherited | dict(element.attrib)
        yield element, attributes, own
        yield from _elements(element, attributes, own)


def _colour(given: dict[str, str], what: str) -> str:
    found = given.get(what, "none")
    return "" if found == "none" or float(given.get(f"{what}-opacity", 1)) == 0 else found.lower()


def _px(given: dict[str, str]) -> float:
    return float(given.get("stroke-width", 1))


def _place(element: ElementTree.Element) -> QRectF:
    if element.get("width") is not None:
        return QRectF(*(float(element.get(each, 0)) for each in ("x", "y", "width", "height")))
    if element.get("cx") is not None:
        x, y = float(element.get("cx", 0)), float(element.get("cy", 0))
        across, down = (float(element.get(each) or element.get("r") or 0) for each in ("rx", "ry"))
        return QRectF(x - across, y - down, 2 * across, 2 * down)
    numbers = [float(each) for each in re.findall(r"-?[\d.]+(?:e-?\d+)?", element.get("points", element.get("d", "")))]
    corners = [QPointF(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    return QPolygonF(corners).boundingRect()


def _words(element: ElementTree.Element, given: dict[str, str], transform: QTransform) -> Words:
    font = QFont(QApplication.font())  # with its hints, which an SVG file does not tell
    font.setFamily(given["font-family"].strip("'"))
    font.setPixelSize(round(float(given["font-size"])))
    weight = int(given["font-weight"])
    font.setWeight(QFont.Weight(weight))
    metrics = QFontMetricsF(font)
    left, base = float(given["x"]), float(given["y"])
    text = (element.text or "").strip()
    place = QRectF(left, base - metrics.capHeight(), metrics.horizontalAdvance(text), metrics.capHeight())
    return Words(text, QColor(given["fill"]).name(), transform.mapRect(place), weight > QFont.Weight.Normal)


class Events(QObject):
    """Counts how many events of a kind come to a widget."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self.n, self._kind = 0, kind
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        self.n += event is not None and event.type() == self._kind
        return False


class Paints(Events):
    """Counts how often a widget paints itself."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QEvent.Type.Paint)
