"""The font of all tests of the window, so that words are as wide on every machine."""

from importlib.util import find_spec
from pathlib import Path

from PyQt6.QtGui import QFont, QFontDatabase
from PyQt6.QtWidgets import QApplication


def use_own_font(application: QApplication) -> None:
    """Write with the font that matplotlib brings, without hints, which are of the machine."""
    matplotlib = find_spec("matplotlib")
    assert matplotlib is not None and matplotlib.origin is not None
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"):
        QFontDatabase.addApplicationFont(str(Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / name))
    font = QFont("DejaVu Sans")
    font.setPixelSize(12)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    application.setFont(font)
