"""What of its curves a plot over steps hands over to be drawn, and how."""

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.steps_plot import StepsPlot
from app.window.theme import apply_theme
from collector.report.thinning import thinned
from tests.app.painted import painted

STEPS = np.arange(101)
RISING = Line(STEPS, np.linspace(5, 10, 101))
STYLES = (LineStyle("bar"), LineStyle("text", is_dots=True), LineStyle("second", is_second=True))


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> CurvePlot:
    apply_theme(qapp)
    made = CurvePlot(STYLES)
    show(made, qtbot)
    return made


def show(plot: CurvePlot, qtbot: QtBot) -> None:
    qtbot.addWidget(plot)
    plot.resize(500, 200)
    plot.show()
    qtbot.waitExposed(plot)


def drawn(plot: CurvePlot, number: int = 0) -> tuple[list[float], list[float]]:
    """Steps and values of a curve."""
    steps, values = plot.getPlotItem().listDataItems()[number].getOriginalDataset()
    return ([], []) if steps is None else (steps.tolist(), values.tolist())


def item(plot: CurvePlot, number: int = 0) -> pg.PlotDataItem:
    return plot.getPlotItem().listDataItems()[number]


@pytest.mark.parametrize(
    ("style", "is_faint", "is_dashed"),
    [
        (LineStyle("bar"), False, False),
        (LineStyle("bar", strength=0.5), True, False),
        (LineStyle("bar", strength=0.5, is_dots=True), False, False),
        (LineStyle("bar", is_second=True), False, True),
        (LineStyle("bar", is_second=True, strength=0.9), True, False),
        (LineStyle("bar", is_second=True, is_dots=True), False, False),
        (LineStyle("bar", is_second=True, is_dots=True, strength=0.5), False, False),
    ],
)
def test_that_a_line_of_another_run_is_dashed_where_it_is_neither_faint_nor_dots(
    style: LineStyle, is_faint: bool, is_dashed: bool
) -> None:
    assert (style.is_faint, style.is_dashed) == (is_faint, is_dashed)


@pytest.mark.parametrize(
    ("low", "high", "line", "dots"),
    [(10.0, 20.0, (9, 21), (10, 20)), (10.5, 20.5, (10, 21), (11, 20)), (9.9, 20.1, (9, 21), (10, 20))],
)
def test_that_a_line_goes_on_to_the_next_value_beyond_what_is_seen_and_dots_do_not(
    plot: CurvePlot, low: float, high: float, line: tuple[int, int], dots: tuple[int, int]
) -> None:
    plot.show_lines([RISING, RISING, NO_LINE], 100)
    plot.show_range((low, high))
    for number, (first, last) in enumerate((line, dots)):
        steps, values = drawn(plot, number)
        assert steps == list(range(first, last + 1))
        assert values == RISING.values[first : last + 1].tolist()
    assert drawn(plot, 2) == ([], [])
    plot.show_range(None)
    assert drawn(plot)[0] == STEPS.tolist()


@pytest.mark.parametrize(("n", "px"), [(1, 8), (30, 8), (31, 4), (100, 4)])
def test_that_many_dots_are_half_as_large(plot: CurvePlot, n: int, px: int) -> None:
    plot.show_lines([NO_LINE, Line(np.arange(n), np.ones(n)), NO_LINE], 100)
    assert item(plot, 1).opts["symbolSize"] == px


@pytest.mark.parametrize("width", [150, 700])
def test_that_of_a_long_line_as_much_is_drawn_as_a_plot_of_its_width_can_show(plot: CurvePlot, width: int) -> None:
    plot.resize(width, 200)
    QApplication.processEvents()
    most = max(int(plot.getPlotItem().vb.width()), 200)
    assert (most == 200) == (width == 150)
    steps = np.arange(20_000)
    line = Line(steps, np.sin(steps / 7.0))
    plot.show_lines([line, NO_LINE, NO_LINE], 20_000)
    expected = thinned(steps, line.values, most)
    assert drawn(plot) == (expected[0].tolist(), expected[1].tolist())


