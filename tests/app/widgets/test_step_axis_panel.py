"""Plots that share one axis of steps, and arrows that lead from one to the other."""

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.step_axis_panel import StepAxisPanel
from tests.app.plots import place_in
from tests.app.pointer import double_click, drag, release, turn

KEY = Qt.Key
VALUES = Line(np.array([0, 20, 50, 100]), np.array([1.0, 3.0, 2.0, 5.0]))


class Panel(StepAxisPanel):
    """Two plots above each other, beside a third, in something that scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self._plots = [CurvePlot([LineStyle("bar")]) for _ in range(3)]
        left = QWidget()
        column = QVBoxLayout(left)
        for plot in self._plots[:2]:
            plot.setMinimumHeight(180)
            column.addWidget(plot)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(left)
        row = QHBoxLayout(self)
        row.addWidget(self.area, stretch=1)
        row.addWidget(self._plots[2], stretch=1)
        row.addWidget(self.everything_button)
        for plot in self._plots:
            self._put_plot_on_axis(plot)
            plot.show_lines([VALUES], 100)

    @property
    def plots(self) -> list[CurvePlot]:
        return self._plots

    def show_step(self, step: int) -> None:
        self._step = step
        for plot in self._plots:
            plot.show_step(step)


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    made = Panel()
    qtbot.addWidget(made)
    made.resize(700, 240)
    made.show_step(50)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def asked(panel: Panel) -> Iterator[list[float]]:
    found: list[float] = []
    panel.step_requested.connect(found.append)
    panel.step_requested.connect(lambda step: panel.show_step(round(step)))
    yield found


def test_that_all_plots_show_the_steps_that_one_was_zoomed_to_and_a_button_the_whole_run(
    panel: Panel, qtbot: QtBot
) -> None:
    assert panel.shown_steps is None
    assert not panel.everything_button.isVisible()
    whole = panel.plots[0].shown_range
    turn(panel.plots[0].viewport(), place_in(panel.plots[0], 50).toPointF(), 120)
    assert panel.shown_steps == panel.plots[0].shown_range != whole
    assert all(plot.shown_range == pytest.approx(panel.shown_steps) for plot in panel.plots)
    assert all(plot.asked_range == panel.shown_steps for plot in panel.plots)
    assert panel.everything_button.isVisible()
    qtbot.mouseClick(panel.everything_button, Qt.MouseButton.LeftButton)
    assert panel.shown_steps is None
    assert all(plot.shown_range == pytest.approx(whole) for plot in panel.plots)
    assert not panel.everything_button.isVisible()


def test_that_the_button_says_what_it_does(panel: Panel) -> None:
    button = panel.everything_button
    told = (button.text(), button.toolTip(), button.accessibleName(), button.autoRaise(), button.focusPolicy())
    expected = ("↔", "Show the whole run (double click)", "Show the whole run", True, Qt.FocusPolicy.TabFocus)
    assert told == expected


def test_that_a_double_click_leaves_the_playhead_where_it_was_before_its_first_click(
    panel: Panel, asked: list[float]
) -> None:
    plot = panel.plots[0]
    at, viewport = place_in(plot, 80).toPointF(), plot.viewport()
    for before in (50, 20):
        panel.show_step(before)
        asked.clear()
        panel.show_range((10.0, 90.0))
        drag(viewport, at)
        double_click(viewport, at)
        release(viewport, at)
        assert len(asked) == 2
        assert asked[-1] == before
        assert panel.shown_steps is None


def test_that_a_double_click_before_anything_else_leads_to_the_first_step(qtbot: QtBot) -> None:
    panel = Panel()
    qtbot.addWidget(panel)
    asked: list[float] = []
    panel.step_requested.connect(asked.append)
    panel.plots[0].everything_requested.emit()
    panel.plots[0].step_requested.emit(7.0)
    panel.plots[0].everything_requested.emit()
    assert asked == [0, 7, 0]


def test_that_arrows_go_from_value_to_value_from_wherever_the_playhead_is_and_no_further_than_the_last(
    panel: Panel, asked: list[float], qtbot: QtBot
) -> None:
    plot = panel.plots[0]
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for step, key, expected in (
        (50, KEY.Key_Right, [100]),
        (50, KEY.Key_Left, [20]),
        (30, KEY.Key_Right, [50]),
        (30, KEY.Key_Left, [20]),
        (100, KEY.Key_Right, []),
        (0, KEY.Key_Left, []),
        (30, KEY.Key_Space, []),
    ):
        panel.show_step(step)
        asked.clear()
        plot.setAccessibleDescription("")
        qtbot.keyClick(plot, key)
        assert asked == expected
        assert plot.accessibleDescription() == (f"step {expected[0]:,}" if expected else "")


def focused(panel: Panel) -> int:
    return next(number for number, plot in enumerate(panel.plots) if plot.hasFocus())


def test_that_arrows_lead_to_the_plots_that_stand_together_and_no_further(
    panel: Panel, asked: list[float], qtbot: QtBot
) -> None:
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.plots[0].setFocus(Qt.FocusReason.TabFocusReason)
    for key, expected in ((KEY.Key_Up, 0), (KEY.Key_Down, 1), (KEY.Key_Down, 1), (KEY.Key_Up, 0)):
        qtbot.keyClick(panel.plots[focused(panel)], key)
        assert focused(panel) == expected
        assert panel.plots[expected].walk.is_on
    assert asked == []


def test_that_a_plot_that_keys_lead_to_is_brought_into_sight(panel: Panel, qtbot: QtBot) -> None:
    bar = panel.area.verticalScrollBar()
    assert bar is not None and bar.value() == 0 and bar.maximum() > 0
    panel.plots[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.plots[0], KEY.Key_Down)
    assert bar.value() > 0


def test_that_a_plot_alone_among_others_goes_on_to_those_of_the_next_parent(panel: Panel, qtbot: QtBot) -> None:
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    for key, expected in ((KEY.Key_Up, 2), (KEY.Key_Down, 0)):  # it stands a little above the others
        panel.plots[2].setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(panel.plots[2], key)
        assert focused(panel) == expected
    panel.plots[2].setFocus(Qt.FocusReason.TabFocusReason)
    panel.plots[0].hide()
    QApplication.processEvents()
    qtbot.keyClick(panel.plots[2], KEY.Key_Down)
    assert focused(panel) == 1, "one that is hidden is passed over"


def test_that_the_ring_of_the_keys_is_around_the_whole_plot(panel: Panel, qtbot: QtBot) -> None:
    plot = panel.plots[2]
    assert plot.walk.place() == plot.rect().toRectF()
