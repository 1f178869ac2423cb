"""What the pointer, the wheel and the menu key ask of a plot over steps, and what they do not."""

from collections.abc import Callable, Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import active
from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.steps_plot import Playhead, StepsPlot
from app.window.theme import apply_theme
from tests.app.painted import painted
from tests.app.plots import place_in
from tests.app.pointer import RIGHT, double_click, drag, move, press, release, turn

STEPS = np.arange(101)
LINE = Line(STEPS, np.linspace(5, 10, 101))
WHOLE = (-2, 102)
Made = Callable[..., CurvePlot]


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Plots that show the steps 0 to 100, with the playhead at 50."""
    apply_theme(qapp)
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)  # or moves that follow at once would be left out

    def made(plot: CurvePlot) -> CurvePlot:
        qtbot.addWidget(plot)
        plot.resize(500, 200)
        plot.show_lines([LINE] * len(plot.lines), 100)
        plot.show_step(50)
        plot.show()
        qtbot.waitExposed(plot)
        return plot

    return made


@pytest.fixture
def plot(make: Made) -> CurvePlot:
    return make(CurvePlot([LineStyle("bar")]))


@pytest.fixture
def kept(make: Made) -> StepsPlot:
    return make(StepsPlot(["bar"]))  # type: ignore[return-value]


def asked_of(plot: CurvePlot) -> list[object]:
    """What a plot asks for, in its order: steps, pairs of steps, and None for the whole run."""
    found: list[object] = []
    plot.step_requested.connect(lambda step: found.append(round(step)))
    plot.range_requested.connect(lambda low, high: found.append((round(low), round(high))))
    plot.everything_requested.connect(lambda: found.append(None))
    return found


@pytest.fixture
def asked(plot: CurvePlot) -> Iterator[list[object]]:
    yield asked_of(plot)


def at(plot: CurvePlot, step: float) -> QPointF:
    return QPointF(place_in(plot, step))


def pull(plot: CurvePlot, *places: QPointF, **button: Qt.MouseButton) -> None:
    drag(plot.viewport(), *places, **button)


def test_that_a_click_asks_for_the_step_there_and_beside_the_run_for_its_end(
    plot: CurvePlot, asked: list[object]
) -> None:
    for step in (20, -1.8, 101.8):
        pull(plot, at(plot, step))
    assert asked == [20, 0, 100]


def test_that_a_click_beside_the_curves_or_by_another_button_asks_for_nothing(
    plot: CurvePlot, asked: list[object]
) -> None:
    box = plot.getPlotItem().vb.sceneBoundingRect()
    for beside in (QPointF(10, 50), QPointF(200, box.bottom() + 5), QPointF(200, box.top() - 1)):
        pull(plot, beside)
    pull(plot, at(plot, 20), button=RIGHT)
    assert asked == []


def test_that_a_double_click_asks_for_the_whole_run(plot: CurvePlot, asked: list[object]) -> None:
    pull(plot, at(plot, 20))
    double_click(plot.viewport(), at(plot, 20))
    release(plot.viewport(), at(plot, 20))
    assert asked == [20, None]


def test_that_an_empty_plot_asks_for_no_step(plot: CurvePlot, asked: list[object]) -> None:
    plot.clear_lines()
    pull(plot, at(plot, 20))
    pull(plot, at(plot, 20), at(plot, 40))
    assert not any(isinstance(each, int) or each is None for each in asked)


def test_that_a_drag_over_the_whole_run_leads_the_playhead_up_to_its_ends(plot: CurvePlot, asked: list[object]) -> None:
    pull(plot, at(plot, 20), at(plot, 30), at(plot, -30), at(plot, 130), at(plot, 90))
    assert asked == [30, 0, 100, 90, 90]
    assert plot.shown_range == pytest.approx(WHOLE)


def test_that_zoomed_in_a_drag_moves_the_steps_along_and_the_playhead_if_it_is_taken(
    plot: CurvePlot, asked: list[object]
) -> None:
    plot.show_range((40.0, 60.0))
    pull(plot, at(plot, 45), at(plot, 48))
    assert set(asked) == {(37, 57)}
    plot.show_range((40.0, 60.0))
    asked.clear()
    pull(plot, at(plot, 50), at(plot, 55))
    assert set(asked) == {55}


def test_that_a_plot_that_is_not_zoomed_keeps_its_steps_and_leaves_the_wheel_to_what_it_lies_in(make: Made) -> None:
    plot = make(CurvePlot([LineStyle("bar")], is_zoomable=False))
    asked = asked_of(plot)
    assert not turn(plot.viewport(), at(plot, 20), 120)
    pull(plot, at(plot, 20), at(plot, 40), button=RIGHT)
    assert asked == []
    pull(plot, at(plot, 20), at(plot, 40))
    assert set(asked) == {40}
    plot.show_range((10.0, 90.0))
    asked.clear()
    pull(plot, at(plot, 20), at(plot, 40))
    assert asked == []
    assert plot.shown_range == pytest.approx((10, 90))


def test_that_the_wheel_asks_for_the_steps_that_it_leads_to(plot: CurvePlot, asked: list[object]) -> None:
    values = plot.getPlotItem().vb.viewRange()[1]
    assert turn(plot.viewport(), at(plot, 50), 120)
    low, high = plot.shown_range
    assert asked == [(round(low), round(high))]
    assert WHOLE[0] < low < 50 < high < WHOLE[1]
    assert plot.getPlotItem().vb.viewRange()[1] == values, "of values nothing is asked"


@pytest.mark.parametrize(("steps", "expected"), [((50.0, 51.0), 4), ((50.0, 55.0), 5), ((-500.0, 900.0), 104)])
def test_that_no_fewer_steps_than_4_and_no_more_than_the_run_has_are_shown(
    plot: CurvePlot, steps: tuple[float, float], expected: int
) -> None:
    plot.show_range(steps)
    assert np.ptp(plot.shown_range) == pytest.approx(expected)


def test_that_a_run_of_fewer_than_4_steps_is_shown_whole(plot: CurvePlot) -> None:
    plot.show_lines([Line(np.arange(3), np.ones(3))], 2)
    assert plot.shown_range == pytest.approx((-0.04, 2.04))
    plot.show_lines([Line(np.arange(1), np.ones(1))], 0)
    assert plot.last_step == 1
    assert plot.shown_range == pytest.approx((-0.02, 1.02))


def menu_at(plot: CurvePlot, where: QPoint, reason: QContextMenuEvent.Reason) -> bool:
    event = QContextMenuEvent(reason, where, where + QPoint(7, 9))
    event.ignore()
    plot.contextMenuEvent(event)
    return event.isAccepted()


MOUSE, KEYBOARD = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard


def test_that_a_menu_is_of_the_step_at_the_pointer_or_by_the_key_of_the_playhead(plot: CurvePlot) -> None:
    wishes: list[tuple[int, QPoint]] = []
    plot.menu_requested.connect(lambda step, where: wishes.append((round(step), where)))
    inside, beside = place_in(plot, 20), QPoint(5, 50)
    assert menu_at(plot, inside, MOUSE)
    assert menu_at(plot, inside, KEYBOARD)
    assert menu_at(plot, beside, KEYBOARD)
    assert not menu_at(plot, beside, MOUSE)
    far = QPoint(7, 9)
    assert wishes == [(20, inside + far), (50, inside + far), (50, beside + far)]
    plot.clear_lines()
    assert not menu_at(plot, inside, MOUSE)
    assert not menu_at(plot, inside, KEYBOARD)
    assert len(wishes) == 3


def test_that_the_playhead_is_thicker_where_it_can_be_taken(plot: CurvePlot) -> None:
    for is_pointed_at, px in ((False, 2), (True, 4)):
        plot.playhead.setMouseHover(is_pointed_at)
        (line,) = painted(plot).lines(active().hovered)
        assert line.px == px


@pytest.mark.parametrize(("px", "is_near"), [(-6, False), (-5, True), (0, True), (5, True), (6, False)])
def test_that_a_playhead_of_a_kept_picture_is_taken_within_5_px(kept: StepsPlot, px: int, is_near: bool) -> None:
    asked = asked_of(kept)
    kept.show_range((40.0, 60.0))
    start = at(kept, 50) + QPointF(px, 0)
    move(kept.viewport(), start)
    shape = "SplitHCursor" if is_near else "ArrowCursor"
    assert kept.viewport().cursor().shape() == Qt.CursorShape[shape]
    pull(kept, start, at(kept, 55))
    assert any(isinstance(each, tuple) for each in asked) != is_near
    assert (55 in asked) == is_near


def test_that_a_playhead_is_not_taken_above_or_below_the_curves(kept: StepsPlot) -> None:
    box = kept.getPlotItem().vb.sceneBoundingRect()
    for y in (box.top() - 2, box.bottom() + 4):
        move(kept.viewport(), QPointF(at(kept, 50).x(), y))
        assert kept.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


def test_that_a_taken_playhead_follows_up_to_the_ends_until_it_is_let_go(kept: StepsPlot) -> None:
    asked = asked_of(kept)
    viewport = kept.viewport()
    press(viewport, at(kept, 50))
    for step in (60, -40, 400):
        move(viewport, at(kept, step), Qt.MouseButton.LeftButton)
    assert asked == [60, 0, 100]
    release(viewport, at(kept, 400))
    move(viewport, at(kept, 70))
    assert asked == [60, 0, 100]
    pull(kept, at(kept, 20))
    assert asked == [60, 0, 100, 20], "the next press is a click"


def test_that_another_button_takes_no_playhead(kept: StepsPlot) -> None:
    asked = asked_of(kept)
    press(kept.viewport(), at(kept, 50), RIGHT)
    move(kept.viewport(), at(kept, 60), Qt.MouseButton.RightButton)
    release(kept.viewport(), at(kept, 60), RIGHT)
    assert not any(isinstance(each, int) for each in asked)


def test_that_a_playhead_out_of_sight_is_neither_painted_nor_taken(kept: StepsPlot) -> None:
    def lines() -> int:
        return len(painted(kept).lines(active().hovered))

    for steps, n_lines in (((40.0, 50.0), 1), ((50.0, 60.0), 1), ((40.0, 49.0), 0), ((51.0, 60.0), 0)):
        kept.show_range(steps)
        assert lines() == n_lines
    kept.show_range(None)
    kept.show_axes(False)
    assert lines() == 0
    kept.show_axes(True)
    assert lines() == 1


def test_that_a_playhead_tells_of_each_change_once(qapp: QApplication) -> None:
    playhead = Playhead(qapp)
    n_moved = 0

    def moved() -> None:
        nonlocal n_moved
        n_moved += 1

    playhead.moved.connect(moved)
    assert (playhead.value(), playhead.isVisible()) == (0, False)
    for change, expected in (
        (lambda: playhead.setValue(0), 0),
        (lambda: playhead.setValue(7), 1),
        (lambda: playhead.setValue(7), 1),
        (playhead.hide, 1),
        (lambda: playhead.setVisible(True), 2),
        (lambda: playhead.setVisible(True), 2),
        (playhead.hide, 3),
    ):
        change()
        assert n_moved == expected
    assert [playhead.clipped(step) for step in (-1, 0.5, 3)] == [0, 0.5, 1], "before a run is known"
    playhead.setBounds((0, 60))
    assert [playhead.clipped(step) for step in (-1, 59, 61)] == [0, 59, 60]
