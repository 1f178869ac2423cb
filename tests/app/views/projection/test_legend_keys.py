"""The legend of points by keys, and the room that it takes."""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.analysis.class_groups import PointGroups
from app.views.projection.point_legend import LegendRows, PointLegend
from app.views.projection.points_of_run import PointsOfRun

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
LONG = "a class that has a name as long as those who made the data could think of"


def groups(n: int, name: str = "class", count: int = 1) -> PointGroups:
    names = tuple(f"{name} {number}" for number in range(n))
    return PointGroups(np.zeros(n, int), names, np.full((n, 3), 99, np.uint8), np.full(n, count))


@pytest.fixture
def legend(qtbot: QtBot) -> PointLegend:
    legend = PointLegend()
    qtbot.addWidget(legend)
    legend.show_groups(groups(3))
    with qtbot.waitActive(legend):
        legend.show()
    legend.rows.clearFocus()  # which comes with the window
    legend.rows.setFocus(Qt.FocusReason.TabFocusReason)
    return legend


def press(rows: LegendRows, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(rows, key)


@pytest.mark.parametrize("is_below", [False, True])
@pytest.mark.parametrize(
    ("keys", "hidden"),
    [
        ((Key.Key_Return,), 0),
        ((Key.Key_Down, Key.Key_Return), 1),
        ((Key.Key_Down, Key.Key_Down, Key.Key_Space), 2),
        ((Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Space), 2),
        ((Key.Key_Down, Key.Key_Up, Key.Key_Up, Key.Key_Return), 0),
        ((Key.Key_Down, Key.Key_Left, Key.Key_Right, Key.Key_Return), 1),
    ],
)
def test_that_arrows_go_from_group_to_group_and_enter_hides_it(
    legend: PointLegend, keys: tuple[Qt.Key, ...], hidden: int, is_below: bool
) -> None:
    legend.show_below(is_below)
    press(legend.rows, *keys)
    assert np.flatnonzero(~legend.visible).tolist() == [hidden]
    press(legend.rows, Key.Key_Return)
    assert legend.visible.all()


def test_that_a_group_is_told_whole_at_the_pointer_and_to_those_who_do_not_see(legend: PointLegend) -> None:
    does = "Click: hide or show. Double-click: only this one."
    legend.show_groups(
        PointGroups(*(groups(3, LONG).groups, groups(3, LONG).names), *(groups(3).colours, np.array([1, 0, 1234])))
    )
    assert legend.rows.tip(legend.rows.place_of(0).center()) == f"{LONG} 0: 1 point\n{does}"
    press(legend.rows, Key.Key_Down)
    assert legend.rows.accessibleDescription() == f"{LONG} 2: 1,234 points {does}", "which is the second row"
    press(legend.rows, Key.Key_Return)
    assert legend.rows.tip(legend.rows.place_of(1).center()) == f"{LONG} 2: 1,234 points, hidden\n{does}"
    assert legend.rows.tip(QPoint(3, 500)) == ""


def test_that_a_click_beside_the_rows_hides_nothing(legend: PointLegend) -> None:
    legend.show_below(True)
    legend.resize(600, 110)
    last = legend.rows.place_of(2)
    QTest.mouseClick(legend.rows, LEFT, pos=last.center() + QPoint(last.width(), 0))
    assert legend.visible.all()
    QTest.mouseClick(legend.rows, LEFT, pos=last.center())
    assert legend.visible.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("room_px", "name", "least", "most"),
    [(0, LONG, 170, 170), (640, LONG, 170, 170), (1200, LONG, 300, 300), (4000, LONG, 400, 700), (4000, "a", 170, 170)],
)
def test_that_beside_points_it_is_as_wide_as_its_names_up_to_a_quarter_of_the_room(
    legend: PointLegend, room_px: int, name: str, least: int, most: int
) -> None:
    legend.show_room(room_px)
    legend.show_groups(groups(3, name))
    assert least <= legend.minimumWidth() == legend.maximumWidth() <= most
    legend.resize(legend.minimumWidth(), 200)
    if room_px == 4000:
        assert legend.rows.wanted_px <= legend.rows.width(), "no name is cut"
    legend.show_below(True)
    assert (legend.minimumWidth(), legend.maximumWidth() > 10_000) == (0, True)


@pytest.mark.parametrize(("n", "rows"), [(3, 3), (5, 5), (6, 5), (40, 5)])
def test_that_below_points_it_is_as_high_as_its_rows_up_to_five(legend: PointLegend, n: int, rows: int) -> None:
    legend.show_groups(groups(n))
    legend.show_below(True)
    row = legend.rows.place_of(0).height()
    assert legend.minimumHeight() == legend.maximumHeight()
    assert rows * row <= legend.minimumHeight() < (rows + 1) * row
    legend.show_below(False)
    assert (legend.minimumHeight(), legend.maximumHeight() > 10_000) == (0, True)


def test_that_the_button_is_seen_whole_below_a_single_row(legend: PointLegend) -> None:
    legend.show_groups(groups(1))
    legend.show_below(True)
    QTest.mouseClick(legend.rows, LEFT, pos=legend.rows.place_of(0).center())
    assert legend.all_button.text() == "All"
    assert legend.minimumHeight() >= legend.all_button.sizeHint().height()


def test_that_the_button_takes_room_of_the_rows_only_where_columns_would_move(legend: PointLegend) -> None:
    assert not legend.all_button.sizePolicy().retainSizeWhenHidden()
    legend.show_below(True)
    assert legend.all_button.sizePolicy().retainSizeWhenHidden()


def test_that_the_legend_beside_points_is_told_how_wide_both_are(qtbot: QtBot) -> None:
    both = PointsOfRun()
    qtbot.addWidget(both)
    both.show()
    both.legend.show_groups(groups(3, LONG))
    least = []
    for width in (600, 1200):
        both.resize(width, 400)
        least.append(both.legend.minimumWidth())
    assert least == [170, 300]
