"""A plot over steps with thin lines of others behind its own: what is drawn of them, and which values have room."""

from itertools import pairwise

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.curve import Measured, smoothed
from app.palette import active
from app.widgets.curve_plot import NO_LINE
from app.widgets.steps_plot import StepsPlot
from app.window.theme import PALETTES, apply_theme
from collector.report.thinning import thinned

STEPS = np.arange(101)
RISING = np.linspace(5, 10, 101)
MANY = np.arange(20_000)
NOISY = np.random.default_rng(0).normal(5, 1, 20_000)


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> StepsPlot:
    apply_theme(qapp)
    made = StepsPlot(["bar", "loss"], seconds=["second"])
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show()
    qtbot.waitExposed(made)
    return made


def thin(plot: StepsPlot, number: int = 0) -> pg.PlotCurveItem:
    """The thin lines of the run, and of another one."""
    items = [each for each in plot.getPlotItem().items if type(each) is pg.PlotCurveItem]
    found = items[number]
    assert isinstance(found, pg.PlotCurveItem)
    return found


def thin_lines(plot: StepsPlot, number: int = 0) -> list[tuple[list[float], list[float]]]:
    """Steps and values of each."""
    steps, values = thin(plot, number).getData()
    if steps is None or not len(steps):
        return []
    ends = [-1, *np.flatnonzero(np.isnan(values))]
    return [(steps[a + 1 : b].tolist(), values[a + 1 : b].tolist()) for a, b in pairwise(ends)]


def values_of(plot: StepsPlot) -> list[float]:
    return [float(each) for each in plot.getPlotItem().vb.viewRange()[1]]


def test_that_of_few_values_all_are_shown_and_of_many_faintly_each_and_boldly_their_mean(plot: StepsPlot) -> None:
    plot.show_curves([(STEPS, RISING), (MANY, NOISY)], 20_000, np.zeros(0))
    faint, of_many, second, bold, mean = plot.lines
    assert faint is second is NO_LINE
    assert bold.values is RISING and of_many.values is NOISY
    expected = smoothed(NOISY)
    assert expected is not None
    assert mean.values.tolist() == expected.tolist()
    assert (bold.steps is STEPS, mean.steps is MANY) == (True, True)
    assert plot.last_step == 20_000


def test_that_of_another_run_a_few_values_or_the_mean_of_many_are_shown_and_none_where_there_is_none(
    plot: StepsPlot,
) -> None:
    for values, steps in ((RISING, STEPS), (NOISY, MANY)):
        plot.show_curves([None, None], 20_000, np.zeros(0), seconds=[Measured("x", steps, values)])
        expected = smoothed(values)
        shown = plot.lines[2]
        assert shown.values.tolist() == (values if expected is None else expected).tolist()
        assert shown.steps is steps
    plot.show_curves([None, None], 100, np.zeros(0), seconds=[None])
    assert all(each is NO_LINE for each in plot.lines)
    assert not plot.playhead.isVisible()


def test_that_thin_lines_come_with_the_next_curves_and_go_when_nothing_is_shown(plot: StepsPlot) -> None:
    others, of_b = np.stack([RISING, RISING + 1]), np.stack([RISING - 1])
    plot.hold_others(STEPS, others)
    plot.hold_others_of_b(STEPS, of_b)
    assert (thin_lines(plot), thin_lines(plot, 1)) == ([], [])
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    assert thin_lines(plot) == [(STEPS.tolist(), row.tolist()) for row in others]
    assert thin_lines(plot, 1) == [(STEPS.tolist(), of_b[0].tolist())]
    assert plot.others[1].tolist() == others.tolist()
    plot.hold_others(STEPS, others[:1])
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    assert (len(thin_lines(plot)), thin_lines(plot, 1)) == (1, []), "those of another run are held anew"
    plot.clear_lines()
    assert thin_lines(plot) == []
    assert plot.others[1].size == 0
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    assert thin_lines(plot) == []


def test_that_of_thin_lines_what_is_seen_and_a_value_beyond_it_is_drawn(plot: StepsPlot) -> None:
    plot.hold_others(STEPS, RISING[None])
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    for low, high, first, last in (
        (20.0, 40.0, 19, 41),
        (20.5, 40.5, 20, 41),
        (-1.0, 5.0, 0, 6),
        (95.0, 101.0, 94, 100),
    ):
        plot.show_range((low, high))
        assert thin_lines(plot) == [(list(range(first, last + 1)), RISING[first : last + 1].tolist())]


