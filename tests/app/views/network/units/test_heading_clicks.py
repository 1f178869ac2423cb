"""Where a heading can be clicked: on its words and a little around them."""

import pytest

from app.palette import SMALL_PX
from app.views.network.text import text_width
from app.views.network.units.headings_item import HeadingsItem
from app.views.network.units.network_scene import NetworkScene
from tests.app.looks.pieces.network import CNN
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

AROUND = 7


def test_that_a_heading_is_met_on_its_words_and_not_far_beside_them() -> None:
    scene = NetworkScene()
    graph = prepared(CNN).graph
    scene.show_graph(graph, 900.0, 500.0)
    layout = scene.graph_layout
    assert layout is not None
    made = HeadingsItem()
    made.show_graph(graph, layout)
    above = min(spot.heading.y for spot in layout.columns)
    for number, spot in enumerate(layout.columns):
        middle, top = spot.heading.x + spot.heading.width / 2, above + 8
        half = text_width(graph.columns[number].headings[0][0], SMALL_PX) / 2 + AROUND
        assert made.column_at(middle, top) == number
        for side in (-1, 1):
            assert made.column_at(middle + side * (half - 1), top) == number
            assert made.column_at(middle + side * (half + 1), top) is None
        assert made.column_at(middle, above - 2) is None
        assert made.column_at(middle, max(each.heading.bottom for each in layout.columns) + 2) is None
