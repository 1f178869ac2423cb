"""Parts of the window that are looked at alone: a module for each room, which names them in its ``PIECES``."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget


@dataclass(frozen=True)
class Piece:
    """A widget to be looked at.

    Attributes:
        make: the widget, with something in it.
        size_px: of it.
        then: what is done to it once it is seen, as moving the pointer.
        wait_ms: until it looks as it will, where it does something later.
    """

    make: Callable[[], QWidget]
    size_px: tuple[int, int] = (300, 200)
    then: Callable[[Any], object] = lambda widget: None
    theme: str = "dark"
    wait_ms: int = 0


class Canvas(QWidget):
    """Something that paints without being a widget."""

    def __init__(self, paint: Callable[[QPainter], object]) -> None:
        super().__init__()
        self._paint = paint

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with QPainter(self) as painter:
            self._paint(painter)


def all_pieces() -> dict[str, Piece]:
    """By names: the module's, and the piece's own."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        pieces = importlib.import_module(f"{__name__}.{module.name}").PIECES
        found |= {f"{module.name}_{name}": piece for name, piece in pieces.items()}
    return found
