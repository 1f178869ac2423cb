"""Which values the axis of a curve spans."""

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.curve_plot import CurvePlot, Line, LineStyle


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    plot = CurvePlot([LineStyle("bar")])
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.grab()  # which lays it out
    return plot


def values_of(plot: CurvePlot) -> tuple[float, float]:
    low, high = plot.getPlotItem().vb.viewRange()[1]
    return low, high


def line() -> Line:
    return Line(np.arange(101), np.linspace(5, 10, 101))


def test_that_the_whole_run_is_shown_from_the_least_value_on_and_a_part_as_closely_as_it_allows(
    plot: CurvePlot,
) -> None:
    plot.show_lines([line()], 100, least=0.0)
    low, high = values_of(plot)
    assert -1 < low <= 0
    assert 10 <= high < 11
    plot.show_range((40.0, 60.0))
    low, high = values_of(plot)
    assert 6.5 < low <= 7
    assert 8 <= high < 8.5
    plot.show_range(None)
    assert values_of(plot)[0] <= 0


def test_that_a_log_scale_does_not_begin_at_zero(plot: CurvePlot) -> None:
    plot.show_lines([line()], 100, least=0.0)
    plot.show_log(True)
    low, high = values_of(plot)
    assert np.log10(5) - 0.05 < low <= np.log10(5)
    assert 1 <= high < 1.05


def test_that_a_range_that_is_known_beforehand_is_kept_while_the_whole_run_is_seen(plot: CurvePlot) -> None:
    plot.show_lines([line()], 100, whole=(0.0, 90.0))
    assert values_of(plot)[1] >= 90
    plot.show_range((40.0, 60.0))
    assert values_of(plot)[1] < 9
    plot.show_range(None)
    plot.show_log(True)
    assert values_of(plot)[1] < 1.1


def test_that_the_playhead_is_where_it_was_moved_to_before_a_longer_run_is_shown(plot: CurvePlot) -> None:
    plot.show_lines([line()], 100)
    plot.show_step(300)
    plot.show_lines([Line(np.arange(401), np.zeros(401))], 400)
    assert plot.playhead.value() == 300


def places_px(plot: CurvePlot, *values: float) -> list[float]:
    """How far above the lower end of the axis of values each stands, and how far below the upper end."""
    (low, high), height = values_of(plot), plot.getPlotItem().vb.height()
    return [
        each
        for value in values
        for each in ((value - low) / (high - low) * height, (high - value) / (high - low) * height)
    ]


@pytest.mark.parametrize("height", [70, 200])
@pytest.mark.parametrize("whole", [None, (0.0, 1.0)])
def test_that_dots_at_both_ends_are_seen_whole_at_any_height(
    qtbot: QtBot, height: int, whole: tuple[float, float] | None
) -> None:
    plot = CurvePlot([LineStyle("bar"), LineStyle("text", is_dots=True)])
    qtbot.addWidget(plot)
    plot.show()
    dots = Line(np.array([0, 100]), np.array([0.0, 1.0]))
    plot.show_lines([Line(np.arange(101), np.full(101, 0.5)), dots], 100, whole=whole)
    plot.resize(400, height)
    QApplication.processEvents()
    below, _, _, above = places_px(plot, 0.0, 1.0)
    assert below >= 4
    assert above >= 4


@pytest.mark.parametrize("is_log", [False, True])
def test_that_a_strip_is_free_below_the_lowest_value_as_long_as_it_is_wished(plot: CurvePlot, is_log: bool) -> None:
    plot.show_lines([line()], 100)
    plot.show_log(is_log)
    lowest = np.log10(5) if is_log else 5.0
    usual = values_of(plot)
    plot.keep_free(20.0)
    assert places_px(plot, lowest)[0] == pytest.approx(20)
    plot.keep_free(0.0)
    assert values_of(plot) == usual


def test_that_a_few_wild_steps_of_the_first_or_of_a_faint_curve_stand_above_the_plot_and_of_no_other(
    qtbot: QtBot,
) -> None:
    styles = [LineStyle("bar"), LineStyle("loss"), LineStyle("loss", strength=0.4)]
    made = CurvePlot(styles)
    qtbot.addWidget(made)
    made.resize(400, 200)
    steps = np.arange(1001)
    calm = np.linspace(1, 2, 1001)
    wild = np.where(steps == 500, 1000.0, calm)
    for number, is_whole in ((0, False), (1, True), (2, False)):
        lines = [Line(steps, wild if number == each else calm) for each in range(3)]
        made.show_lines(lines, 1000)
        assert (values_of(made)[1] > 999) == is_whole


def test_that_a_strip_takes_no_room_where_values_are_far_above_it(plot: CurvePlot) -> None:
    plot.show_lines([line()], 100, least=0.0)
    usual = values_of(plot)
    plot.keep_free(20.0)
    assert values_of(plot) == usual
