"""The line of stretches in which two runs differ, as it is painted and pointed at."""

import pytest
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.compare.difference_strip import DifferenceStrip
from app.widgets.heat_map import LEFT_PX, RIGHT_PX
from tests.app.painted import painted

LEFT = Qt.MouseButton.LeftButton
WIDTH = 400
"""Of the steps 0 to 100, px."""


@pytest.fixture
def strip(qtbot: QtBot) -> DifferenceStrip:
    strip = DifferenceStrip()
    qtbot.addWidget(strip)
    strip.resize(LEFT_PX + WIDTH + RIGHT_PX, strip.sizeHint().height())
    strip.show_range(0, 100)
    strip.show_stretches([(10, 20), (60, 60)], 5, 90)
    return strip


def places(strip: DifferenceStrip, colour: str) -> list[QRectF]:
    return [each.place for each in painted(strip).areas(colour)]


def test_that_a_stretch_goes_from_its_first_step_to_the_end_of_its_last(strip: DifferenceStrip) -> None:
    first, second = places(strip, active().faint_text)
    assert (first.left(), first.right()) == pytest.approx((LEFT_PX + 40, LEFT_PX + 100), abs=0.01)
    assert (second.left(), second.right()) == pytest.approx((LEFT_PX + 240, LEFT_PX + 260), abs=0.01)
    assert (first.top(), first.height()) == (0, 9)
    (ground,) = places(strip, active().bar_ground)
    assert (ground.left(), ground.width()) == (LEFT_PX, WIDTH)


def test_that_the_stretch_of_the_playhead_is_marked_and_a_short_one_is_seen(strip: DifferenceStrip) -> None:
    strip.show_chosen(1)
    assert [each.left() for each in places(strip, active().bar)] == pytest.approx([LEFT_PX + 240])
    strip.show_range(0, 100_000)
    assert [each.width() for each in places(strip, active().faint_text)] == [2]


def test_that_the_playhead_is_a_line_at_its_step(strip: DifferenceStrip) -> None:
    strip.show_step(25)
    (line,) = painted(strip).lines(active().hovered)
    assert (line.place.left(), line.place.top(), line.place.bottom(), line.px) == (LEFT_PX + 100, 0, 10, 2)


def test_that_round_steps_stand_below_and_the_first_says_what_they_are(strip: DifferenceStrip) -> None:
    found = painted(strip)
    assert found.texts == ["any layer", "step 0", "50", "100"]
    assert found.word("any layer").place.right() == pytest.approx(LEFT_PX - 6, abs=2)
    for text, step in (("step 0", 0), ("50", 50)):
        assert found.word(text).place.center().x() == pytest.approx(LEFT_PX + 4 * step, abs=2)
        assert found.word(text).place.top() > 9
    strip.show_range(1000, 2000)
    assert painted(strip).texts == ["any layer", "step 1,000", "1,500", "2,000"]


def test_that_the_last_number_is_seen_whole_where_the_line_ends_at_it(strip: DifferenceStrip) -> None:
    strip.show_range(0, 1_000)
    last = painted(strip).word("1,000").place
    assert last.right() <= strip.width() < last.center().x() + 20


def test_that_a_click_and_a_drag_request_steps_that_there_are(strip: DifferenceStrip) -> None:
    told: list[float] = []
    strip.step_requested.connect(told.append)
    QTest.mousePress(strip, LEFT, pos=QPoint(LEFT_PX + 200, 3))
    QTest.mouseMove(strip, QPoint(LEFT_PX + 300, 3))
    QTest.mouseRelease(strip, LEFT, pos=QPoint(LEFT_PX + 300, 3))
    QTest.mouseClick(strip, LEFT, pos=QPoint(LEFT_PX + 396, 3))  # the run has 90
    QTest.mouseClick(strip, LEFT, pos=QPoint(LEFT_PX - 3, 3))
    QTest.mouseClick(strip, Qt.MouseButton.RightButton, pos=QPoint(LEFT_PX + 100, 3))
    assert told == pytest.approx([50, 75, 90])


