"""The labels of scales: where their lines stand, and that they are those of the pass that is shown."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import GraphOptions, ScaleMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.scene_colours import scene_colours
from app.views.network.units.analysis.layout import place
from app.views.network.units.network_view import NetworkView
from app.views.network.units.scale_labels import scale_labels
from app.views.network.units.scales_item import ScalesItem
from tests.app.looks.pieces.network import CNN
from tests.app.made_up import measure_scales
from tests.app.painted import painted_by
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels

pytestmark = pytest.mark.usefixtures("qapp")


def test_that_before_the_label_of_edges_stands_a_line_of_both_colours() -> None:
    view = prepared(CNN)
    layout = place(view.graph, 900, 600)
    item = ScalesItem()
    item.show_view(view, layout)
    found = painted_by(lambda painter: item.paint(painter, None), QSize(900, 600))
    labels = [each for each in scale_labels(view, layout) if each.is_of_edges]
    colours = scene_colours()
    for rgb, before in ((colours.negative, 2), (colours.positive, 2 + 5)):
        halves = [each.place for each in found.areas(QColor(*rgb).name())]
        assert [each.width() for each in halves] == [5] * len(labels)
        assert [each.left() for each in halves] == pytest.approx(
            [each.room.left() + before for each in labels], abs=0.01
        )
        assert [each.center().y() for each in halves] == pytest.approx(
            [each.room.center().y() for each in labels], abs=0.01
        )


def test_that_all_labels_are_within_what_the_item_covers() -> None:
    view = prepared(CNN)
    item = ScalesItem()
    for width, height in ((900, 600), (500, 700)):
        layout = place(view.graph, width, height)
        item.show_view(view, layout)
        rooms = [each.room for each in scale_labels(view, layout)]
        bounds = item.boundingRect()
        assert bounds.left() == min(each.left() for each in rooms)
        assert bounds.right() == max(each.right() for each in rooms)
        assert bounds.height() == 16


def test_that_scales_of_a_pass_are_those_of_the_one_that_is_shown(show: Callable[[GraphView], NetworkView]) -> None:
    options = GraphOptions(scale=ScaleMode.PASS)
    graph = build_graph(CNN.layers, CNN.probe)
    scales = measure_scales(graph, CNN.passes, options)
    views = [prepare(graph, pass_, 0, scales, options) for pass_ in CNN.passes]
    network = show(views[0])
    first = pixels(network)
    for view in (views[1], views[2]):
        network.show_view(view)
        assert (pixels(network) == pixels(show(view))).all()
    network.show_view(views[0])
    assert (pixels(network) == first).all()
    texts = [[each.text for each in scale_labels(view, place(graph, 900, 600))] for view in views]
    assert texts[0] != texts[1] != texts[2]
