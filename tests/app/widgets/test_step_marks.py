"""Marks over the steps of a plot: where they are, and how many of many."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.palette import DARK
from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.step_marks import EpochMarks, NoGradientMarks, NotFiniteMarks, ResumeMarks, StepMarks
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted_by


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> None:
    apply_theme(qapp, "dark")


def marked(marks: StepMarks, across: np.ndarray) -> Painted:
    return painted_by(lambda painter: marks.paint_marks(painter, marks.thinned(across), 10.0, 90.0), QSize(400, 100))


def test_that_a_value_that_is_not_finite_has_a_cross_at_the_top() -> None:
    strokes = marked(NotFiniteMarks(), np.array([120.0])).lines(DARK.wrong)
    assert len(strokes) == 2
    for each in strokes:
        assert each.place.center().x() == pytest.approx(120)
        assert each.place.top() == pytest.approx(12)
        assert each.place.width() == pytest.approx(each.place.height())
        assert 4 < each.place.width() < 8


def test_that_a_step_without_a_gradient_has_a_ring_at_the_top() -> None:
    (ring,) = marked(NoGradientMarks(), np.array([120.0])).lines(DARK.faint_text)
    assert ring.place.center().x() == pytest.approx(120)
    assert 10 < ring.place.top() < ring.place.bottom() < 20


@pytest.mark.parametrize("kind", [NotFiniteMarks, NoGradientMarks])
def test_that_marks_that_would_touch_are_one(qapp, kind: type[StepMarks]) -> None:
    marks = kind()
    near = marks.thinned(np.linspace(0, 300, 3001))
    assert 20 < len(near) < 100
    assert np.diff(near).min() >= 4
    assert np.abs(near - 300).min() < 6
    assert np.abs(near).min() < 6
    far = np.array([10.0, 50.0, 250.0])
    assert np.abs(marks.thinned(far) - far).max() < 5
    assert marks.thinned(np.array([33.0])).tolist() == [33.0]


def test_that_an_epoch_has_a_line_from_top_to_bottom() -> None:
    lines = marked(EpochMarks(), np.array([100.4, 200.0])).lines(DARK.line)
    assert {round(each.place.center().x()) for each in lines} == {100, 200}
    assert min(each.place.top() for each in lines) == pytest.approx(10)
    assert max(each.place.bottom() for each in lines) == pytest.approx(90, abs=5)


def test_that_of_many_epochs_every_so_manieth_has_a_line_at_its_true_place() -> None:
    across = np.linspace(0, 400, 401)
    thinned = EpochMarks().thinned(across)
    assert len(thinned) < 200
    assert set(thinned) <= set(across)
    assert len({round(after - before, 6) for before, after in pairwise(thinned.tolist())}) == 1
    few = np.linspace(0, 400, 9)
    assert EpochMarks().thinned(few).tolist() == few.tolist()


def test_that_a_resumed_run_has_a_line_and_a_triangle_at_the_bottom() -> None:
    found = marked(ResumeMarks(), np.array([50.0, 51.0]))
    triangles = found.areas(DARK.faint_text)
    assert len(triangles) == 2, "none is left out"
    assert [each.place.left() for each in triangles] == [50, 51]
    assert all((each.place.top(), each.place.bottom()) == (82, 90) for each in triangles)
    assert {round(each.place.left()) for each in found.lines(DARK.faint_text)} == {50, 51}


def test_that_marks_have_the_whole_room_whatever_range_is_shown(qtbot: QtBot) -> None:
    plot = CurvePlot([LineStyle("bar")])
    qtbot.addWidget(plot)
    plot.resize(400, 160)
    plot.show()
    marks = plot.epoch_marks
    for largest in (1.0, 4000.0):
        plot.show_lines([Line(np.arange(10), np.linspace(0, largest, 10))], 9)
        assert marks.boundingRect() == plot.getPlotItem().vb.viewRect()
    plot.show_range((2.0, 5.0))
    assert marks.boundingRect() == plot.getPlotItem().vb.viewRect()


@pytest.mark.parametrize(
    ("across", "expected"),
    [
        ([], []),
        ([5.0], [5.0]),
        ([0.0, 24.0, 48.0], [0.0, 24.0, 48.0]),
        ([0.0, 23.0, 46.0, 69.0], [0.0, 46.0]),
        ([0.0, 12.0, 24.0], [0.0, 24.0]),
        ([7.0, 7.0, 7.0], [7.0]),
        ([100.0, 112.0, 124.0], [100.0, 124.0]),
    ],
)
def test_that_lines_of_epochs_are_24_px_apart_at_the_least(across: list[float], expected: list[float]) -> None:
    assert EpochMarks().thinned(np.array(across)).tolist() == expected
