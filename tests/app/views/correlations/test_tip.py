"""Where the words of a cell stand: beside the pointer, and on its other side where they would leave the matrix."""

import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QColor

from app.palette import SMALL_PX, active
from app.views.correlations.matrix_view import _paint_tip
from tests.app.painted import painted_by

ROOM = QRectF(0, 0, 400, 200)


def box(pointer: QPointF) -> QRectF:
    found = painted_by(lambda painter: _paint_tip(painter, "fc1 × fc2: 0.5", pointer, ROOM), QSize(400, 200))
    (area,) = found.areas(QColor(active().bar_ground).name())
    return area.place


def test_that_words_stand_right_below_the_pointer_where_there_is_room(qapp) -> None:
    assert (box(QPointF(20, 20)).left(), box(QPointF(20, 20)).top()) == pytest.approx((34, 28 + SMALL_PX), abs=0.5)


def test_that_words_turn_over_just_before_they_would_touch_the_border(qapp) -> None:
    free = box(QPointF(20, 20))
    across, down = 14, 8 + SMALL_PX
    last_x, last_y = 400 - 2 - free.width() - across, 200 - 2 - free.height() - down
    before, after = -0.5, 0.5
    assert box(QPointF(last_x + before, 20)).left() == pytest.approx(last_x + before + across, abs=0.5)
    assert box(QPointF(last_x + after, 20)).right() == pytest.approx(last_x + after - 10, abs=0.5)
    assert box(QPointF(20, last_y + before)).top() == pytest.approx(last_y + before + down, abs=0.5)
    assert box(QPointF(20, last_y + after)).bottom() == pytest.approx(last_y + after - 8, abs=0.5)


def test_that_words_stay_inside_where_they_fit_on_no_side(qapp) -> None:
    room = QRectF(0, 0, 60, 40)
    found = painted_by(lambda painter: _paint_tip(painter, "one two three", QPointF(30, 20), room), QSize(60, 40))
    (area,) = found.areas(QColor(active().bar_ground).name())
    assert (area.place.left(), area.place.top()) == pytest.approx((2, 1), abs=0.5)
