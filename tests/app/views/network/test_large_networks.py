"""Networks of thousands of layers, and files that claim to have more: what is not seen costs nothing.

Bounds are of processor time, and many times what it takes: what grows with the square of the layers misses them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import MOST_COLUMNS, STRETCH, Graph, build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.rectangle import Rectangle
from app.analysis.graph.run_scales import RunScales
from app.views.network.modules.analysis.layered_layout import MOST_PASSING, Block, Link, layered
from app.views.network.modules.analysis.module_folding import all_frames
from app.views.network.modules.analysis.module_layout import ModuleLayout
from app.views.network.modules.analysis.modules import module_graph
from app.views.network.modules.module_drawing import FAR
from app.views.network.modules.modules_view import ModulesView
from app.views.network.units.analysis.layout import place
from app.views.network.units.network_view import NetworkView
from app.views.network.units.unit_walk import UnitWalk
from collector.storage.header import Layer
from collector.storage.passes import Pass
from tests.app.made_up import chain, layer, made_up_pass, measure_scales, probe
from tests.app.views.network.conftest import laid_out

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

UNITS = 3


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.thread_time()
    yield
    assert time.thread_time() - began < seconds


def layers_of(n: int, name: str = "fc{}") -> dict[str, Layer]:
    """A chain of linear layers, their names made of their numbers."""
    names = [name.format(number, block=number // 10) for number in range(n)]
    sources = ["input", *names]
    return {
        each: layer(each, units=UNITS, reads=(source,), input_units=UNITS)
        for each, source in zip(names, sources, strict=False)
    }


def pass_of(layers: dict[str, Layer], number: int = 0) -> Pass:
    random = np.random.default_rng(number)
    kinds = {"activation": (2, UNITS), "weight": (UNITS, UNITS)}
    records = {name: {kind: random.normal(size=shape).astype("f4") for kind, shape in kinds.items()} for name in layers}
    return made_up_pass(layers, records, number=number)


class Scrolled:
    """A view of a large network, whose wishes for other columns are granted."""

    def __init__(self, graph: Graph, pass_: Pass, qtbot: QtBot) -> None:
        self.graph, self.pass_, self.asked = graph, pass_, []
        self.network = NetworkView()
        UnitWalk(self.network)
        qtbot.addWidget(self.network)
        self.network.resize(900, 600)
        self.network.column_requested.connect(self.show)
        self.network.show_view(self.view(0))
        self.network.show()
        qtbot.waitExposed(self.network)

    def view(self, first: int) -> GraphView:
        options = GraphOptions(first_column=first)
        scales = RunScales(self.graph, lambda: [self.pass_]).of(options)
        return prepare(self.graph, self.pass_, 0, scales, options)

    def show(self, first: int) -> None:
        self.asked.append(first)
        self.network.show_view(self.view(first))

    @property
    def stages(self) -> list[str]:
        return [column.stage for column in self.network.scene().graph.columns]


@pytest.fixture(scope="module")
def many() -> dict[str, Layer]:
    return layers_of(300)


@pytest.fixture
def scrolled(many: dict[str, Layer], qtbot: QtBot) -> Scrolled:
    graph = build_graph(many, probe(np.ones((2, UNITS), "f4")))
    return Scrolled(graph, pass_of(many), qtbot)


def test_that_a_network_that_fits_is_drawn_whole() -> None:
    graph = build_graph(layers_of(MOST_COLUMNS - 1), probe(np.ones((2, UNITS), "f4")))
    assert len(graph.columns) == MOST_COLUMNS
    assert graph.stretch(0) is graph and graph.stretch(7) is graph and graph.whole is graph and graph.is_whole


def test_that_a_stretch_has_the_columns_and_pairs_of_the_whole(many: dict[str, Layer]) -> None:
    whole = build_graph(many, None)
    for first, shown in ((0, 0), (100, 100), (10_000, 301 - STRETCH), (-5, 0)):
        part = whole.stretch(first)
        assert part is whole.stretch(first), "so that what is shown of it stays"
        assert part.first == shown and part.whole is whole and not part.is_whole
        assert part.columns[1].stage == f"fc{shown}" and part.columns[-1].stage == f"fc{shown + STRETCH - 2}"
        assert [(each.source, each.target) for each in part.pairs] == [(n, n + 1) for n in range(STRETCH - 1)]
        anchors = np.concatenate([np.arange(each.n_anchors) + each.first_anchor for each in part.columns])
        assert anchors.tolist() == list(range(part.n_anchors))


def test_that_a_stretch_shows_the_numbers_of_the_whole(many: dict[str, Layer]) -> None:
    graph, pass_ = build_graph(many, None), pass_of(many)
    options = GraphOptions(first_column=120)
    view = prepare(graph, pass_, 1, RunScales(graph, lambda: [pass_]).of(options), options)
    for column, shown in zip(view.graph.columns, view.columns, strict=True):
        np.testing.assert_array_equal(shown.values, pass_.layers[column.stage].activation[1])
        assert shown.scale == np.abs(pass_.layers[column.stage].activation).max()
    assert len(view.lines) == (STRETCH - 1) * UNITS**2


def test_that_scales_are_measured_for_what_is_drawn_and_nothing_twice(many: dict[str, Layer]) -> None:
    graph, passes = build_graph(many, None), [pass_of(many, number) for number in range(2)]
    asked: list[int] = []

    def spread() -> list[Pass]:
        asked.append(1)
        return passes

    scales = RunScales(graph, spread)
    whole = measure_scales(graph, passes)
    for first in (0, 50, 0, 50):
        own = scales.of(GraphOptions(first_column=first))
        assert own.nodes == whole.nodes[first : first + STRETCH]
        assert own.edges == whole.edges[first : first + STRETCH - 1]
    assert len(asked) == 2
    newest = pass_of(many, 2)
    grown = scales.grown(newest).of(GraphOptions(first_column=50))
    assert grown.nodes == measure_scales(graph, [*passes, newest]).nodes[50 : 50 + STRETCH]


def test_that_the_network_scrolls_by_its_bar_and_by_the_wheel(scrolled: Scrolled, qtbot: QtBot) -> None:
    network = scrolled.network
    bar = network._columns
    assert bar.isVisible() and scrolled.stages[:2] == ["input", "fc0"]
    bar.setValue(150)
    assert scrolled.stages[0] == "fc149"
    assert f"columns 151 to {150 + STRETCH} of 301" in network.legend_text
    at = QPointF(200, 200)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    for delta in (-120, -120, 120):
        event = QWheelEvent(at, QPointF(network.mapToGlobal(at)), QPoint(), QPoint(delta, 0), *none, False)
        QApplication.sendEvent(network.viewport(), event)
    assert 150 < bar.value() < 160 and scrolled.stages[0] == f"fc{bar.value() - 1}"
    qtbot.keyClick(bar, Qt.Key.Key_End)
    assert scrolled.stages[-1] == "fc299"


def test_that_a_small_network_has_no_bar(qtbot: QtBot, scrolled: Scrolled) -> None:
    run = chain(("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    scrolled.network.show_view(prepare(graph, run.passes[0], 0, measure_scales(graph, run.passes)))
    assert not scrolled.network._columns.isVisible()


def test_that_a_layer_that_is_selected_is_scrolled_to(scrolled: Scrolled) -> None:
    scrolled.network.highlight_layer("fc200")
    assert "fc200" in scrolled.stages
    assert scrolled.network.scene().marked_column == scrolled.stages.index("fc200")
    before = list(scrolled.asked)
    scrolled.network.highlight_layer("fc201")
    assert scrolled.asked == before, "what is seen already stays where it is"


def test_that_the_pinned_unit_is_there_again_when_it_is_scrolled_back_to(scrolled: Scrolled) -> None:
    network, told = scrolled.network, []
    network.unit_unpinned.connect(lambda: told.append(1))
    network.pin("fc100", 2)
    assert network.scene().pinned_unit == (scrolled.stages.index("fc100"), 2)
    network._columns.setValue(0)
    assert network.scene().pinned_unit is None
    network._columns.setValue(95)
    assert network.scene().pinned_unit == (scrolled.stages.index("fc100"), 2)
    assert told == [], "scrolling lets nothing go"


def test_that_keys_walk_through_the_whole_network(scrolled: Scrolled, qtbot: QtBot) -> None:
    network = scrolled.network
    network.window().activateWindow()
    qtbot.waitUntil(network.window().isActiveWindow)
    qtbot.keyClick(network, Qt.Key.Key_Return)
    visited = []
    for _ in range(60):
        visited.append(network.scene().graph.columns[network.scene().focused_unit[0]].stage)
        qtbot.keyClick(network, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert visited == [f"fc{number}" for number in range(60)]
    for _ in range(60):
        qtbot.keyClick(network, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert network.scene().graph.columns[network.scene().focused_unit[0]].stage == "fc0"


@pytest.mark.parametrize("name", ["fc{}", "block{block}.fc{}"])
def test_that_thousands_of_layers_open_and_switch(name: str, qtbot: QtBot) -> None:
    layers = layers_of(3_000, name)
    pass_ = pass_of(layers)
    with within(5):
        graph = build_graph(layers, None)
        view = prepare(graph, pass_, 0, RunScales(graph, lambda: [pass_]).of(GraphOptions()))
        place(view.graph, 900, 600)
        modules = module_graph(layers, ())
        at_first, all_open = laid_out(modules), laid_out(modules, all_frames(modules))
    drawing = ModulesView()
    qtbot.addWidget(drawing)
    drawing.resize(900, 600)
    for layout in (at_first, all_open):
        drawing.show_layout(layout)
        with within(2):
            drawing.grab()
            drawing.zoom_by(20)
            drawing.grab()


def test_that_all_boxes_lie_beside_each_other_however_many() -> None:
    layout = laid_out(module_graph(layers_of(1_000), ()))
    corners = layout.rectangles[:, :2]
    assert len(np.unique(np.round(corners), axis=0)) == len(layout.boxes)
    assert layout.width < 4 * layout.height < 16 * layout.width, "about as a screen is, not a strip"


@pytest.mark.parametrize(
    "links",
    [
        pytest.param([(n, 3_999) for n in range(3_999)], id="all read by the last"),
        pytest.param([(0, n) for n in range(1, 4_000)], id="all read the first"),
        pytest.param([(n, min(n + 400, 3_999)) for n in range(3_999)], id="each read much later"),
    ],
)
def test_that_ways_over_many_ranks_take_no_room_of_their_own(links: list[tuple[int, int]]) -> None:
    blocks = [Block(118.0, 76.0)] * 4_000
    chained = [Link(n, n + 1, 38, 38, f"chain {n}") for n in range(3_999)]
    passing = [Link(source, target, 38, 38, str(source)) for source, target in links]
    with within(10):
        made = layered(blocks, [*chained, *passing], 9_000)
    assert {number for way in made.ways for number in way.links} == set(range(len(chained) + len(passing)))
    assert len(made.ways) <= len(chained) + len(passing) + MOST_PASSING


def test_that_only_boxes_in_view_are_asked_for(qtbot: QtBot) -> None:
    layout = laid_out(module_graph(layers_of(400), ()))
    every = {name for name in layout.boxes if "fc" in name}
    near = set(layout.boxes_in(_part(layout, 0.1)))
    assert 3 < len(near) < 60 and near < set(layout.boxes)
    assert set(layout.boxes_in(_part(layout, 1.0))) >= every


def _part(layout: ModuleLayout, share: float) -> Rectangle:
    return Rectangle(0, 0, layout.width * share, layout.height * share)


def test_that_from_afar_every_box_is_seen_and_nothing_is_read_for_it(qtbot: QtBot) -> None:
    layout = laid_out(module_graph(layers_of(3_000), ()))
    drawing = ModulesView()
    qtbot.addWidget(drawing)
    drawing.resize(900, 600)
    drawing.show_layout(layout)
    assert drawing.zoom < FAR
    image = drawing.grab().toImage()
    ground = image.pixelColor(2, 2)
    for name in list(layout.boxes)[1:2_999:200]:
        corner = drawing.rect_of_box(name).topLeft().toPoint()
        around = {image.pixelColor(corner.x() + x, corner.y() + y).name() for x in (-1, 0, 1) for y in (-1, 0, 1)}
        assert around != {ground.name()}, name


CLAIM = 10**9


@pytest.mark.parametrize(
    "given",
    [
        {"units": CLAIM, "kept": np.array([0, 7])},
        {"units": CLAIM, "kept": np.zeros(0, int)},
        {"units": 2, "input_units": CLAIM, "input_kept": np.array([3]), "reads": ("input",)},
        {"units": 2, "input_units": 3, "input_block": CLAIM, "reads": ("input",)},
        {"units": 2, "output_shape": (2, CLAIM, CLAIM), "parameters": {"weight": (2, 1, 3, 3)}},
        {"units": 2, "output_shape": (CLAIM,)},
    ],
    ids=["units", "no units", "inputs", "block", "maps", "values"],
)
@pytest.mark.parametrize("has_labels", [False, True])
def test_that_what_a_layer_claims_takes_no_room(given: dict, has_labels: bool, qtbot: QtBot) -> None:
    layers = {"a": layer("a", "Conv2d" if "parameters" in given else "Linear", **given)}
    with within(2):
        graph = build_graph(layers, probe(np.zeros((2, 0), "f4"), 2 if has_labels else 0))
        view = prepare(graph, made_up_pass(layers, {}), 0, measure_scales(graph, []))
        network = NetworkView()
        qtbot.addWidget(network)
        network.resize(900, 600)
        network.show_view(view)
        network.grab()


def test_that_a_probe_of_nothing_takes_no_room() -> None:
    inputs = np.broadcast_to(np.zeros((1, 1, 0), "f4"), (2, CLAIM, 0))
    with within(2):
        assert build_graph({"a": layer("a", units=2, reads=("input",))}, probe(inputs)).n_anchors < 10


def test_that_names_of_dots_alone_make_few_modules() -> None:
    name = ".".join("m" * 20_000)
    layers = {each: layer(each, units=1) for each in (f"{name}.a", f"{name}.b", "c")}
    with within(5):
        graph = module_graph(layers, ())
        laid_out(graph)
    assert len(graph.frames) <= 40
