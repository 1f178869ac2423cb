"""How the window looks: qdarktheme for the widgets, and the same palette for plots and pictures."""

from pathlib import Path

import pyqtgraph
import qdarktheme
from PyQt6.QtGui import QFontDatabase
from PyQt6.QtWidgets import QApplication

BACKGROUND = "#17181c"
"""Behind plots and pictures; the widgets' own is a little lighter."""
TEXT = "#e4e7eb"
FAINT_TEXT = "#a3a9b4"
LINE = "#3f4249"
ACCENT = "#8ab4f7"
LOSS = "#f2645a"
ACCURACY = "#6f8fc4"
PLAYHEAD = "#ffd83d"
RIGHT = "#43c478"
WRONG = "#f2645a"
BAR = "#6f8fc4"

_STYLE = f"""
QToolTip {{ color: {TEXT}; background: #2b2d33; border: 1px solid {LINE}; padding: 4px; }}
QLabel#heading {{ font-weight: 600; }}
QLabel#faint {{ color: {FAINT_TEXT}; }}
QLabel#badge {{ color: #201a00; background: #e8b93c; border-radius: 4px; padding: 3px 8px; }}
QLabel#problem {{ color: #2a0705; background: {WRONG}; border-radius: 4px; padding: 6px 10px; }}
"""


def apply_theme(application: QApplication) -> None:
    """Dress the application, and have a font on machines that have none."""
    _ensure_fonts()
    application.setPalette(qdarktheme.load_palette("dark"))
    application.setStyleSheet(qdarktheme.load_stylesheet("dark") + _STYLE)
    pyqtgraph.setConfigOptions(background=BACKGROUND, foreground=FAINT_TEXT, antialias=True)


def _ensure_fonts() -> None:
    """Qt brings no fonts of its own; matplotlib does, and lies where it is installed without being imported."""
    if QFontDatabase.families():
        return
    from importlib.util import find_spec

    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
            QFontDatabase.addApplicationFont(str(Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / name))
