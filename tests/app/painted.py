"""What a widget paints, as it can be asked about: the words with their places and colours, and the shapes' colours."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QRegion, QTransform
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import QAbstractScrollArea, QWidget

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = frozenset(f"{SVG}{name}" for name in ("path", "rect", "polyline", "polygon", "circle", "ellipse"))


@dataclass(frozen=True)
class Words:
    """Words that are painted.

    Attributes:
        text: the words.
        colour: ``#rrggbb``.
        place: what they cover: from left to right all of them, from top to bottom a capital letter.
    """

    text: str
    colour: str
    place: QRectF


@dataclass(frozen=True)
class Painted:
    """What a widget has painted by itself, its children's left out.

    Attributes:
        words: in their order.
        colours: of lines and areas, as ``#rrggbb``.
    """

    words: list[Words]
    colours: set[str]


def canvas_of(widget: QWidget) -> QWidget:
    """What a widget paints on: of one that scrolls, what is seen through it."""
    viewport = widget.viewport() if isinstance(widget, QAbstractScrollArea) else None
    return viewport or widget


def painted(widget: QWidget) -> Painted:
    """Paint a widget once more, as shapes and words."""
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(0, 0), widget.size()))
    generator.setResolution(96)
    painter = QPainter(generator)
    canvas = canvas_of(widget)
    QWidget.render(canvas, painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    words: list[Words] = []
    colours: set[str] = set()
    for element, inherited, transform in _elements(ElementTree.fromstring(written.data()), {}, QTransform()):
        if element.tag == f"{SVG}text" and element.text:
            words.append(_words(element, inherited, transform))
        elif element.tag in SHAPES:
            colours |= {inherited[each] for each in ("fill", "stroke") if inherited.get(each, "none") != "none"}
    return Painted(words, colours)


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


def _words(element: ElementTree.Element, attributes: dict[str, str], transform: QTransform) -> Words:
    font = QFont(attributes["font-family"].strip("'"))
    font.setPixelSize(round(float(attributes["font-size"])))
    font.setWeight(QFont.Weight(int(attributes["font-weight"])))
    metrics = QFontMetricsF(font)
    left, base = float(attributes["x"]), float(attributes["y"])
    text = element.text or ""
    place = QRectF(left, base - metrics.capHeight(), metrics.horizontalAdvance(text.strip()), metrics.capHeight())
    return Words(text, QColor(attributes["fill"]).name(), transform.mapRect(place))
