"""A unit over the run, in three plots that are made when there is time."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.figures import DAMAGED, NOT_RECORDED
from app.analysis.graph.unit_facts import NO_BIAS
from app.views.unit.analysis.unit_history import Trace, UnitHistory
from app.views.unit.history_plots import HistoryPlots
from app.widgets.curve_plot import CurvePlot

STEPS = np.array([0, 3, 6])
NOTHING = Trace(np.zeros(0, np.int64), np.zeros(0))
WHOLE = UnitHistory(
    "fc1", 0, 3, Trace(STEPS, np.arange(6.0).reshape(3, 2)), Trace(STEPS, STEPS / 10), Trace(STEPS, STEPS / 100), 1.0
)


@pytest.fixture
def plots(qtbot: QtBot) -> HistoryPlots:
    plots = HistoryPlots()
    qtbot.addWidget(plots)
    plots.resize(300, 400)
    return plots


def made(plots: HistoryPlots) -> list[CurvePlot]:
    return plots.findChildren(CurvePlot)


def test_that_plots_are_made_one_by_one_while_nobody_needs_them(plots: HistoryPlots, qtbot: QtBot) -> None:
    assert made(plots) == []
    timer = plots.findChild(QTimer)
    assert timer is not None and timer.isActive()
    qtbot.waitUntil(lambda: len(made(plots)) == 3)
    assert not timer.isActive()


def test_that_a_plot_that_is_made_later_shows_the_playhead_too(plots: HistoryPlots) -> None:
    plots.show_step(3)
    plots.show_history(WHOLE, 0, 6)
    assert [plot.playhead.value() for plot in plots.plots] == [3, 3, 3]
    plots.show_step(6)
    assert [plot.playhead.value() for plot in plots.plots] == [6, 6, 6]


@pytest.mark.parametrize(
    ("lacks", "damaged", "has_no_bias", "messages"),
    [
        ((), {}, False, ["", "", ""]),
        (("bias", "gradient_norm"), {}, False, ["", NOT_RECORDED, NOT_RECORDED]),
        (("bias",), {}, True, ["", NO_BIAS, ""]),
        (("activations", "gradient_norm"), {"activation": 3, "weight_gradient": 3}, False, [DAMAGED, "", DAMAGED]),
    ],
)
def test_that_a_plot_without_a_curve_says_why_until_it_has_one(
    plots: HistoryPlots, lacks: tuple[str, ...], damaged: dict[str, int], has_no_bias: bool, messages: list[str]
) -> None:
    plots.show_history(replace(WHOLE, damaged=damaged, **dict.fromkeys(lacks, NOTHING)), 0, 6, has_no_bias=has_no_bias)
    assert [plot.message for plot in plots.plots] == messages
    plots.show_history(WHOLE, 1, 6)
    assert [plot.message for plot in plots.plots] == ["", "", ""]
    assert plots.activation.lines[1].values.tolist() == [1, 3, 5], "of the sample"
    assert plots.activation.lines[0].values.tolist() == [0.5, 2.5, 4.5], "the mean"


def test_that_a_plot_of_what_is_told_elsewhere_is_left_out_and_the_lowest_has_the_steps(plots: HistoryPlots) -> None:
    plots.show_history(replace(WHOLE, bias=NOTHING, gradient_norm=NOTHING), 0, 6, elsewhere="by part, above")
    assert [plot.isHidden() for plot in plots.plots] == [False, True, True]
    alone = plots.activation.minimumHeight()
    plots.show_history(WHOLE, 0, 6, elsewhere="by part, above")
    assert [plot.isHidden() for plot in plots.plots] == [False, False, False]
    assert alone == plots.gradient_norm.minimumHeight() > plots.activation.minimumHeight()


def test_that_cleared_plots_say_and_show_nothing(plots: HistoryPlots) -> None:
    plots.show_history(replace(WHOLE, bias=NOTHING), 0, 6)
    plots.clear()
    assert [plot.message for plot in plots.plots] == ["", "", ""]
    assert not any(len(line.steps) for plot in plots.plots for line in plot.lines)


def test_that_values_that_are_not_finite_are_marked(plots: HistoryPlots) -> None:
    values = np.array([0.1, np.nan, 0.3])
    plots.show_history(replace(WHOLE, bias=Trace(STEPS, values)), 0, 6)
    assert plots.bias.not_finite_marks.steps.tolist() == [3]
    assert plots.activation.not_finite_marks.steps.tolist() == []


def test_that_a_step_that_is_held_is_marked_in_plots_made_before_and_after(plots: HistoryPlots) -> None:
    plots.show_held(3)
    plots.show_history(WHOLE, 0, 6)
    assert [plot.held_mark.steps.tolist() for plot in plots.plots] == [[3], [3], [3]]
    plots.show_held(0)
    assert [plot.held_mark.steps.tolist() for plot in plots.plots] == [[0], [0], [0]]
    plots.show_held(None)
    assert [plot.held_mark.steps.tolist() for plot in plots.plots] == [[], [], []]


def test_that_only_the_lowest_plot_has_steps_below_it(plots: HistoryPlots) -> None:
    plots.show_history(WHOLE, 0, 6)
    plots.show()
    has_numbers = [plot.getPlotItem().getAxis("bottom").style["showValues"] for plot in plots.plots]
    assert has_numbers == [False, False, True]


def test_that_a_wheel_over_a_plot_is_for_what_it_lies_in(plots: HistoryPlots, qtbot: QtBot) -> None:
    plots.show()
    qtbot.waitExposed(plots)
    plots.show_history(WHOLE, 0, 6)
    for plot in plots.plots:
        before, at = plot.shown_range, plot.getPlotItem().vb.sceneBoundingRect().center()
        none = Qt.KeyboardModifier.NoModifier
        wheel = QWheelEvent(
            *(at, QPointF(plot.mapToGlobal(at)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none),
            *(Qt.ScrollPhase.NoScrollPhase, False),
        )
        QApplication.sendEvent(plot.viewport(), wheel)
        assert plot.shown_range == before
        assert not wheel.isAccepted()


def test_that_plots_want_no_more_room_than_they_need(plots: HistoryPlots) -> None:
    upper, _, lowest = plots.plots
    for plot in plots.plots:
        assert plot.sizeHint().height() == plot.minimumHeight() < plot.maximumHeight()
        assert plot.sizeHint().width() > 0
        assert (plot.minimumSizeHint().width(), plot.minimumSizeHint().height()) == (0, plot.minimumHeight())
    more = lowest.minimumHeight() - upper.minimumHeight()
    assert more == lowest.maximumHeight() - upper.maximumHeight() > 0, "for the steps below it"


def test_that_of_two_runs_both_have_their_curves_and_marks(plots: HistoryPlots) -> None:
    other = replace(WHOLE, bias=Trace(STEPS, np.array([np.nan, 1.0, np.inf])), activations=NOTHING)
    plots.show_history(replace(WHOLE, bias=Trace(STEPS, np.array([np.nan, 1.0, 2.0]))), 1, 6, other=other)
    assert [line.values.tolist() for line in plots.activation.lines] == [[0.5, 2.5, 4.5], [1, 3, 5], [], []]
    assert [len(line.steps) for line in plots.bias.lines] == [3, 3]
    assert plots.bias.not_finite_marks.steps.tolist() == [0, 6]
    plots.show_history(WHOLE, 0, 6)
    assert [len(line.steps) for line in plots.bias.lines] == [3, 0]
