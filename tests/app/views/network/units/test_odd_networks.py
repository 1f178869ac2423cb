"""Networks and passes that are unlike the usual ones are drawn, whatever they lack."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPointF

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.units.analysis.graph_numbers import numbers_of
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import MadeUpRun, after_the_last_step, chain, layer, made_up_pass, measure_scales, probe
from tests.app.painted import painted
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import hover_everything, pixels

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]

EVERY_MODE = [
    GraphOptions(edges, nodes, scale, most_edges)
    for edges, nodes, scale, most_edges in (
        *((edges, NodeMode.ACTIVATION, ScaleMode.RUN, None) for edges in EdgeMode),
        *((EdgeMode.WEIGHT, nodes, ScaleMode.PASS, 7) for nodes in NodeMode),
        (EdgeMode.GRADIENT, NodeMode.GRADIENT, ScaleMode.PASS, 0),
    )
]


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(chain(("fc", 4096), ("fc", 2)), id="4096 units"),
        pytest.param(chain(("fc", 1), ("fc", 2)), id="a layer of 1 unit"),
        pytest.param(chain(("fc", 3)), id="1 layer"),
        pytest.param(chain(("conv", 3), ("fc", 1)), id="1 output"),
        pytest.param(chain(("fc", 200)), id="200 classes"),
        pytest.param(chain(*[("fc", 3)] * 29), id="29 layers"),
        pytest.param(chain(("conv", 2), ("fc", 2), picture=(3, 1, 1)), id="a picture of 1 pixel"),
        pytest.param(chain(("conv", 2), ("fc", 2), picture=(1, 2, 90)), id="a flat picture"),
        pytest.param(chain(("conv", 9), ("fc", 30), ("fc", 40), cap=4), id="few units kept"),
        pytest.param(chain(*[("conv", 5)] * 12, *[("fc", 8)] * 8), id="20 layers"),
    ],
)
def test_that_any_shape_is_drawn_in_any_mode_and_can_be_pointed_at(run: MadeUpRun, show: Show) -> None:
    network = show(prepared(run))
    hover_everything(network)
    for options in EVERY_MODE:
        view = prepared(run, options=options)
        network.show_view(view)
        network.viewport().grab()
        numbers_of(view)
    hover_everything(network)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e38])
def test_that_what_is_not_finite_is_drawn_in_every_mode(bad: float, show: Show) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2)
    kinds = ("activation", "weight", "bias", "weight_gradient", "weight_update", "feature_maps")
    records = {}
    for name, arrays in run.passes[1].layers.items():
        records[name] = {
            kind: np.where(np.arange(array.size).reshape(array.shape) % 3, array, bad).astype("f4")
            for kind in kinds
            if (array := getattr(arrays, kind)) is not None
        }
    run.passes[1] = made_up_pass(run.layers, records, number=1)
    for options in EVERY_MODE:
        hover_everything(show(prepared(run, pass_=1, options=options)))


@pytest.mark.parametrize("options", EVERY_MODE)
def test_that_a_pass_without_any_array_says_so_in_every_mode(options: GraphOptions, show: Show) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2)
    run.passes[1] = made_up_pass(run.layers, {}, number=1)
    network = show(prepared(run, pass_=1, options=options))
    assert network.scene().notes
    assert "not recorded" in network.legend_text
    hover_everything(network)


def test_that_the_state_after_the_last_step_says_why_in_the_graph(show: Show) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2)
    run.passes[1] = after_the_last_step(run)
    network = show(prepared(run, pass_=1, options=GraphOptions(EdgeMode.GRADIENT, NodeMode.GRADIENT)))
    assert network.scene().notes == ("no gradient: no step follows this state",)
    network.show_view(prepared(run, pass_=1))
    assert network.scene().notes == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e38])
def test_that_a_pass_with_numbers_beyond_all_bounds_is_drawn(bad: float, show: Show) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    records = {}
    for name in run.layers:
        arrays = run.passes[0].layers[name]
        records[name] = {
            kind: np.full_like(array, bad)
            for kind in ("activation", "weight", "bias", "weight_gradient", "feature_maps")
            if (array := getattr(arrays, kind)) is not None
        }
    pass_ = made_up_pass(run.layers, records, logits=np.full((4, 3), bad, "f4"))
    graph = build_graph(run.layers, run.probe)
    hover_everything(show(prepare(graph, pass_, 0, measure_scales(graph, [run.passes[0], pass_]))))


def test_that_a_pass_without_any_array_is_drawn(show: Show) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    hover_everything(show(prepare(graph, made_up_pass(run.layers, {}), 0, measure_scales(graph, []))))


def test_that_a_run_without_a_probe_is_drawn(show: Show) -> None:
    layers = {"fc": layer("fc", units=3, reads=("input",), input_units=5)}
    graph = build_graph(layers, None)
    pass_ = made_up_pass(layers, {"fc": {"weight": np.ones((3, 5), "f4")}})
    hover_everything(show(prepare(graph, pass_, 0, measure_scales(graph, [pass_]))))


def test_that_a_run_without_layers_is_drawn(show: Show) -> None:
    graph = build_graph({}, None)
    hover_everything(show(prepare(graph, made_up_pass({}, {}), 0, measure_scales(graph, []))))


def test_that_an_input_that_is_no_picture_is_drawn(show: Show) -> None:
    layers = {"conv": layer("conv", "Conv1d", units=3, reads=("input",), input_units=2, output_shape=(3, 9))}
    graph = build_graph(layers, probe(np.ones((2, 2, 9), "f4"), 0))
    pass_ = made_up_pass(layers, {"conv": {"weight": np.ones((3, 2, 3), "f4")}})
    hover_everything(show(prepare(graph, pass_, 0, measure_scales(graph, [pass_]))))


def test_that_a_skipped_connection_is_drawn(show: Show) -> None:
    layers = {
        "a": layer("a", units=3),
        "b": layer("b", units=3, reads=("a",), input_units=3),
        "c": layer("c", units=2, reads=("a", "b"), input_units=3),
    }
    graph = build_graph(layers, None)
    pass_ = made_up_pass(layers, {"b": {"weight": np.ones((3, 3), "f4")}, "c": {"weight": np.ones((2, 3), "f4")}})
    view = prepare(graph, pass_, 0, measure_scales(graph, [pass_]))
    assert len(view.lines) == 9 + 6 + 6
    hover_everything(show(view))


NO_PROBE = {"activation": "there is no probe"}


@pytest.mark.parametrize(
    ("kind", "given", "note"),
    [
        ("LSTM", {"not_recorded": NO_PROBE}, "no units: there is no probe"),
        ("Embedding", {"parameters": {"weight": (20, 8)}, "not_recorded": NO_PROBE}, "no units: there is no probe"),
        ("Conv2d", {"parameters": {"weight": (4, 1, 3, 3)}, "output_shape": (4, 6, 6)}, "no units"),
        ("Linear", {"units": 7, "kept": np.zeros(0, int)}, "none of 7 units kept"),
        ("Transformer", {"output_shape": ()}, "no units"),
    ],
)
@pytest.mark.parametrize("place", ["first", "between", "last"])
def test_that_a_layer_without_units_is_a_column_with_its_name_and_the_reason(
    kind: str, given: dict, note: str, place: str, show: Show
) -> None:
    without = layer("odd", kind, **{"units": 0, "output_shape": (0,), **given})
    others = {"a": layer("a", units=3), "b": layer("b", units=2, reads=("a",), input_units=3)}
    order = {"first": ("odd", "a", "b"), "between": ("a", "odd", "b"), "last": ("a", "b", "odd")}[place]
    layers = {name: without if name == "odd" else others[name] for name in order}
    graph = build_graph(layers, None)
    pass_ = made_up_pass(layers, {"b": {"weight": np.ones((2, 3), "f4"), "activation": np.ones((2, 2), "f4")}})
    network = show(prepare(graph, pass_, 0, measure_scales(graph, [pass_])))
    number = graph.column_number("odd")
    assert network.scene().column_notes == {number: note}
    assert "odd" in network.scene()._headings.titles
    assert len(network.graph_view.lines) == 6, "and what is behind it is drawn as ever"
    hover_everything(network)
    assert len(np.unique(pixels(network).reshape(-1, 3), axis=0)) > 10


def test_that_a_network_of_nothing_but_layers_without_units_is_drawn(show: Show) -> None:
    layers = {name: layer(name, "LSTM", units=0, output_shape=()) for name in ("a", "b", "c")}
    graph = build_graph(layers, probe(np.zeros((4, 0), "f4"), 3))
    network = show(prepare(graph, made_up_pass(layers, {}), 0, measure_scales(graph, [])))
    assert list(network.scene().column_notes.values()) == ["no units"] * 3
    hover_everything(network)


def test_that_what_is_said_in_place_of_units_stands_in_the_middle_of_its_column(show: Show) -> None:
    layers = {"a": layer("a", units=3), "odd": layer("odd", "LSTM", units=0, output_shape=(), reads=("a",))}
    graph = build_graph(layers, None)
    pass_ = made_up_pass(layers, {"a": {"activation": np.ones((2, 3), "f4")}})
    network = show(prepare(graph, pass_, 0, measure_scales(graph, [pass_])))
    body = network.scene().graph_layout.columns[graph.column_number("odd")].body
    assert body.width > 10
    middle = network.mapFromScene(QPointF(body.x + body.width / 2, body.y + body.height / 2))
    word = painted(network).word("no units")
    assert word.place.center().x() == pytest.approx(middle.x(), abs=3)
    assert word.place.center().y() == pytest.approx(middle.y(), abs=5)
