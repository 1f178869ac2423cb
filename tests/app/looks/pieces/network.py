"""The network as columns of units: networks of many kinds, in each mode, with what is missing, lit and found."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.health import Health
from app.views.network.legend import Legend, draw_legend
from app.views.network.units.analysis.legend_parts import LegendPart, Sign
from app.views.network.units.edge_pens import draw_edge_sign
from app.views.network.units.network_view import NetworkView
from collector.storage.passes import Pass
from tests.app.damaged import damaged
from tests.app.looks.pieces import Canvas, Piece
from tests.app.made_up import (
    MadeUpRun,
    after_the_last_step,
    chain,
    difference_view,
    layer,
    made_up_pass,
    measure_scales,
    probe,
)
from tests.app.made_up_findings import finding
from tests.app.views.network.conftest import prepared

CNN = chain(("conv", 2), ("conv", 3), ("fc", 4), ("fc", 3), picture=(1, 4, 4), n_passes=3)
COLOURED = chain(("conv", 3), ("fc", 4), picture=(3, 6, 9))
CAPPED = chain(("fc", 30), ("fc", 200), ("fc", 12), picture=(1, 2, 2), cap=3)
DEEP = chain(*(("fc", 2) for _ in range(60)), picture=(1, 2, 2))
MARKS = {
    name: Health((finding(severity, severity, [name], 0),))
    for name, severity in (("conv1", "critical"), ("conv2", "warning"), ("fc3", "note"))
}
ONE_MARK = {"fc3": MARKS["fc3"]}


def vectors(
    n_in: int,
    *units: int,
    names: Sequence[str] = (),
    of_layers: str = "fc{}",
    without: Sequence[str] = (),
    bias: bool = True,
    n_labels: int | None = None,
    tokens: bool = False,
) -> MadeUpRun:
    """Linear layers that read vectors, or tokens."""
    random, layers, records = np.random.default_rng(5), {}, {}
    source, before = "input", n_in
    for number, n in enumerate(units, start=1):
        name = of_layers.format(number)
        kind = "Embedding" if tokens and number == 1 else "Linear"
        parameters = {"weight": (n, before), **({"bias": (n,)} if bias else {})}
        layers[name] = layer(
            name, kind, units=n, reads=(source,), input_units=before, parameters=parameters, output_shape=(n,)
        )
        arrays = {"activation": (4, n), "weight": (n, before), "weight_gradient": (n, before), "bias": (n,)}
        records[name] = {
            what: random.normal(size=shape).astype("f4")
            for what, shape in arrays.items()
            if what not in without and (bias or what != "bias")
        }
        source, before = name, n
    inputs = random.integers(0, 9, (4, n_in)) if tokens else random.normal(size=(4, n_in)).astype("f4")
    given = probe(inputs, before if n_labels is None else n_labels, names)
    given = replace(given, whole_numbers=True, token_names={5: "the"}) if tokens else given
    logits = random.normal(size=(4, before)).astype("f4")
    return MadeUpRun(layers, given, [made_up_pass(layers, records, logits=logits, n_samples=4)])


def spoilt(run: MadeUpRun) -> MadeUpRun:
    """With NaN and Inf among activations and weights."""
    records = {}
    for name, arrays in run.passes[0].layers.items():
        kinds = ("activation", "weight", "bias", "feature_maps", "weight_gradient")
        records[name] = {kind: np.array(each) for kind in kinds if (each := getattr(arrays, kind)) is not None}
        for each in records[name].values():
            each.reshape(-1)[: 1 + each.size // 5] = (np.nan, np.inf)[len(name) % 2]
    return replace(run, passes=[made_up_pass(run.layers, records, logits=run.passes[0].logits, n_samples=4)])


def fresh() -> MadeUpRun:
    """The same again, to be damaged."""
    return chain(("conv", 2), ("conv", 3), ("fc", 4), ("fc", 3), picture=(1, 4, 4))


def units_of(view: Callable[[], GraphView] | GraphView, health: Any = None) -> Callable[[], QWidget]:
    def make() -> QWidget:
        network = NetworkView()
        network.show_view(view() if callable(view) else view)
        network.show_health(health or {})
        return network

    return make


def stretch(run: MadeUpRun, first: int = 0) -> GraphView:
    """Of more columns than are drawn those from one on."""
    graph, options = build_graph(run.layers, run.probe), GraphOptions(first_column=first)
    scales = measure_scales(graph.stretch(first), run.passes, options)
    return prepare(graph, run.passes[0], 0, scales, options)


def of(run: MadeUpRun, health: Any = None, sample: int = 0, number: int = 0, **options: Any) -> Callable[[], QWidget]:
    return units_of(lambda: prepared(run, number, sample, GraphOptions(**options)), health)


def of_pass(run: MadeUpRun, pass_: Callable[[], Pass], **options: Any) -> Callable[[], QWidget]:
    return of(replace(run, passes=[pass_(), *run.passes]), **options)


def two(a: MadeUpRun, b: MadeUpRun | None = None, options: GraphOptions | None = None, **which: Any) -> Any:
    return units_of(lambda: difference_view(a, b, options, **which))


def lit(**which: Any) -> Callable[[NetworkView], object]:
    """Hover, pin or focus on units, by number of the column and position; or mark a layer."""

    def light(view: NetworkView) -> None:
        for what, unit in which.items():
            getattr(view.network, what)(unit)

    return light


def zoomed(factor: float) -> Callable[[NetworkView], object]:
    return lambda view: view.zoom_by(factor)


def legend_of(run: MadeUpRun, **options: Any) -> Callable[[], QWidget]:
    def make() -> QWidget:
        made = Legend()
        made.show_view(stretch(run) if run is DEEP else prepared(run, 0, 0, GraphOptions(**options)))
        return made

    return make


def signs(painter: QPainter) -> None:
    for row, sign in enumerate([*Sign, None]):
        parts = LegendPart(sign, "what it means"), LegendPart(None, "and more")
        for column, width in enumerate((300, 200, 70)):
            draw_legend(painter, QRectF(10 + 300 * column, 30 * row, width, 30), parts)
    for row, length in enumerate((10, 30)):
        draw_edge_sign(painter, QPointF(820, 20 + 10 * row), length)


def painted(painter: QPainter) -> None:
    view = units_of(prepared(CNN), MARKS)()
    assert isinstance(view, NetworkView)
    view.highlight_layer("fc3")
    view.pin("fc3", 2)
    view.paint_to(painter, QRectF(10, 20, 390, 230))


LONG = [f"the class of all things that are called number {n} of three" for n in range(3)]
GRADIENTS = {"edges": EdgeMode.GRADIENT, "nodes": NodeMode.GRADIENT}
NODES, SMALL, LEAST = (460, 270), (360, 220), (320, 200)
FEW = 5
THEMES = ("dark", "light")
UNIT, TILE, PIXEL = (3, 2), (1, 1), (0, 20)

PIECES = {
    **{f"cnn_{theme}": Piece(of(CNN), NODES, theme=theme) for theme in THEMES},
    "pinned": Piece(of(CNN), NODES, lit(pin=UNIT)),
    **{f"same_{theme}": Piece(two(CNN, number_b=0), NODES, theme=theme) for theme in THEMES},
    "difference": Piece(two(CNN), NODES),
    "cnn_large": Piece(of(CNN, most_edges=FEW), (1500, 950)),
    "cnn_least": Piece(of(CNN, most_edges=FEW), LEAST),
    "capped": Piece(of(CAPPED, most_edges=9), NODES),
    "columns": Piece(units_of(lambda: stretch(DEEP)), NODES),
    "columns_further": Piece(units_of(lambda: stretch(DEEP, 25)), NODES),
    "one_each": Piece(of(vectors(1, 1, 1)), SMALL),
    "many": Piece(of(vectors(7, 8, 5)), LEAST, wait_ms=250),
    "few_edges": Piece(of(vectors(4, 3, 3), most_edges=6), SMALL),
    "tokens": Piece(of(vectors(4, 3, 3, tokens=True), most_edges=FEW), SMALL),
    "many_classes": Piece(of(vectors(2, 1, 45), most_edges=FEW), NODES),
    "long_classes": Piece(of(vectors(4, 3, 3, names=LONG), most_edges=FEW), SMALL),
    "long_classes_small": Piece(of(vectors(4, 3, 3, names=LONG), most_edges=FEW), LEAST),
    "long_layers_marked": Piece(
        of(vectors(4, 3, 3, 3, of_layers="a_layer_{}"), {"a_layer_2": MARKS["fc3"]}, most_edges=FEW),
        SMALL,
        lit(mark_column=2),
    ),
    "no_sample": Piece(of(CNN, most_edges=FEW, sample=9), SMALL),
    "gradients": Piece(of(CNN, most_edges=FEW, **GRADIENTS), SMALL),
    "updates": Piece(of(CNN, edges=EdgeMode.UPDATE, nodes=NodeMode.BIAS, most_edges=FEW), NODES),
    "of_pass": Piece(of(CNN, most_edges=FEW, scale=ScaleMode.PASS, number=2), NODES),
    "no_bias": Piece(of(vectors(4, 3, 3, bias=False), nodes=NodeMode.BIAS, most_edges=FEW), SMALL),
    "no_activations": Piece(of(vectors(4, 3, 3, without=["activation"]), most_edges=FEW), SMALL),
    "no_weights": Piece(of(vectors(4, 3, 3, without=["weight"])), SMALL),
    "nothing": Piece(of(vectors(4, 3, 3, without=["weight", "activation"])), SMALL),
    "last_state": Piece(of_pass(CNN, lambda: after_the_last_step(CNN), **GRADIENTS), NODES),
    "damaged_tiles": Piece(of_pass(CNN, lambda: damaged(fresh(), 0, "relu1", "feature_maps"), most_edges=FEW), NODES),
    "damaged_units": Piece(of_pass(CNN, lambda: damaged(fresh(), 0, "relu3", "activation"), most_edges=FEW), NODES),
    "not_finite": Piece(of(spoilt(CNN), most_edges=9), NODES, theme="light"),
    "marks": Piece(of(CNN, MARKS, most_edges=FEW), NODES),
    "marks_small": Piece(of(CNN, MARKS, most_edges=FEW), SMALL, lit(mark_column=1)),
    "one_mark": Piece(of(CNN, ONE_MARK, most_edges=FEW), NODES, lit(mark_column=3)),
    "one_mark_light": Piece(of(CNN, ONE_MARK, most_edges=FEW), SMALL, lit(mark_column=3), theme="light"),
    "hovered_tile": Piece(of(CNN), SMALL, lit(hover=TILE)),
    "hovered_pixel": Piece(of(COLOURED), SMALL, lit(hover=PIXEL)),
    "hovered_beside_pinned": Piece(of(CNN), NODES, lit(pin=UNIT, hover=(2, 0))),
    "focused": Piece(of(CNN), NODES, lit(focus_on=UNIT)),
    "edge": Piece(of(CNN), NODES, lit(hover_edge=(2, 3))),
    "zoomed": Piece(of(CNN), SMALL, zoomed(2.5)),
    "zoomed_in_far": Piece(of(vectors(4, 3, 3)), SMALL, zoomed(9)),
    "difference_of_labels": Piece(two(vectors(4, 3, 3), vectors(4, 3, 3), number_b=0), SMALL),
    "difference_of_probes": Piece(two(CNN, None, GraphOptions(most_edges=FEW), same_probe=False), NODES),
    "difference_hollow": Piece(two(CNN, chain(("conv", 2), ("fc", 3))), NODES),
    "difference_more": Piece(two(chain(("fc", 4), ("fc", 3)), chain(("fc", 4), ("fc", 3), ("fc", 3))), NODES),
    "empty": Piece(NetworkView, LEAST),
    "empty_light": Piece(NetworkView, LEAST, theme="light"),
    "signs": Piece(lambda: Canvas(signs), (900, 220)),
    "signs_light": Piece(lambda: Canvas(signs), (900, 220), theme="light"),
    **{f"legend_{px}": Piece(legend_of(CNN), (px, 30)) for px in (1100, 700, 460, 240, 90)},
    "legend_of_spoilt": Piece(legend_of(spoilt(CNN)), (1100, 30)),
    "legend_of_few": Piece(legend_of(CNN, most_edges=9, scale=ScaleMode.PASS), (1100, 30)),
    "legend_of_part": Piece(legend_of(DEEP), (1100, 30)),
    "legend_without_weights": Piece(legend_of(vectors(4, 3, 3, without=["weight"])), (700, 30)),
    "legend_of_gradients": Piece(legend_of(CNN, **GRADIENTS), (1100, 30)),
    "painted": Piece(lambda: Canvas(painted), (420, 270)),
}
