"""What the legend of points says, and in which colours."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.analysis.class_groups import PointGroups
from app.palette import DARK
from app.views.projection.point_legend import LegendRows, PointLegend
from app.window.theme import apply_theme
from tests.app.painted import painted

COLOURS = np.array([(10, 200, 30), (200, 10, 30), (30, 10, 200)], np.uint8)


def groups(n: int = 3, name: str = "class") -> PointGroups:
    names = tuple(f"{name} {number}" for number in range(n))
    return PointGroups(np.zeros(n, int), names, np.resize(COLOURS, (n, 3)), np.arange(n) * 1000 + 7)


@pytest.fixture
def rows(qtbot: QtBot, qapp) -> LegendRows:
    apply_theme(qapp, "dark")
    rows = LegendRows()
    qtbot.addWidget(rows)
    rows.resize(180, 100)
    rows.show_groups(groups(), np.array([True, False, True]))
    return rows


def test_that_each_group_has_its_colour_its_name_and_how_many_it_has(rows: LegendRows) -> None:
    found = painted(rows)
    assert [(each.text, each.colour) for each in found.words] == [
        ("class 0", DARK.text),
        ("7", DARK.faint_text),
        ("class 1", DARK.faint_text),
        ("1,007", DARK.faint_text),
        ("class 2", DARK.text),
        ("2,007", DARK.faint_text),
    ]
    for number, colour in enumerate(COLOURS.tolist()):
        place = QRectF(rows.place_of(number))
        name, count = found.words[2 * number], found.words[2 * number + 1]
        (swatch,) = [each for each in found.shapes if each.line == QColor(*colour).name()]
        assert swatch.area == ("" if number == 1 else QColor(*colour).name()), "hidden: only its frame"
        assert place.left() < swatch.place.left() < swatch.place.right() < name.place.left()
        assert name.place.right() < count.place.left() < count.place.right() <= place.right()
        assert all(
            each.place.center().y() == pytest.approx(place.center().y(), abs=3) for each in (swatch, name, count)
        )
        assert place.contains(swatch.place)
    (crossed,) = found.lines(DARK.faint_text)
    assert crossed.place.left() == pytest.approx(found.words[2].place.left(), abs=2)
    assert crossed.place.right() == pytest.approx(found.words[2].place.right(), abs=2)


def test_that_of_many_classes_those_without_samples_have_no_row(rows: LegendRows, qtbot: QtBot) -> None:
    many = groups(200)
    counts = np.where(np.arange(200) % 50 == 3, 1, 0)
    rows.show_groups(PointGroups(many.groups, many.names, many.colours, counts), np.arange(200) != 53)
    found = painted(rows)
    assert found.texts == ["class 3", "1", "class 53", "1", "class 103", "1", "class 153", "1"]
    assert found.word("class 53").colour == DARK.faint_text
    assert rows.height() == 4 * rows.place_of(0).height()
    with qtbot.waitSignal(rows.toggled) as toggled:
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=rows.place_of(2).center())
    assert toggled.args == [103]


def test_that_a_long_name_is_cut_and_its_count_is_not(rows: LegendRows) -> None:
    rows.show_groups(groups(name="a class of which the name is much too long"), np.ones(3, bool))
    found = painted(rows)
    for name, count in zip(found.words[::2], found.words[1::2], strict=True):
        assert "…" in name.text
        assert name.place.right() < count.place.left()
    assert [each.text for each in found.words[1::2]] == ["7", "1,007", "2,007"]
    assert [name.text[-1] for name in found.words[::2]] == ["0", "1", "2"]


def test_that_long_names_which_end_alike_are_seen_to_differ(rows: LegendRows) -> None:
    names = tuple(f"the digit that people write when they mean {number}, in words" for number in range(3))
    plain = groups()
    rows.show_groups(PointGroups(plain.groups, names, plain.colours, plain.counts), np.ones(3, bool))
    assert len({each.text for each in painted(rows).words[::2]}) == 3


@pytest.mark.parametrize(("n", "n_columns"), [(3, 1), (6, 2), (10, 2), (11, 3), (40, 3)])
def test_that_a_wide_legend_fills_columns_of_five_as_many_as_names_fit(
    rows: LegendRows, n: int, n_columns: int
) -> None:
    rows.resize(420, 100)
    rows.show_groups(groups(n), np.ones(n, bool))
    rows.show_wide(True)
    places = [rows.place_of(number) for number in range(n)]
    assert len({each.left() for each in places}) == n_columns
    assert not any(one.intersects(other) for number, one in enumerate(places) for other in places[:number])
    assert all(rows.rect().contains(each) for each in places)
    assert len(painted(rows).words) == 2 * n
    rows.show_wide(False)
    assert {rows.place_of(number).left() for number in range(n)} == {0}


@pytest.fixture
def legend(qtbot: QtBot, qapp) -> PointLegend:
    apply_theme(qapp, "dark")
    legend = PointLegend()
    qtbot.addWidget(legend)
    legend.resize(170, 300)
    legend.show_groups(groups())
    legend.show()
    qtbot.waitExposed(legend)
    return legend


def click(qtbot: QtBot, rows: LegendRows, number: int, how: Callable[..., None] | None = None) -> None:
    (how or qtbot.mouseClick)(rows, Qt.MouseButton.LeftButton, pos=rows.place_of(number).center())


def test_that_a_click_hides_a_group_and_another_shows_it_again(legend: PointLegend, qtbot: QtBot) -> None:
    changes: list[None] = []
    legend.changed.connect(lambda: changes.append(None))
    assert not legend.all_button.isVisible()
    click(qtbot, legend.rows, 1)
    assert legend.visible.tolist() == [True, False, True]
    assert painted(legend.rows).word("class 1").colour == DARK.faint_text
    assert legend.all_button.isVisible()
    click(qtbot, legend.rows, 1)
    assert legend.visible.all()
    assert painted(legend.rows).word("class 1").colour == DARK.text
    assert not legend.all_button.isVisible()
    assert len(changes) == 2


def test_that_a_double_click_singles_a_group_out_and_the_button_shows_all(legend: PointLegend, qtbot: QtBot) -> None:
    click(qtbot, legend.rows, 2, qtbot.mouseDClick)
    assert legend.visible.tolist() == [False, False, True]
    qtbot.mouseClick(legend.all_button, Qt.MouseButton.LeftButton)
    assert legend.visible.all()


def test_that_what_is_hidden_stays_hidden_as_long_as_the_groups_are_the_same(legend: PointLegend, qtbot: QtBot) -> None:
    click(qtbot, legend.rows, 0)
    legend.show_groups(groups())
    assert legend.visible.tolist() == [False, True, True]
    assert legend.all_button.isVisible()
    legend.show_groups(groups(4))
    assert legend.visible.all()
    assert not legend.all_button.isVisible()
    legend.show_groups(None)
    assert painted(legend.rows).words == []
