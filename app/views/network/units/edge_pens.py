"""Pens of the edges: red for positive, blue for negative; the stronger the wider and the more opaque."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from app.analysis.colours import SceneColours
from app.analysis.graph.strongest import LEVELS, NOT_FINITE_STYLE, Style, style_number, style_of
from app.views.network.scene_colours import scene_colours

FAINTEST, STRONGEST = 0.06, 0.95
_BY_DENSITY = (1.0, 0.72, 0.58, 0.48)
"""Opacity in pairs of ever more edges, relative to one of few."""


def edge_pens() -> Sequence[QPen]:
    """Pen of each style by its number in `strongest.Lines.styles`; the widths come from `EDGE_WIDTHS`."""
    return _pens_of(scene_colours())[0]


def highlight_pens() -> Sequence[QPen]:
    """The same for the edges of a lit unit, which are opaque; the widths come from `HIGHLIGHT_WIDTHS`."""
    return _pens_of(scene_colours())[1]


def draw_edge_sign(painter: QPainter, at: QPointF, length: float) -> None:
    """A short line from a point on, one half as the strongest negative edges are and one as the positive ones."""
    for half, is_negative in enumerate((True, False)):
        colour = edge_pens()[style_number(LEVELS - 1, is_negative=is_negative)].color()
        painter.fillRect(QRectF(at.x() + half * length / 2, at.y() - 1, length / 2, 2), colour)


def wide(pens: Sequence[QPen], widths: np.ndarray) -> list[QPen]:
    """The same pens as wide as they are to look, for files of shapes."""
    widened = [QPen(pen) for pen in pens]
    for pen, width in zip(widened, widths.tolist(), strict=True):
        pen.setWidthF(width)
    return widened


@cache
def _pens_of(colours: SceneColours) -> tuple[list[QPen], list[QPen]]:
    return [_edge_pen(style, colours) for style in _STYLES], [_highlight_pen(style, colours) for style in _STYLES]


def _edge_pen(style: Style, colours: SceneColours) -> QPen:
    strength = _strength(style)
    opacity = FAINTEST + (STRONGEST - FAINTEST) * strength
    # the very strongest stay as they are: they stand out of the many
    return _pen(_colour(style, colours), opacity * _BY_DENSITY[style.density] ** (1 - strength**8))


def _highlight_pen(style: Style, colours: SceneColours) -> QPen:
    towards_ground = int(100 + 90 * (1 - _strength(style)))
    colour = _colour(style, colours)
    return _pen(colour.lighter(towards_ground) if colours.are_on_light else colour.darker(towards_ground), 1.0)


def _strength(style: Style) -> float:
    return (style.level + 0.5) / LEVELS


def _colour(style: Style, colours: SceneColours) -> QColor:
    if not style.is_finite:
        return QColor(*colours.not_finite)
    return QColor(*(colours.negative if style.is_negative else colours.positive))


def _pen(colour: QColor, opacity: float) -> QPen:
    colour.setAlphaF(opacity)
    pen = QPen(colour)
    # the width stays the same when zoomed in, and flat ends are drawn fastest
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _edge_width(style: Style) -> int:
    wider_from: tuple[int, ...] = ((6, 10), (8, 11), (10,), (11,))[style.density]
    return 1 + sum(style.level >= level for level in wider_from)


_STYLES = [style_of(number) for number in range(NOT_FINITE_STYLE + 1)]

EDGE_WIDTHS = np.array([_edge_width(style) for style in _STYLES])
"""Px by number of the style."""

HIGHLIGHT_WIDTHS = np.array([1 + (style.level >= 3) + (style.level >= 8) for style in _STYLES])
"""The same for edges of a lit unit."""
