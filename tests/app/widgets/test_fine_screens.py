"""On a screen of two pixels for each, what is kept as a picture has as many and stands where it stood."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.heat_map import LEFT_PX, RIGHT_PX, HeatMap
from app.widgets.point_cloud import PointCloud
from app.widgets.steps_plot import StepsPlot
from app.window.theme import apply_theme
from tests.app.looks.pieces.widgets import GROUPS, POSITIONS
from tests.app.looks.pieces.widgets_plots import NAMES, Heats, N, make_map
from tests.app.views.network.driving import pixels_of


class Asked(Heats):
    """Keeps how wide its picture shall be."""

    widths: list[int] = []  # noqa: RUF012

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        Asked.widths.append(width)
        return super().picture(low, high, width)


def cloud() -> PointCloud:
    made = PointCloud()
    made.show_points(POSITIONS, POSITIONS)
    made.show_groups(GROUPS, np.ones(3, bool))
    return made


def heat_map() -> HeatMap:
    made = make_map(NAMES)()
    made.show_heat(Asked(NAMES), N)
    return made


def steps_plot() -> StepsPlot:
    made = StepsPlot(["bar"])
    made.show_curves([(np.arange(60), np.linspace(1, 2, 60))], 60, np.zeros(0))
    return made


def grabbed(made: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ratio: float) -> np.ndarray:
    qtbot.addWidget(made)
    monkeypatch.setattr(made.viewport() if isinstance(made, StepsPlot) else made, "devicePixelRatioF", lambda: ratio)
    made.resize(400, 200)
    made.show()
    qtbot.waitExposed(made)
    for _ in range(3):
        QApplication.processEvents()
    return pixels_of(made.grab().toImage())


@pytest.mark.parametrize("make", [cloud, heat_map, steps_plot])
def test_that_what_is_kept_stands_where_it_does_on_any_screen(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, make: Callable[[], QWidget]
) -> None:
    apply_theme(qapp)
    usual, fine = (grabbed(make(), qtbot, monkeypatch, ratio) for ratio in (1.0, 2.0))
    differs = (np.abs(usual.astype(int) - fine) > 64).any(axis=2)
    assert differs.mean() < 0.03


def test_that_a_kept_picture_is_kept_on_any_screen(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counted(StepsPlot):
        n_made = 0

        def render(self, *given: object) -> None:
            Counted.n_made += 1
            super().render(*given)

    apply_theme(qapp)
    plot = Counted(["bar"])
    grabbed(plot, qtbot, monkeypatch, 2.0)
    for _ in range(3):
        QApplication.processEvents()
        plot.grab()
    before = Counted.n_made
    plot.grab()
    assert Counted.n_made == before


def test_that_the_picture_of_a_map_has_a_column_for_each_pixel_of_the_screen(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_theme(qapp)
    for ratio in (1.0, 2.0):
        grabbed(heat_map(), qtbot, monkeypatch, ratio)
        assert Asked.widths[-1] == ratio * (400 - LEFT_PX - RIGHT_PX)