def test_that_a_line_is_broken_where_a_value_is_missing_and_nothing_else_is_looked_for(plot: CurvePlot) -> None:
    with_gap = np.where(STEPS == 50, np.inf, RISING.values)
    for values, connect in ((RISING.values, "all"), (with_gap, "finite")):
        plot.show_lines([Line(STEPS, values), NO_LINE, NO_LINE], 100)
        assert item(plot).opts["connect"] == connect
        assert item(plot).opts["skipFiniteCheck"] == (connect == "all")
    assert np.isnan(drawn(plot)[1][50])


def test_that_a_value_between_two_that_are_missing_is_a_dot_of_its_line(plot: CurvePlot) -> None:
    values = np.where(np.isin(STEPS, (20, 60, 61)), 7.0, np.nan)
    plot.show_lines([Line(STEPS, values), NO_LINE, NO_LINE], 100)
    alone = len(STYLES)
    assert drawn(plot, alone) == ([20], [7])
    assert item(plot, alone).opts["symbolSize"] == 6, "three widths of the line"
    plot.show_lines([RISING, NO_LINE, NO_LINE], 100)
    assert drawn(plot, alone) == ([], [])


def test_that_a_wide_line_that_goes_up_and_down_is_drawn_in_segments_and_a_dashed_one_never(plot: CurvePlot) -> None:
    jagged = Line(STEPS, STEPS % 2.0)
    for line, modes in ((RISING, ("off", "off")), (jagged, ("on", "off")), (RISING, ("off", "off"))):
        plot.show_lines([line, NO_LINE, line], 100)
        assert tuple(item(plot, number).curve.opts["segmentedLineMode"] for number in (0, 2)) == modes


def test_that_on_a_log_scale_what_is_not_above_zero_has_no_place(plot: CurvePlot) -> None:
    plot.show_lines([Line(np.arange(4), np.array([100.0, 0.0, -1.0, 0.01])), NO_LINE, NO_LINE], 3)
    assert not plot.is_log
    plot.show_log(True)
    assert plot.is_log
    assert drawn(plot)[1] == pytest.approx([2, np.nan, np.nan, -2], nan_ok=True)
    plot.show_log(False)
    assert drawn(plot)[1] == [100, 0, -1, 0.01]


def test_that_an_emptied_plot_has_no_lines_no_playhead_and_no_numbers(plot: CurvePlot) -> None:
    def shown() -> tuple[bool, bool, int]:
        return plot.playhead.isVisible(), len(painted(plot).texts) > 0, sum(len(each.steps) for each in plot.lines)

    assert shown() == (False, True, 0), "as pyqtgraph makes it"
    plot.show_lines([RISING, NO_LINE, NO_LINE], 100)
    assert shown() == (True, True, 101)
    plot.clear_lines()
    assert shown() == (False, False, 0)
    assert len(plot.lines) == 3
    assert drawn(plot) == ([], [])
    plot.show_lines([NO_LINE] * 3, 100)
    assert shown() == (False, False, 0)


def test_that_plots_above_each_other_have_their_steps_below_the_last(plot: CurvePlot) -> None:
    def has_numbers() -> bool:
        return "100" in painted(plot).texts

    axis = plot.getPlotItem().getAxis("bottom")
    plot.show_lines([RISING, NO_LINE, NO_LINE], 100)
    usual = axis.height()
    for is_shown in (False, True, False):
        plot.show_steps_below(is_shown)
        QApplication.processEvents()
        assert has_numbers() == is_shown
        assert axis.height() == (usual if is_shown else 4)
    plot.show_lines([RISING, NO_LINE, NO_LINE], 100)
    assert not has_numbers(), "nor has it those of the next curves"


def test_that_words_stand_in_the_place_of_curves_and_numbers_until_they_are_taken_back(plot: CurvePlot) -> None:
    assert plot.message == ""
    plot.show_message("nothing of it")
    assert plot.message == "nothing of it"
    box = plot.getPlotItem().vb.sceneBoundingRect()
    assert box.contains(painted(plot).word("nothing of it").place)
    plot.show_steps_below(True)
    assert not plot.getPlotItem().getAxis("bottom").style["showValues"]
    plot.show_message("")
    assert "nothing of it" not in painted(plot).texts


