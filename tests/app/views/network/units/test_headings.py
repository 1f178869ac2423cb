"""Titles above and scales below the columns of a narrow view."""

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor

from app.analysis.figures import short_figure
from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.graph_options import GraphOptions, NodeMode
from app.analysis.graph.graph_view import GraphView
from app.analysis.health import health_of
from app.palette import DARK
from app.views.network.scene_colours import scene_colours
from app.views.network.units.analysis.layout import place
from app.views.network.units.headings_item import HeadingsItem
from app.views.network.units.scale_labels import scale_labels
from app.views.network.units.scales_item import ScalesItem
from tests.app.made_up import chain, layer
from tests.app.made_up_findings import finding
from tests.app.painted import painted_by
from tests.app.views.network.conftest import prepared

NARROW = (712, 480)
"""The network's room in a window of 1280×800."""

DEEP = (("conv", 8), ("conv", 16), ("conv", 24), ("conv", 24), *(("fc", 24),) * 4, ("fc", 10))


@pytest.fixture
def deep(qapp) -> Graph:
    return prepared(chain(*DEEP)).graph


def titles(graph: Graph, width: int) -> list[str]:
    item = HeadingsItem()
    item.show_graph(graph, place(graph, width, NARROW[1]))
    return item.titles


@pytest.mark.parametrize("width", [NARROW[0], 800, 1400])
def test_that_the_titles_of_a_deep_network_are_whole(deep: Graph, width: int) -> None:
    assert titles(deep, width) == [column.title for column in deep.columns]


def test_that_a_narrow_last_column_has_room_for_what_it_is(qapp) -> None:
    layers = {
        "critic.2": layer("critic.2", units=24, reads=("input",), input_units=8),
        "critic.4": layer("critic.4", units=1, reads=("critic.2",), input_units=24),
    }
    graph = build_graph(layers, None)
    item = HeadingsItem()
    item.show_graph(graph, place(graph, 900, 600))
    assert (item.titles[-1], item.lines[-1]) == ("critic.4", "Linear 24→1")


def test_that_a_title_without_room_keeps_its_number(deep: Graph) -> None:
    shortened = [title for title in titles(deep, 560) if "…" in title]
    assert shortened
    assert all(title[-1].isdigit() or title == "input" for title in shortened)


@pytest.mark.parametrize("mode", NodeMode)
def test_that_each_column_has_its_scale_in_numbers(qapp, mode: NodeMode) -> None:
    view: GraphView = prepared(chain(*DEEP), options=GraphOptions(nodes=mode))
    layout = place(view.graph, *NARROW)
    middles = [label.room.center().x() for label in scale_labels(view, layout)]
    for spot in layout.columns[1:]:
        assert any(abs(middle - spot.body.x - spot.body.width / 2) < 1 for middle in middles)


@pytest.mark.parametrize("width", [1400, 560])
def test_that_the_mark_of_what_is_found_stands_before_its_title_or_above_it_and_covers_none(
    deep: Graph, width: int
) -> None:
    item = HeadingsItem()
    item.show_graph(deep, place(deep, width, NARROW[1]))
    health = health_of([finding("dead-units", "critical", [deep.columns[3].stage], 0)])
    item.show_health({3: health[deep.columns[3].stage]})
    found = painted_by(lambda painter: item.paint(painter, None), QSize(*NARROW))
    (mark,) = found.areas(DARK.wrong)
    titles = [each for each in found.words if each.is_bold]
    assert not any(each.place.intersects(mark.place) for each in titles)
    nearest = min(titles, key=lambda each: abs(each.place.left() - mark.place.right()))
    assert nearest.text == item.titles[3]
    assert item.boundingRect().contains(mark.place)


def test_that_all_marks_stand_above_as_soon_as_one_has_no_room_before_its_title(deep: Graph) -> None:
    item, layout = HeadingsItem(), place(deep, NARROW[0], NARROW[1])
    item.show_graph(deep, layout)
    stages = {number: column.stage for number, column in enumerate(deep.columns) if not column.is_input}
    item.show_health(
        {number: health_of([finding("x", "critical", [each], 0)])[each] for number, each in stages.items()}
    )
    marks = painted_by(lambda painter: item.paint(painter, None), QSize(*NARROW)).areas(DARK.wrong)
    assert len(marks) == len(stages)
    assert len({round(each.place.center().y()) for each in marks}) == 1


@pytest.mark.parametrize("module", ["", "body.", "a.rather.deep.one."])
def test_that_titles_which_are_cut_are_seen_to_differ(qapp, module: str) -> None:
    names = [f"{module}a_block_that_has_a_long_name_{which}_of_its_linear" for which in ("first", "second", "last")]
    layers = {name: layer(name, units=24, input_units=24) for name in names}
    shown = titles(build_graph(layers, None), 500)
    assert all("…" in title for title in shown[-3:])
    assert len(set(shown)) == len(shown)


def test_that_the_scale_of_edges_is_told_with_its_sign_behind_a_line(qapp) -> None:
    view = prepared(chain(("conv", 8), ("fc", 10)))
    item, layout = ScalesItem(), place(view.graph, 900, 480)
    item.show_view(view, layout)
    of_edges = [label for label in scale_labels(view, layout) if label.is_of_edges]
    assert [label.text for label in of_edges] == [f"±{short_figure(pair.scale)}" for pair in view.pairs]
    found = painted_by(lambda painter: item.paint(painter, None), QSize(900, 480))
    colours = scene_colours()
    for label in of_edges:
        words = found.word(label.text)
        assert words.place.right() <= label.room.right()
        for rgb in (colours.negative, colours.positive):
            (line,) = [each for each in found.areas(QColor(*rgb).name()) if label.room.contains(each.place.center())]
            assert line.place.right() < words.place.left() - 2


def test_that_no_number_is_cut_off(qapp) -> None:
    view = prepared(chain(*DEEP[:2], *(("fc", 1500),) * 6, ("fc", 10), cap=24))
    item = HeadingsItem()
    item.show_graph(view.graph, place(view.graph, 640, NARROW[1]))
    assert not any("…" in line for line in item.lines)
    assert "" in item.lines, "what has no room is left out"