def test_that_a_stretch_that_is_partly_seen_ends_where_the_line_does(strip: DifferenceStrip) -> None:
    strip.show_range(15, 62)
    seen = strip.grab().toImage()
    strip.show_stretches([], 5, 90)
    without = strip.grab().toImage()
    for x in range(strip.width()):
        if not LEFT_PX <= x < LEFT_PX + WIDTH:
            assert seen.pixel(x, 4) == without.pixel(x, 4)


def test_that_where_the_run_ends_behind_what_is_seen_a_step_is_one_that_is_seen(strip: DifferenceStrip) -> None:
    told: list[float] = []
    strip.step_requested.connect(told.append)
    strip.show_range(10.25, 10.75)
    strip.show_step(10.5)
    for x in (0, 200, 400):
        QTest.mouseClick(strip, LEFT, pos=QPoint(LEFT_PX + x, 3))
    assert told == pytest.approx([10.25, 10.5, 10.75])
    assert painted(strip).lines(active().hovered)[0].place.left() == pytest.approx(LEFT_PX + 200, abs=0.01)


def test_that_steps_before_the_run_are_its_first(strip: DifferenceStrip) -> None:
    told: list[float] = []
    strip.step_requested.connect(told.append)
    strip.show_range(-100, 100)
    for x in (100, 300):
        QTest.mouseClick(strip, LEFT, pos=QPoint(LEFT_PX + x, 3))
    assert told == pytest.approx([0, 50])


def test_that_at_first_a_run_of_one_step_is_seen(qtbot: QtBot) -> None:
    strip = DifferenceStrip()
    qtbot.addWidget(strip)
    strip.resize(LEFT_PX + WIDTH + RIGHT_PX, strip.sizeHint().height())
    told: list[float] = []
    strip.step_requested.connect(told.append)
    for x in (0, 200, 403):
        QTest.mouseClick(strip, LEFT, pos=QPoint(LEFT_PX + x, 3))
    assert told == pytest.approx([0, 0.5, 1])
    assert painted(strip).texts == ["any layer", "step 0", "1"]
    assert painted(strip).lines(active().hovered)[0].place.left() == LEFT_PX
    assert places(strip, active().bar) == places(strip, active().faint_text) == []


@pytest.mark.parametrize(("px", "step"), [(0, 90), (1, 90), (2, 50)])
def test_that_a_line_without_room_is_pointed_at_all_the_same(strip: DifferenceStrip, px: int, step: float) -> None:
    told: list[float] = []
    strip.step_requested.connect(told.append)
    strip.resize(LEFT_PX + px + RIGHT_PX, strip.height())
    QTest.mouseClick(strip, LEFT, pos=QPoint(LEFT_PX + 1, 3))
    assert told == pytest.approx([step])


def test_that_steps_without_a_length_begin_at_the_left(strip: DifferenceStrip) -> None:
    strip.show_range(50, 50)
    strip.show_step(50)
    assert painted(strip).texts == ["any layer", "step 50"]
    assert [each.place.left() for each in painted(strip).lines(active().hovered)] == [LEFT_PX]


class Counted(DifferenceStrip):
    """Counts how often it is painted."""

    n_painted = 0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self.n_painted += 1
        super().paintEvent(event)


def test_that_whatever_is_shown_anew_is_painted_anew(qtbot: QtBot) -> None:
    strip = Counted()
    qtbot.addWidget(strip)
    strip.show()
    qtbot.waitExposed(strip)
    changes = (
        lambda: strip.show_stretches([(5, 9)], 5, 90),
        lambda: strip.show_chosen(0),
        lambda: strip.show_range(0, 50),
        lambda: strip.show_step(7),
    )
    for change in changes:
        qtbot.wait(1)
        before = strip.n_painted
        change()
        qtbot.waitUntil(lambda before=before: strip.n_painted > before)
