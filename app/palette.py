"""Colours that are not data: background, text, marks. One place for the whole window, so that themes can differ."""

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
    loss: str
    accuracy: str
    second: str
    """Of B, where a curve of two runs is drawn."""
    badge: str
    badge_text: str
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
    loss="#f2645a",
    accuracy="#6f8fc4",
    second="#c792ea",
    badge="#e8b93c",
    badge_text="#201a00",
)

LIGHT = Palette(
    background="#fafafb",
    text="#1d2026",
    faint_text="#5d6470",
    line="#c9cdd4",
    hovered="#b87e00",
    right="#1d8f4e",
    wrong="#cf3b30",
    bar="#5577b8",
    bar_ground="#e6e8ec",
    loss="#cf3b30",
    accuracy="#3f66ae",
    second="#8a4fc2",
    badge="#f2cf63",
    badge_text="#201a00",
)

_active = [DARK]


def active() -> Palette:
    """The palette in use. Widgets ask when they paint, and again after a ``PaletteChange`` event."""
    return _active[0]


def activate(palette: Palette) -> None:
    """Use another palette; `app.window.theme` tells the widgets."""
    _active[0] = palette


TITLE_PX, TEXT_PX, SMALL_PX = 13, 12, 11


@cache
def font(pixels: int, *, bold: bool = False) -> QFont:
    """The application's font in a size of the graph's."""
    made = QFont()
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made
