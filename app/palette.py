"""Colours of the network graph that are not data: background, text, marks. One place, so that themes can differ."""

from dataclasses import dataclass
from functools import cache

from PyQt6.QtGui import QColor, QFont


@dataclass(frozen=True)
class Palette:
    """Colours by what they are for, as ``#rrggbb``."""

    background: str
    text: str
    faint_text: str
    line: str
    hovered: str
    right: str
    wrong: str
    bar: str
    bar_ground: str
    veil_strength: float = 0.66
    """How far the rest is dimmed while a unit is hovered over: 0 not at all, 1 gone."""

    def veil(self) -> QColor:
        """What is laid over everything that a hovered unit has nothing to do with."""
        colour = QColor(self.background)
        colour.setAlphaF(self.veil_strength)
        return colour


DARK = Palette(
    background="#17181c",
    text="#e4e7eb",
    faint_text="#a3a9b4",
    line="#3f4249",
    hovered="#ffd83d",
    right="#43c478",
    wrong="#f2645a",
    bar="#6f8fc4",
    bar_ground="#26282f",
)

TITLE_PX, TEXT_PX, SMALL_PX = 13, 12, 11


@cache
def font(pixels: int, *, bold: bool = False) -> QFont:
    """The application's font in a size of the graph's."""
    made = QFont()
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made
