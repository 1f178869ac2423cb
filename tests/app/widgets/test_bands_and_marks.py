"""Bands over steps, and marks at them: how far they reach, and where exactly they stand."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis import colours
from app.palette import DARK
from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.difference_colours import difference_colours
from app.widgets.error_band import StepsBand
from app.widgets.severity_mark import MARK_PX, paint_mark, severity_colour
from app.widgets.step_marks import DumpMarks, EpochMarks, HeldMark, NoGradientMarks, NotFiniteMarks, StepMarks
from app.window.theme import PALETTES, apply_theme
from collector.comparing.noise import Band
from tests.app.painted import Painted, painted, painted_by

STEPS = np.arange(0, 100, 10)


@pytest.fixture(autouse=True)
def dark_theme(qapp: QApplication) -> None:
    apply_theme(qapp, "dark")


def steps_of(band: Band, left: float, right: float, most: int = 200) -> list[float]:
    made = StepsBand()
    made.show_band(band, left, right, most, is_log=False)
    return sorted({point.x() for part in made.path().toSubpathPolygons() for point in part})


FLAT = Band(STEPS, np.full(10, 1.0), np.full(10, 2.0))


@pytest.mark.parametrize(
    ("left", "right", "first", "last"),
    [(30, 60, 20, 70), (29, 61, 20, 70), (31, 59, 30, 60), (-5, 200, 0, 90), (0, 0, 0, 10), (95, 200, 90, 90)],
)
def test_that_a_band_goes_on_to_the_next_step_beyond_what_is_seen(
    left: float, right: float, first: int, last: int
) -> None:
    found = steps_of(FLAT, left, right)
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize(
    ("most", "expected"), [(200, STEPS), (11, STEPS), (6, STEPS), (5, STEPS[::2]), (3, STEPS[::3]), (0, [0])]
)
def test_that_a_band_has_about_as_many_steps_as_asked(most: int, expected: np.ndarray) -> None:
    assert steps_of(FLAT, 0, 90, most) == list(expected)


def test_that_on_a_log_scale_a_bound_that_is_not_above_zero_is_a_thousandth_of_the_middle() -> None:
    band = Band(STEPS[:3], np.array([-1.0, 0.0, 1.0]), np.array([3.0, 8.0, 10.0]))
    made = StepsBand()
    made.show_band(band, 0, 20, 200, is_log=True)
    (part,) = made.path().toSubpathPolygons()
    found = {(point.x(), round(point.y(), 6)) for point in part}
    expected = [(0, 0.001, 3), (10, 0.004, 8), (20, 1, 10)]
    assert found == {(step, round(float(np.log10(value)), 6)) for step, *values in expected for value in values}


def test_that_a_band_goes_where_none_is_shown_and_has_a_faint_shade_without_a_border() -> None:
    made = StepsBand()
    made.show_band(FLAT, 0, 90, 200, is_log=False)
    made.show_band(None, 0, 90, 200, is_log=False)
    assert made.path().isEmpty()
    made.show_colour(QColor("#ff0000"))
    assert made.brush().color().name() == "#ff0000"
    assert made.brush().color().alphaF() == pytest.approx(0.22, abs=0.01)
    assert made.pen().style() == Qt.PenStyle.NoPen
    assert made.zValue() == -4


def marked(marks: StepMarks, *across: float) -> Painted:
    return painted_by(lambda painter: marks.paint_marks(painter, np.array(across), 10.0, 90.0), QSize(400, 100))


def rect(place: QRectF) -> tuple[float, ...]:
    return tuple(round(each, 2) for each in (place.left(), place.top(), place.width(), place.height()))


def test_that_a_cross_is_two_strokes_below_the_top() -> None:
    strokes = marked(NotFiniteMarks(), 50.0).lines(DARK.wrong)
    assert [rect(each.place) for each in strokes] == [(47.4, 12, 5.2, 5.2)] * 2
    assert {each.px for each in strokes} == {1.6}


def test_that_a_ring_is_not_filled_and_stands_below_the_top() -> None:
    (ring,) = marked(NoGradientMarks(), 50.0).lines(DARK.faint_text)
    assert rect(ring.place) == (47.8, 12.4, 4.4, 4.4)
    assert ring.px == 1.2


def test_that_a_held_step_has_a_line_over_the_whole_height_on_a_whole_pixel() -> None:
    lines = marked(HeldMark(), 50.4, 99.6).lines(DARK.hovered)
    assert {round(each.place.center().x()) for each in lines} == {50, 100}
    assert min(each.place.top() for each in lines) == 10
    assert max(each.place.bottom() for each in lines) == pytest.approx(90, abs=5)


@pytest.mark.parametrize(
    ("across", "expected"),
    [
        ((100.0,), [(97.5, 5)]),
        ((100.0, 110.0, 120.0), [(95, 30)]),
        ((100.0, 110.0, 121.0), [(95, 31)]),
        ((100.0, 110.0, 122.0), [(95, 20), (117, 10)]),
        ((100.0, 102.0, 104.0, 200.0), [(97.5, 9), (197.5, 5)]),
    ],
)
def test_that_steps_next_to_each_other_have_one_bar_and_each_of_them_5_px_at_the_least(
    across: tuple[float, ...], expected: list[tuple[float, float]]
) -> None:
    found = [rect(each.place) for each in marked(DumpMarks(), *across).areas(DARK.badge)]
    wanted = []
    for left, width in expected:
        wanted += [(left, 10, width, 80), (left, 86, width, 4)]
    assert found == wanted


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot([LineStyle("bar")])
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show_lines([Line(np.arange(101), np.linspace(1, 2, 101))], 100)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize(
    ("steps", "expected"), [([19, 41], []), ([20, 40], [20, 40]), ([5, 25, 35, 90], [25, 35]), ([], [])]
)
def test_that_marks_are_painted_at_their_steps_as_far_as_these_are_seen(
    plot: CurvePlot, steps: list[int], expected: list[int]
) -> None:
    plot.show_range((20.0, 40.0))
    plot.held_mark.show_steps(np.array(steps))
    box = plot.getPlotItem().vb
    lines = [each for each in painted(plot).lines(DARK.hovered) if each.px == 1]
    found = sorted({round(each.place.center().x()) for each in lines})
    assert found == [pytest.approx(box.mapViewToScene(QPointF(step, 1.5)).x(), abs=1.1) for step in expected]
    room = box.sceneBoundingRect()
    for each in lines:
        assert room.top() - 1 <= each.place.top() and each.place.bottom() <= room.bottom() + 1
    assert not lines or min(each.place.top() for each in lines) == pytest.approx(room.top(), abs=1.5)


def test_that_steps_are_marked_anew_where_they_are_others_alone(plot: CurvePlot, qtbot: QtBot) -> None:
    class Counted(EpochMarks):
        n_updates = 0

        def update(self, *_: object) -> None:
            Counted.n_updates += 1

    marks = Counted()
    for steps, expected in (([], 0), ([1, 2], 1), ([1, 2], 1), ([1, 3], 2), ([], 3)):
        marks.show_steps(np.array(steps))
        assert Counted.n_updates == expected
        assert marks.steps.tolist() == steps
        assert marks.steps.dtype == np.float64


def test_that_marks_have_no_part_in_the_range_of_values() -> None:
    assert EpochMarks().dataBounds() is None


AT = QPointF(20, 20)


def test_that_marks_of_severity_have_their_shapes_to_the_pixel() -> None:
    def shapes(severity: str, **given: object) -> list[tuple[str, str, tuple[float, ...], float]]:
        def paint(painter: object) -> None:
            paint_mark(painter, AT, severity, 20.0, **given)  # type: ignore[arg-type]

        return [
            (each.line, each.area, rect(each.place), each.px if each.line else 0)
            for each in painted_by(paint, QSize(40, 40)).shapes
        ]

    white = QColor("white")
    assert shapes("critical") == [
        ("", DARK.wrong, (10, 10, 20, 20), 0),
        ("", DARK.background, (14.5, 18.2, 11, 3.6), 0),
    ]
    assert shapes("warning") == [("", DARK.hovered, (10, 10, 20, 18), 0)]
    ((line, area, place, px),) = shapes("note")
    assert (line, area, place, px) == (DARK.faint_text, "", (13.2, 13.2, 13.6, 13.6), pytest.approx(20 / 7, abs=0.01))
    assert shapes("warning", ground=white) == [("#ffffff", DARK.hovered, (10, 10, 20, 18), 2)]
    assert shapes("critical", ground=white)[0] == ("#ffffff", DARK.wrong, (10, 10, 20, 20), 2)
    assert shapes("note", ground=white)[0][1] == "#ffffff"


def test_that_the_ring_of_a_small_note_is_not_too_thin_to_be_seen() -> None:
    for px, expected in ((5.0, 1.2), (8.0, 1.2), (MARK_PX, MARK_PX / 7)):
        found = painted_by(lambda painter, px=px: paint_mark(painter, AT, "note", px), QSize(40, 40)).shapes
        assert found[0].px == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("theme", PALETTES)
def test_that_a_severity_has_its_colour_in_either_theme(qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    palette = PALETTES[theme]
    found = [severity_colour(each).name() for each in ("critical", "warning", "note")]  # type: ignore[arg-type]
    assert found == [palette.wrong, palette.hovered, palette.faint_text]
    apply_theme(qapp, "dark")


@pytest.mark.parametrize("theme", PALETTES)
def test_that_differences_go_from_one_end_over_the_ground_to_the_other_and_faster_near_it(
    qapp: QApplication, theme: str
) -> None:
    apply_theme(qapp, theme)
    ground = np.array(QColor(PALETTES[theme].bar_ground).getRgb()[:3], float)
    least, some, same, most, beyond = difference_colours(np.array([-1.0, -0.25, 0.0, 1.0, 7.0])).astype(float)
    assert least[3] == some[3] == same[3] == most[3] == 255
    assert same[:3].tolist() == ground.tolist()
    ends = colours.ON_DARK if theme == "dark" else colours.ON_LIGHT
    assert (least[:3].tolist(), most[:3].tolist()) == (list(ends.negative), list(ends.positive))
    assert beyond.tolist() == most.tolist()
    assert some[:3] == pytest.approx(ground + (least[:3] - ground) * 0.25**0.6, abs=1)
    assert difference_colours(np.zeros((2, 3))).shape == (2, 3, 4)
    apply_theme(qapp, "dark")


def test_that_what_lies_beyond_the_ends_has_the_colours_of_the_ends(qapp) -> None:
    beyond, ends = difference_colours(np.array([-2.0, 1.5])), difference_colours(np.array([-1.0, 1.0]))
    assert beyond.tolist() == ends.tolist()
    assert ends[0].tolist() != ends[1].tolist()
    assert difference_colours(np.array([0.0, -0.0]))[0].tolist() == difference_colours(np.array([-0.0]))[0].tolist()
