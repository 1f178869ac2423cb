"""A damaged array says so in its place; the rest of the pass is drawn, and nothing of another pass stays."""

from collections.abc import Callable

import numpy as np
import pytest

from app.analysis.figures import DAMAGED
from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.unit_facts import unit_facts
from app.views.network.units.analysis.edge_facts import edge_facts
from app.views.network.units.analysis.graph_numbers import numbers_of
from app.views.network.units.network_view import NetworkView
from tests.app.damaged import damaged
from tests.app.made_up import MadeUpRun, chain, measure_scales
from tests.app.views.network.driving import hover_everything, pixels

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]


@pytest.fixture
def run() -> MadeUpRun:
    return chain(("conv", 20), ("fc", 70), ("fc", 70), n_passes=2)


def views_of(run: MadeUpRun, options: GraphOptions) -> list[GraphView]:
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, run.passes, options)
    return [prepare(graph, pass_, 0, scales, options) for pass_ in run.passes]


@pytest.mark.parametrize(
    ("layer", "kind", "options", "columns"),
    [
        ("relu1", "feature_maps", GraphOptions(), [1]),
        ("relu1", "activation", GraphOptions(), [1]),
        ("relu2", "activation", GraphOptions(), [2]),
        ("fc2", "bias", GraphOptions(nodes=NodeMode.BIAS), [2]),
        ("fc2", "weight_gradient", GraphOptions(nodes=NodeMode.GRADIENT), [2]),
        ("fc2", "weight", GraphOptions(), []),
        ("fc2", "weight_gradient", GraphOptions(edges=EdgeMode.GRADIENT), []),
        ("fc2", "weight_update", GraphOptions(edges=EdgeMode.UPDATE), []),
    ],
)
def test_that_a_damaged_array_says_so_in_its_place(
    layer: str, kind: str, options: GraphOptions, columns: list[int], run: MadeUpRun, show: Show
) -> None:
    damaged(run, 1, layer, kind)
    before, view = views_of(run, options)
    network = show(before)
    network.show_view(view)
    scene = network.scene()
    assert sorted(scene.column_notes) == columns
    assert [note for note in scene.notes if note.startswith("damaged: ") and kind in note and layer in note]
    assert not [note for note in scene.notes if "not recorded" in note], "what is in the file is not said to be missing"
    hover_everything(network)
    numbers_of(view)


def test_that_no_tile_of_the_pass_before_stays_where_maps_are_damaged(run: MadeUpRun, show: Show) -> None:
    damaged(run, 1, "relu1", "feature_maps")
    before, view = views_of(run, GraphOptions())
    network = show(before)
    body = network.scene().graph_layout.columns[1].body
    place = np.s_[int(body.y) : int(body.bottom), int(body.x) : int(body.right)]
    maps = pixels(network)[place]
    network.show_view(view)
    assert (pixels(network)[place] != maps).any(axis=2).mean() > 0.5
    network.show_view(before)
    assert (pixels(network)[place] == maps).all(), "and they are there again where they can be read"


def test_that_the_rest_of_a_damaged_pass_is_drawn(run: MadeUpRun) -> None:
    whole = views_of(run, GraphOptions())[1]
    damaged(run, 1, "fc2", "weight")
    view = views_of(run, GraphOptions())[1]
    assert [pair.values is None for pair in view.pairs] == [False, True, False]
    np.testing.assert_array_equal(view.columns[2].values, whole.columns[2].values)


def test_that_no_other_layers_numbers_stand_in_for_damaged_ones(run: MadeUpRun) -> None:
    damaged(run, 1, "relu2", "activation")
    view = views_of(run, GraphOptions())[1]
    assert view.columns[2].values is None, "fc2 has values too, but other ones"


def test_that_an_array_that_raises_is_damaged_as_well(run: MadeUpRun) -> None:
    damaged(run, 1, "fc2", "weight")._say = None
    view = views_of(run, GraphOptions())[1]
    assert "weight of 'fc2'" in view.pairs[1].damage


def test_that_the_figures_of_a_damaged_array_say_so(run: MadeUpRun) -> None:
    for layer, kind in (("relu2", "activation"), ("fc2", "bias"), ("fc2", "weight_gradient"), ("fc2", "weight")):
        damaged(run, 1, layer, kind)
    view = views_of(run, GraphOptions())[1]
    facts = dict(unit_facts(view, view.graph.columns[2], 0))
    assert [facts[what] for what in ("activation, this sample", "mean over the probe", "bias", "gradient norm")] == (
        [DAMAGED] * 4
    )
    edges = dict(edge_facts(view, 1, 0))
    assert (edges["weight"], edges["gradient"]) == (DAMAGED, DAMAGED) and edges["update"] != DAMAGED
