"""Pens of the edges: red for positive, blue for negative; the stronger the wider and the more opaque."""

from functools import cache

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPen

from app.analysis.colours import NEGATIVE_RGB, NOT_FINITE_RGB, POSITIVE_RGB
from app.analysis.strongest import LEVELS, NOT_FINITE_STYLE, Style, style_of

FAINTEST, STRONGEST = 0.06, 0.95
_BY_DENSITY = (1.0, 0.72, 0.58, 0.48)
"""Opacity in pairs of ever more edges, relative to one of few."""


@cache
def edge_pen(number: int) -> QPen:
    """Pen of a style by its number in `strongest.Lines.styles`; the width comes from `EDGE_WIDTHS`."""
    style = style_of(number)
    strength = _strength(style)
    opacity = FAINTEST + (STRONGEST - FAINTEST) * strength
    # the very strongest stay as they are: they stand out of the many
    return _pen(_colour(style), opacity * _BY_DENSITY[style.density] ** (1 - strength**8))


@cache
def lit_pen(number: int) -> QPen:
    """Pen of an edge of the hovered unit: opaque; the width comes from `LIT_WIDTHS`."""
    style = style_of(number)
    return _pen(_colour(style).darker(int(100 + 90 * (1 - _strength(style)))), 1.0)


def _strength(style: Style) -> float:
    return (style.level + 0.5) / LEVELS


def _colour(style: Style) -> QColor:
    if not style.is_finite:
        return QColor(*NOT_FINITE_RGB)
    return QColor(*(NEGATIVE_RGB if style.is_negative else POSITIVE_RGB))


def _pen(colour: QColor, opacity: float) -> QPen:
    colour.setAlphaF(opacity)
    pen = QPen(colour, 1.0)
    # the width stays the same when zoomed in, and flat ends are drawn fastest
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _edge_width(style: Style) -> int:
    thresholds = ((0.5, 0.8), (0.65, 0.9), (0.8, 2.0), (0.9, 2.0))[style.density]
    return 1 + sum(_strength(style) > threshold for threshold in thresholds)


_STYLES = [style_of(number) for number in range(NOT_FINITE_STYLE + 1)]

EDGE_WIDTHS = np.array([_edge_width(style) for style in _STYLES])
"""Px by number of the style."""

LIT_WIDTHS = np.array([1 + (_strength(style) > 0.25) + (_strength(style) > 0.7) for style in _STYLES])
"""The same for edges of the hovered unit."""
