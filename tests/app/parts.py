"""Where the parts of views are in the window: tests know them by the names given here."""

from typing import Any

from app.window.main_window import MainWindow

PARTS = {
    "network": ("network", "units"),
    "modules": ("network", "modules"),
    "page": ("network", "page"),
    "controls": ("network", "controls"),
    "correlations": ("correlations", "panel"),
    "raster": ("gradients", "raster"),
    "dynamics": ("gradients", "dynamics"),
    "features": ("features", "panel"),
    "projection": ("projection", "panel"),
    "stories": ("stories", "panel"),
    "optimizer": ("optimizer", "panel"),
    "compare": ("compare", "panel"),
    "sample": ("sample", "panel"),
    "layers": ("layers", "panel"),
    "unit": ("unit", "panel"),
    "timeline": ("timeline", "panel"),
    "findings": ("findings", "panel"),
    "notes": ("notes", "panel"),
}
"""Part → its view, and its name there."""

IN_TABS = ("correlations", "raster", "dynamics", "features", "projection", "stories", "optimizer", "compare")
"""Those that are behind the network at first."""


def part(window: MainWindow, name: str) -> Any:
    """A part of a view, which is brought to the front, so that it shows what is current."""
    view, attribute = PARTS[name]
    if not window.pages[view].is_seen:
        window.show_view(view)
    return getattr(window.view(view), attribute)
