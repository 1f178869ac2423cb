"""The menu of curves, opened with names."""

from pytestqt.qtbot import QtBot

from app.views.timeline.curve_menu import CurveMenu
from collector.storage import schema

MANY = ("loss", *(f"gradient_norm/layer{number}" for number in range(40)))


def open_with(qtbot: QtBot, menu: CurveMenu, names: tuple[str, ...], chosen: tuple[str, ...] = ()) -> None:
    menu.show_names(names, chosen, {"sparsity": schema.Metric("sparsity", "weights near zero", "Share below 1e-3.")})
    menu.popup(menu.parentWidget().mapToGlobal(menu.parentWidget().rect().center()))
    qtbot.waitUntil(menu.isVisible)
