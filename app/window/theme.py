"""How the window looks: qdarktheme for the widgets, and `app.palette` for plots and pictures."""

from pathlib import Path

import pyqtgraph
import qdarktheme
from PyQt6.QtGui import QFontDatabase
from PyQt6.QtWidgets import QApplication

from app.palette import DARK, LIGHT, Palette, activate, active

_BADGE = "border-radius: 4px; padding: 3px 8px;"

_FOCUSED = (
    "QToolButton:focus, QPushButton:focus, QComboBox:focus, QCheckBox:focus, QSlider:focus, QTableView:focus,"
    " QLineEdit:focus, RowList:focus"
)

PALETTES = {"dark": DARK, "light": LIGHT}


def active_name() -> str:
    """The theme in use, by its name."""
    return next(name for name, palette in PALETTES.items() if palette is active())


def apply_theme(application: QApplication, name: str = "dark") -> None:
    """Dress the application, ``dark`` or ``light``; every widget hears of it by a ``PaletteChange`` event.

    Also sees to it that there is a font on machines that have none.
    """
    palette = PALETTES[name]
    activate(palette)
    _ensure_fonts()
    pyqtgraph.setConfigOptions(background=palette.background, foreground=palette.faint_text, antialias=True)
    application.setStyleSheet(qdarktheme.load_stylesheet(name) + _style(palette))
    application.setPalette(qdarktheme.load_palette(name))


def _style(palette: Palette) -> str:
    tip = f"color: {palette.text}; background: {palette.bar_ground}; border: 1px solid {palette.line}; padding: 4px;"
    return f"""
        QToolTip {{ {tip} }}
        QTabBar::tab:top {{ margin: 3px 1px 0 0; }}
        QTableView {{ selection-background-color: transparent; }}
        QTableView::item:selected {{ color: {palette.text}; }}
        QLabel#heading, QLabel#title, QLabel#section {{ color: {palette.text}; font-weight: 600; }}
        QLabel#title {{ font-size: 22px; padding-right: 8px; }}
        QLabel#section {{ font-size: 15px; }}
        QLabel#faint {{ color: {palette.faint_text}; }}
        QFrame#bubble {{ background: {palette.background}; border: 1px solid {palette.hovered}; border-radius: 6px; }}
        QFrame#code {{ background: {palette.bar_ground}; border-radius: 4px; }}
        QLabel#badge {{ color: {palette.badge_text}; background: {palette.badge}; {_BADGE} }}
        QPushButton#badge {{ color: {palette.badge_text}; background: {palette.badge}; {_BADGE} border: none; }}
        QPushButton#link {{ color: {palette.text}; border: none; padding: 3px 2px; text-align: left; }}
        QPushButton#link:hover, QPushButton#link:checked {{ text-decoration: underline; background: transparent; }}
        QPushButton#badge:hover, QPushButton#badge:focus {{ text-decoration: underline; }}
        {_FOCUSED} {{ border: 1px solid {palette.hovered}; border-radius: 4px; }}
        QFrame#focus_ring {{ border: 2px solid {palette.hovered}; border-radius: 3px; background: transparent; }}
        QLabel#problem {{ color: #ffffff; background: #a8332b; border-radius: 4px; padding: 6px 10px; }}
    """


def _ensure_fonts() -> None:
    """Qt brings no fonts of its own; matplotlib does, and lies where it is installed without being imported."""
    if QFontDatabase.families():
        return
    from importlib.util import find_spec

    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
            QFontDatabase.addApplicationFont(str(Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / name))
