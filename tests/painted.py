"""A picture of the window, as pages show it."""

from pathlib import Path

from PIL import Image
from PyQt6.QtWidgets import QWidget


def save_small(window: QWidget, path: Path) -> None:
    """Save it with a palette of 256 colours: a third of the bytes, and no difference that one sees."""
    window.grab().save(str(path))
    with Image.open(path) as painted:
        # a colour that is rare, as that of one class, keeps its place
        small = painted.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
