"""What a widget is told is painted at once, and nothing is where nothing changes."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.heading_line import HeadingLine
from app.widgets.heat_map import HeatMap
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.picture_view import PictureView
from app.widgets.point_cloud import PointCloud
from app.widgets.sample_card import SampleCard
from app.window.theme import apply_theme
from tests.app.looks.pieces.widgets import GROUPS, POSITIONS
from tests.app.looks.pieces.widgets_plots import NAMES, Heats, N, make_map
from tests.app.painted import Paints


def cloud() -> PointCloud:
    made = PointCloud()
    made.show_points(POSITIONS, POSITIONS)
    made.show_groups(GROUPS, np.ones(3, bool))
    return made


def legend() -> LegendLine:
    made = LegendLine()
    made.show_entries([LegendEntry("first", "bar")])
    return made


CHANGES: dict[str, tuple[Callable[[], QWidget], Callable[..., object]]] = {
    "heat": (make_map(NAMES), lambda each: each.show_heat(Heats(NAMES[:2]), N)),
    "absence": (make_map(NAMES), lambda each: each.show_absence("nothing")),
    "range of a map": (make_map(NAMES), lambda each: each.show_range(3, 20)),
    "step of a map": (make_map(NAMES), lambda each: each.show_step(3)),
    "held step of a map": (make_map(NAMES), lambda each: each.show_held(3)),
    "layer": (make_map(NAMES), lambda each: each.show_layer("fc1")),
    "health": (make_map(NAMES), lambda each: each.show_health({})),
    "points": (cloud, lambda each: each.show_points(POSITIONS * 2, POSITIONS)),
    "groups": (cloud, lambda each: each.show_groups(GROUPS, np.zeros(3, bool))),
    "selection": (cloud, lambda each: each.show_selection(np.zeros(len(POSITIONS), bool))),
    "current": (cloud, lambda each: each.show_current(4)),
    "ends": (cloud, lambda each: each.show_ends(POSITIONS + 1)),
    "axes": (cloud, lambda each: each.show_axes("right", "up")),
    "card": (cloud, lambda each: each.show_card(SampleCard(None, ()))),
    "pointed at": (cloud, lambda each: each.point_at(4)),
    "zoom": (cloud, lambda each: each.zoom(2.0, 0)),
    "picture": (PictureView, lambda each: each.show_picture(np.ones((2, 2)))),
    "vector": (PictureView, lambda each: each.show_vector(np.ones(2))),
    "entries": (legend, lambda each: each.show_entries([LegendEntry("second", "bar")])),
    "title": (lambda: HeadingLine("one"), lambda each: each.show_title("other")),
}


def seen(made: QWidget, qtbot: QtBot) -> Paints:
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    qtbot.waitExposed(made)
    for _ in range(3):
        QApplication.processEvents()
    return Paints(made)


@pytest.mark.parametrize("what", CHANGES)
def test_that_what_is_shown_is_painted_at_once(qtbot: QtBot, qapp: QApplication, what: str) -> None:
    apply_theme(qapp)
    make, change = CHANGES[what]
    made = make()
    paints = seen(made, qtbot)
    change(made)
    QApplication.processEvents()
    assert paints.n > 0


SAME: dict[str, tuple[Callable[[], QWidget], Callable[..., object]]] = {
    "range of a map": (make_map(NAMES), lambda each: each.show_range(-1, N + 1)),
    "held step of a map": (make_map(NAMES), lambda each: each.show_held(None)),
    "layer": (make_map(NAMES), lambda each: each.show_layer(None)),
    "current": (cloud, lambda each: each.show_current(None)),
    "axes": (cloud, lambda each: each.show_axes("", "")),
    "pointed at": (cloud, lambda each: each.point_at(None)),
    "in sight": (cloud, lambda each: each.bring_into_sight(0)),
    "entries": (legend, lambda each: each.show_entries([LegendEntry("first", "bar")])),
    "title": (lambda: HeadingLine("one"), lambda each: each.show_title("one")),
    "figure": (lambda: HeadingLine("one"), lambda each: each.show_figure("")),
    "dot": (lambda: HeadingLine("one"), lambda each: each.show_dot("", "")),
    "about": (lambda: HeadingLine("one"), lambda each: each.show_about("")),
}


@pytest.mark.parametrize("what", SAME)
def test_that_what_is_shown_already_is_not_painted_again(qtbot: QtBot, qapp: QApplication, what: str) -> None:
    apply_theme(qapp)
    make, change = SAME[what]
    made = make()
    paints = seen(made, qtbot)
    change(made)
    QApplication.processEvents()
    assert paints.n == 0


@pytest.mark.parametrize("make", [make_map(NAMES), cloud])
def test_that_a_picture_that_is_kept_is_made_in_the_colours_of_the_theme(
    qtbot: QtBot, qapp: QApplication, make: Callable[[], HeatMap | PointCloud]
) -> None:
    apply_theme(qapp, "dark")
    made = make()
    seen(made, qtbot)
    dark = made.grab().toImage()
    apply_theme(qapp, "light")
    light = made.grab().toImage()
    fresh = make()
    qtbot.addWidget(fresh)
    fresh.resize(300, 200)
    assert dark != light == fresh.grab().toImage()
    apply_theme(qapp, "dark")