@pytest.mark.parametrize("n_lines", [1, 10, 40, 300])
def test_that_many_thin_lines_have_12_000_points_together_and_100_each_at_the_least(
    plot: StepsPlot, n_lines: int
) -> None:
    rows = np.stack([np.sin(MANY[:4000] / (3 + number)) for number in range(n_lines)])
    plot.hold_others(MANY[:4000], rows)
    plot.show_curves([None, None], 4000, np.zeros(0))
    most = max(min(int(plot.getPlotItem().vb.width()), 12_000 // n_lines), 100)
    assert {1: most > 300, 10: most > 300, 40: most == 300, 300: most == 100}[n_lines]
    for row, (steps, values) in zip(plot.others[1], thin_lines(plot), strict=True):
        expected = thinned(MANY[:4000], row, most)
        assert steps == expected[0].tolist()
        assert values == pytest.approx(expected[1].tolist())


def test_that_values_have_room_for_thin_lines_too(plot: StepsPlot) -> None:
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    low, high = values_of(plot)
    plot.hold_others(STEPS, np.stack([RISING * 0 + 1, RISING * 0 + 20]))
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    assert values_of(plot) == pytest.approx([1 - 0.02 * 19, 20 + 0.02 * 19])
    plot.hold_others(STEPS, np.stack([RISING * 0 + 7]))
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    span = high - low
    assert values_of(plot) == pytest.approx([low - 0.02 * span, high + 0.02 * span])


def test_that_thin_lines_alone_have_the_room_and_the_least_value_where_there_is_one(plot: StepsPlot) -> None:
    plot.hold_others(STEPS, RISING[None])
    plot.show_curves([None, None], 100, np.zeros(0))
    assert values_of(plot) == pytest.approx([5 - 0.1, 10 + 0.1])
    plot.show_curves([None, None], 100, np.zeros(0), least=0.0)
    assert values_of(plot) == pytest.approx([-0.2, 10.2])
    plot.show_log(True)
    span = np.log10(10) - np.log10(5)
    assert values_of(plot) == pytest.approx([np.log10(5) - 0.02 * span, 1 + 0.02 * span])


def test_that_a_range_that_is_known_beforehand_is_kept_whatever_thin_lines_there_are(plot: StepsPlot) -> None:
    plot.hold_others(STEPS, RISING[None] * 9)
    plot.show_curves([(STEPS, RISING / 10), None], 100, np.zeros(0), whole=(0.0, 1.0))
    assert values_of(plot)[1] < 2
    plot.show_range((20.0, 40.0))
    assert values_of(plot)[1] > 50
    plot.show_range(None)
    plot.show_log(True)
    assert values_of(plot)[1] > np.log10(80)


def test_that_thin_lines_without_a_number_leave_the_room_as_it_is(plot: StepsPlot) -> None:
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    usual = values_of(plot)
    plot.hold_others(STEPS, np.full((2, 101), np.nan))
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    assert values_of(plot) == usual


@pytest.mark.parametrize("theme", PALETTES)
def test_that_thin_lines_have_a_faint_colour_of_the_theme(plot: StepsPlot, qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    QApplication.processEvents()
    for number, name in ((0, "faint_text"), (1, "second")):
        pen = thin(plot, number).opts["pen"]
        assert pen.color().name() == getattr(active(), name)
        assert pen.color().alphaF() == pytest.approx(0.55, abs=0.01)
    apply_theme(qapp)


def test_that_there_are_numbers_and_a_playhead_where_there_are_but_thin_lines(plot: StepsPlot) -> None:
    plot.hold_others(STEPS, RISING[None])
    plot.show_curves([None, None], 100, np.zeros(0))
    for is_shown in (True, False):
        plot.show_axes(is_shown)
        assert plot.playhead.isVisible() == is_shown
        for name in ("left", "bottom"):
            assert plot.getPlotItem().getAxis(name).style["showValues"] == is_shown


def test_that_a_playhead_that_was_moved_beyond_one_run_is_there_in_a_longer_one(plot: StepsPlot) -> None:
    plot.show_step(300)
    plot.show_curves([(STEPS, RISING), None], 100, np.zeros(0))
    assert plot.playhead.value() == 300
    assert plot.playhead.clipped(300) == 100
