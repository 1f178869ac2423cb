"""Pens of the edges: red for positive, blue for negative; the stronger the wider and the more opaque."""

from functools import cache

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPen

from app.analysis.colours import NEGATIVE_RGB, NOT_FINITE_RGB, POSITIVE_RGB
from app.analysis.strongest import LEVELS, Style, style_of

FAINTEST, STRONGEST = 0.06, 0.95
WIDEST = 2.8
_BY_DENSITY = (1.0, 0.62, 0.42, 0.28)
"""Opacity in pairs of ever more edges, relative to one of few."""


@cache
def edge_pen(number: int) -> QPen:
    """Pen of a style by its number in `strongest.Lines.styles`."""
    style = style_of(number)
    strength = _strength(style)
    opacity = FAINTEST + (STRONGEST - FAINTEST) * strength
    colour = _colour(style)
    # the strongest stay as they are: they stand out of the many
    colour.setAlphaF(opacity * (_BY_DENSITY[style.density] ** (1 - strength**3)))
    return _pen(colour, 1.0 if strength < 0.5 else 1.0 + (WIDEST - 1.0) * (strength - 0.5) / 0.5)


@cache
def lit_pen(number: int) -> QPen:
    """Pen of an edge of the hovered unit: opaque."""
    style = style_of(number)
    strength = _strength(style)
    return _pen(_colour(style).darker(int(100 + 90 * (1 - strength))), 1.0 if strength < 0.25 else 1 + 2.2 * strength)


def _strength(style: Style) -> float:
    return (style.level + 0.5) / LEVELS


def _colour(style: Style) -> QColor:
    if not style.is_finite:
        return QColor(*NOT_FINITE_RGB)
    return QColor(*(NEGATIVE_RGB if style.is_negative else POSITIVE_RGB))


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    # the width stays the same when zoomed in, and flat ends are drawn fastest
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
