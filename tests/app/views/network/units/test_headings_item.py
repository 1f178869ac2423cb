"""What the headings of columns are drawn as: marks before and behind titles, lines below them, and what is kept."""

from dataclasses import replace
from unittest.mock import Mock

import pytest
from PyQt6.QtCore import QSize

from app.analysis.graph.graph_view import GraphView
from app.analysis.health import Health
from app.palette import DARK, TITLE_PX
from app.views.network.text import text_width
from app.views.network.units.analysis.layout import Layout, place
from app.views.network.units.headings_item import HeadingsItem
from tests.app.looks.pieces.network import CNN
from tests.app.made_up_findings import finding
from tests.app.painted import Painted, painted_by
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

CRITICAL = Health((finding("dead-units", "critical", ["x"], 0),))
MARK = 11.0


@pytest.fixture(scope="module")
def view() -> GraphView:
    return prepared(CNN)


@pytest.fixture(scope="module")
def layout(view: GraphView) -> Layout:
    return place(view.graph, 900, 600)


def as_wide(layout: Layout, number: int, width: float) -> Layout:
    """A column with so much room for its heading, around its middle, and all others with much more."""
    spots = []
    for each, spot in enumerate(layout.columns):
        px = width if each == number else 1_000.0
        middle = spot.body.x + spot.body.width / 2
        spots.append(replace(spot, heading=replace(spot.heading, x=middle - px / 2, width=px)))
    return replace(layout, columns=tuple(spots))


def item_of(view: GraphView, layout: Layout) -> HeadingsItem:
    made = HeadingsItem()
    made.show_graph(view.graph, layout)
    return made


def drawn(item: HeadingsItem) -> Painted:
    return painted_by(lambda painter: item.paint(painter, None), QSize(900, 600))


def title_width(view: GraphView, number: int) -> float:
    return text_width(view.graph.columns[number].headings[0][0], TITLE_PX, bold=True)


def top_of(layout: Layout) -> float:
    return min(spot.heading.y for spot in layout.columns)


def test_that_the_ground_of_a_marked_title_is_a_little_larger_than_it_and_hardly_larger_than_its_room(
    view: GraphView, layout: Layout
) -> None:
    width = title_width(view, 1)
    middle = layout.columns[1].body.x + layout.columns[1].body.width / 2
    for room, expected in (
        (1_000.0, width + 14),
        (width + 10, width + 14),
        (width + 9, width + 13),
        (width, width + 4),
    ):
        item = item_of(view, as_wide(layout, 1, room))
        item.mark(1)
        (ground,) = drawn(item).areas(DARK.bar)
        rect = ground.place.getRect()
        assert rect == pytest.approx((middle - expected / 2, top_of(layout) - 1, expected, 18), abs=0.02)
        assert ground.line == ""


def test_that_only_the_title_of_the_marked_column_has_a_ground_and_its_colour(view: GraphView, layout: Layout) -> None:
    item = item_of(view, layout)
    item.mark(2)
    found = drawn(item)
    titles = [each for each in found.words if each.is_bold]
    assert [each.text for each in titles] == item.titles
    assert [each.colour == DARK.background for each in titles] == [each == 2 for each in range(len(titles))]
    others = [each for each in found.words if not each.is_bold]
    assert [each.text for each in others] == item.lines
    assert {each.colour for each in others} == {DARK.faint_text}
    item.mark(None)
    assert drawn(item).shapes == []


def test_that_a_mark_stands_just_before_its_title_as_long_as_there_is_room(view: GraphView, layout: Layout) -> None:
    width = title_width(view, 1)
    badge = MARK + 7 + 3
    just = width + 2 * (badge - 2)
    spot = layout.columns[1]
    middle, top = spot.body.x + spot.body.width / 2, top_of(layout)
    for room, at in (
        (just + 0.01, (middle - width / 2 - badge + MARK / 2, top + 8)),
        (just - 0.01, (middle, top - MARK / 2)),
    ):
        item = item_of(view, as_wide(layout, 1, room))
        item.show_health({1: CRITICAL})
        (mark,) = drawn(item).areas(DARK.wrong)
        assert (mark.place.center().x(), mark.place.center().y()) == pytest.approx(at, abs=0.02)
        assert item.boundingRect().contains(mark.place)


def test_that_room_is_asked_only_of_columns_that_have_a_mark(view: GraphView, layout: Layout) -> None:
    item = item_of(view, as_wide(layout, 1, title_width(view, 1)))
    for health, is_above in (({2: CRITICAL}, False), ({1: CRITICAL, 2: CRITICAL}, True)):
        item.show_health(health)
        marks = drawn(item).areas(DARK.wrong)
        assert len(marks) == len(health)
        assert {each.place.center().y() < top_of(layout) for each in marks} == {is_above}


def test_that_titles_stand_on_one_line_and_others_below_them(view: GraphView, layout: Layout) -> None:
    spots = [
        replace(spot, heading=replace(spot.heading, y=50.0 + number)) for number, spot in enumerate(layout.columns)
    ]
    lower = replace(layout, columns=tuple(spots))
    for placed, top in ((layout, top_of(layout)), (lower, 50.0)):
        words = drawn(item_of(view, placed)).words
        n = 0
        for column, spot in zip(view.graph.columns, layout.columns, strict=True):
            for line in range(len(column.headings)):
                place = words[n].place
                assert place.center().y() == pytest.approx(top + 16 * line + 8, abs=1.5)
                assert place.center().x() == pytest.approx(spot.body.x + spot.body.width / 2, abs=1)
                n += 1
        assert n == len(words)


def test_that_it_covers_its_lines_and_the_marks_around_them(view: GraphView, layout: Layout) -> None:
    item = item_of(view, layout)
    left = min(spot.heading.x for spot in layout.columns)
    right = max(spot.heading.right for spot in layout.columns)
    n_lines = max(len(column.headings) for column in view.graph.columns)
    bounds, top = item.boundingRect(), top_of(layout)
    assert (bounds.left(), bounds.right()) == pytest.approx((left - 21, right + 21))
    assert (bounds.top(), bounds.bottom()) == pytest.approx((top - 21, top + 16 * n_lines + 2))
    item.show_graph(None, None)
    assert item.boundingRect().isNull()
    assert item.titles == item.lines == []
    assert drawn(item) == Painted([], [], [])


def test_that_it_is_painted_anew_only_where_something_is_other(
    view: GraphView, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, update = HeadingsItem(), Mock()
    monkeypatch.setattr(item, "update", update)
    n = 0
    for change, is_other in (
        (lambda: item.show_graph(view.graph, layout), True),
        (lambda: item.show_graph(view.graph, layout), False),
        (lambda: item.show_graph(view.graph, place(view.graph, 900, 600)), True),
        (lambda: item.mark(1), True),
        (lambda: item.mark(1), False),
        (lambda: item.mark(None), True),
        (lambda: item.show_health({1: CRITICAL}), True),
        (lambda: item.show_health({1: CRITICAL}), False),
        (lambda: item.show_health({}), True),
    ):
        change()
        n += is_other
        assert update.call_count == n