@pytest.mark.parametrize(("height", "is_below"), [(139, False), (140, True)])
def test_that_the_name_of_the_axis_is_below_its_numbers_from_140_px_on(
    plot: CurvePlot, height: int, is_below: bool
) -> None:
    axis = plot.getPlotItem().getAxis("bottom")
    plot.resize(500, height + 1)
    plot.resize(500, height)
    assert not axis.label.isVisible(), "it has none"
    plot.getPlotItem().setLabel("bottom", "step")
    plot.resize(500, height + 1)
    plot.resize(500, height)
    assert axis.label.isVisible() == is_below


def test_that_colours_are_taken_anew_where_the_theme_is_another_alone(qtbot: QtBot, qapp: QApplication) -> None:
    class Dressed(CurvePlot):
        n_dressed = 0

        def _restyle(self) -> None:
            Dressed.n_dressed += 1
            super()._restyle()

    apply_theme(qapp)
    show(Dressed(STYLES), qtbot)
    assert Dressed.n_dressed == 1
    for theme, expected in (("dark", 1), ("light", 2), ("light", 2)):
        apply_theme(qapp, theme)
        QApplication.processEvents()
        assert Dressed.n_dressed == expected
    apply_theme(qapp)


def test_that_what_is_walked_over_are_the_steps_of_the_run_s_own_curves(plot: CurvePlot, qtbot: QtBot) -> None:
    asked: list[float] = []
    plot.step_requested.connect(asked.append)
    ones = np.ones(2)
    lines = [Line(np.array([5, 30]), ones), Line(np.array([20, 30]), ones), Line(np.array([8, 25]), ones)]
    plot.show_lines(lines, 100)
    plot.step_requested.connect(lambda step: plot.show_step(round(step)))
    for way, expected in (("Right", [5, 20, 30]), ("Left", [20, 5])):
        asked.clear()
        qtbot.keyClick(plot, pg.QtCore.Qt.Key.Key_Return)
        for _ in range(4):
            qtbot.keyClick(plot, pg.QtCore.Qt.Key[f"Key_{way}"])
        assert asked == expected


def test_that_a_closed_plot_can_still_be_painted(plot: CurvePlot) -> None:
    plot.show_lines([RISING, NO_LINE, NO_LINE], 100)
    assert plot.close()
    assert not plot.isVisible()
    plot.changeEvent(QEvent(QEvent.Type.PaletteChange))
    assert "100" in painted(plot).texts


class Rendered(StepsPlot):
    """Counts how often its picture is made."""

    n_rendered = 0

    def render(self, *given: object) -> None:
        Rendered.n_rendered += 1
        super().render(*given)


def test_that_a_kept_picture_is_made_anew_where_something_but_the_playhead_changes(
    qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp)
    plot = Rendered(["bar"])
    show(plot, qtbot)
    plot.show_lines([RISING] * 2, 100)

    def paint() -> int:
        """How many pictures it takes until nothing more changes."""
        before = Rendered.n_rendered
        for _ in range(4):
            QApplication.processEvents()
            plot.viewport().grab()
        return Rendered.n_rendered - before

    def made(change: Callable[[], object]) -> bool:
        change()
        return paint() > 0

    paint()
    for nothing in (lambda: plot.show_step(7), plot.playhead.hide, lambda: plot.show_message("")):
        assert not made(nothing)
    for change in (
        lambda: plot.show_mark(7.0),
        lambda: plot.show_range((20.0, 40.0)),
        lambda: plot.show_message("words"),
        lambda: plot.resize(480, 190),
        lambda: plot.show_lines([RISING, NO_LINE], 100),
        lambda: apply_theme(qapp, "light"),
    ):
        assert made(change)
    apply_theme(qapp)
