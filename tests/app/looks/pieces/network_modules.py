"""The network as modules within modules: layouts of many shapes, and what their boxes tell."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QWidget

from app.analysis.health import Health
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.analysis.module_folding import open_at_first
from app.views.network.modules.analysis.module_layout import Edge
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.module_drawing import draw_edges
from app.views.network.modules.module_legend import draw_module_legend
from app.views.network.modules.modules_view import ModulesView
from collector.storage.flow import FlowNode
from tests.app.looks.pieces import Canvas, Piece
from tests.app.made_up_findings import finding
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, node

_RANDOM = np.random.default_rng(3)
PICTURE = _RANDOM.integers(0, 255, (6, 5), np.uint8)
COLOURS = _RANDOM.integers(0, 255, (4, 8, 3), np.uint8)
LONG = "a_block_with_a_name_that_is_long_and_{}_of_all"

CHAIN = chain_of("fc1", "fc2", "fc3")
BRANCH = [
    node("input", kind="input", shape=(3, 8, 8)),
    node("left", "input", kind="Conv2d", shape=(4, 8, 8)),
    node("right", "input", kind="Conv2d", shape=(4, 8, 8)),
    node("deeper", "right", kind="ReLU", shape=(4, 8, 8)),
    node("join", "left", "deeper", kind="concat", shape=(8, 8, 8)),
    node("output", "join", kind="output", shape=(8, 8, 8)),
]
JOINS = ("add", "concat", "multiply", "subtract", "matmul", "divide", "max")
OPERATIONS = [
    node("input", kind="input"),
    node("a", "input"),
    node("b", "input"),
    *(node(f"{kind} {n}", *(("a", "b") if n == 0 else (f"{JOINS[n - 1]} {n - 1}", "b")), kind=kind)
      for n, kind in enumerate(JOINS)),
    node("output", f"{JOINS[-1]} {len(JOINS) - 1}", kind="output"),
]  # fmt: skip
PARALLEL = [
    node("input", kind="input"),
    *(node(f"head{n}", "input", kind="Linear" if n % 2 else "ReLU") for n in range(6)),
    node("all", *(f"head{n}" for n in range(6)), kind="concat"),
    node("last", "all"),
    *(node(f"output{n}", "last", kind="output") for n in range(2)),
]
ENDS = [
    node("input.attention_mask", kind="input", shape=()),
    node("input.ids", kind="input", shape=(1000, 4)),
    node("embedding", "input.ids", kind="Embedding"),
    node("scale", kind="Linear"),
    node("mix", "embedding", "input.attention_mask", "scale", kind="multiply"),
    node("head", "mix"),
    node("output", "head", kind="output"),
]
TITLES = chain_of(*(LONG.format(which) for which in ("first", "second", "last")), "middling_name", "short")


def blocks(n: int) -> list[FlowNode]:
    """A transformer of so many blocks, each with a sum around its attention and one around its perceptron."""
    made, before = (
        [node("input", kind="input", shape=(6, 8)), node("embedding", "input", kind="Embedding")],
        "embedding",
    )
    for number in range(n):
        within = f"blocks.{number}"
        made += [
            node(f"{within}.norm1", before, kind="LayerNorm"),
            *(node(f"{within}.attention.{each}", f"{within}.norm1") for each in "qkv"),
            node(f"{within}.attention.mix", *(f"{within}.attention.{each}" for each in "qkv"), kind="matmul"),
            node(f"{within}.sum1", before, f"{within}.attention.mix", kind="add"),
            node(f"{within}.norm2", f"{within}.sum1", kind="LayerNorm"),
            node(f"{within}.mlp.up", f"{within}.norm2"),
            node(f"{within}.mlp.act", f"{within}.mlp.up", kind="ReLU"),
            node(f"{within}.mlp.down", f"{within}.mlp.act"),
            node(f"{within}.sum2", f"{within}.sum1", f"{within}.mlp.down", kind="add"),
        ]
        before = f"{within}.sum2"
    return [*made, node("head", before), node("output", "head", kind="output")]


BLOCKS = blocks(2)
NOT_RECORDED = ("activation", "gradient_norm")
RIGHT = SampleEndpoints(PICTURE, "class 7", 0.912, True, "7")
WRONG = SampleEndpoints(COLOURS, "the handwritten digit 3", 0.04, False, "3")
UNKNOWN = SampleEndpoints(None, "an extraordinarily long word", 0.5)
HEALTH = {
    "fc1": Health((finding("a", "critical", ["fc1"], 0),)),
    "fc2": Health((finding("b", "warning", ["fc2"], 0),)),
    "fc3": Health((finding("c", "note", ["fc3"], 0),)),
}


def shown(
    flow: list[FlowNode],
    endpoints: SampleEndpoints | None = None,
    *,
    open_frames: frozenset[str] | None = None,
    health: Mapping[str, Health] | None = None,
    with_numbers: bool = True,
    **about: Any,
) -> Callable[[], QWidget]:
    def make() -> QWidget:
        run = ModuleRun(flow, **about)
        view = ModulesView()
        view.show_layout(run.layout(open_frames))
        if with_numbers:
            view.show_numbers(run.numbers(endpoints))
        view.show_health(health or {})
        return view

    return make


def compared(
    told: Told,
    a: list[FlowNode] = CHAIN,
    b: list[FlowNode] | None = None,
    endpoints: tuple[SampleEndpoints, SampleEndpoints] | None = None,
    *,
    same_probe: bool = True,
    is_same: bool = False,
    **about: Any,
) -> Callable[[], QWidget]:
    def make() -> QWidget:
        of_a = ModuleRun(a, **about)
        of_b = ModuleRun(b or a, **({} if is_same else {"seed": 1, "scale": 1.7}))
        view = ModulesView()
        view.show_layout(of_a.layout())
        view.show_told(told)
        view.show_numbers(of_b.less(of_a, endpoints, same_probe=same_probe))
        return view

    return make


def legend(told: Told = Told.ACTIVATION, *, of_two: bool = False, **seen: bool) -> Callable[[], QWidget]:
    run = ModuleRun(CHAIN)
    numbers = ModuleRun(CHAIN, seed=1).less(run) if of_two else run.numbers()

    def paint(painter: QPainter) -> None:
        for row, width in enumerate((700, 460, 300, 120)):
            draw_module_legend(painter, QRectF(0, 30 * row, width, 30), numbers, told, **seen)

    return lambda: Canvas(paint)


def zoomed(factor: float) -> Callable[[ModulesView], object]:
    return lambda view: view.zoom_by(factor, QPointF(200, 120))


def _hover(view: ModulesView, name: str) -> None:
    view._hovered = name
    view.update()


def guessed() -> QWidget:
    """What is known of a run that does not tell what reads what."""
    run = ModuleRun(CHAIN)
    run.graph = replace(run.graph, is_recorded=False)
    view = ModulesView()
    view.show_layout(run.layout())
    view.show_numbers(run.numbers())
    return view


def painted(painter: QPainter) -> None:
    view = shown(BRANCH, RIGHT, health={"left": HEALTH["fc1"]})()
    assert isinstance(view, ModulesView)
    view.highlight_layer("left")
    view.paint_to(painter, QRectF(10, 20, 480, 260))


WAYS = (
    ((10, 20), (90, 20)),
    ((10, 40), (90, 70)),
    ((10, 110), (90, 80)),
    ((10, 130), (50, 130), (90, 150)),
    ((10, 160), (10, 190), (60, 190)),
    ((120, 40), (180, 40), (180, 80), (110, 80), (110, 110), (150, 110)),
    ((200, 40), (206, 40), (206, 46), (196, 46), (196, 90), (240, 90)),
    ((200, 120), (230, 120), (230, 120), (190, 120), (190, 150), (230, 150)),
    ((120, 140), (150, 160), (120, 190), (170, 190)),
)
"""Straight, bent, by steps, and back below what it passes: round corners, those with little room, and without any."""


def ways(painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edges = [Edge("a", frozenset("b"), way, arrives=number % 3 != 1) for number, way in enumerate(WAYS)]
    draw_edges(painter, edges, QColor.fromRgbF(1.0, 1.0, 1.0, 0.75), 1.3)


FIRST = open_at_first(ModuleRun(BLOCKS).graph)
WIDE, USUAL, SMALL, LEAST = (860, 260), (620, 280), (430, 220), (320, 200)
THEMES = ("dark", "light")

PIECES = {
    **{f"chain_{theme}": Piece(shown(CHAIN, RIGHT), USUAL, theme=theme) for theme in THEMES},
    "branch": Piece(shown(BRANCH, WRONG), USUAL),
    "blocks": Piece(shown(BLOCKS), (620, 480)),
    "branch_small": Piece(shown(BRANCH, WRONG), LEAST),
    "operations": Piece(shown(OPERATIONS), WIDE),
    "chain_large": Piece(shown(CHAIN, RIGHT), (1100, 420)),
    "parallel_least": Piece(shown(PARALLEL, RIGHT), LEAST),
    "ends": Piece(shown(ENDS, UNKNOWN), WIDE),
    "ends_small": Piece(shown(ENDS, RIGHT), SMALL),
    "blocks_at_first": Piece(shown(BLOCKS, open_frames=FIRST), USUAL),
    "blocks_small": Piece(shown(BLOCKS, open_frames=FIRST), SMALL),
    "many_blocks": Piece(shown(blocks(3)), (460, 460)),
    "far": Piece(shown(chain_of(*(f"fc{n}" for n in range(400)))), (500, 330)),
    "far_few": Piece(shown(chain_of(*(f"fc{n}" for n in range(120)))), LEAST),
    "titles_marked": Piece(shown(TITLES, health={LONG.format("last"): HEALTH["fc1"]}), USUAL),
    "titles_small": Piece(shown(TITLES), SMALL),
    "marks": Piece(shown(CHAIN, health=HEALTH), USUAL, lambda view: view.highlight_layer("fc1")),
    "marks_small": Piece(shown(CHAIN, health=HEALTH), (320, 90)),
    "pinned": Piece(shown(CHAIN), USUAL, lambda view: view.mark_pinned("fc2")),
    "pinned_closed": Piece(
        shown(BLOCKS, open_frames=frozenset()), SMALL, lambda view: view.mark_pinned("blocks.1.norm1")
    ),
    "hovered": Piece(shown(BRANCH), USUAL, lambda view: _hover(view, "right")),
    "focused_box": Piece(shown(BRANCH), USUAL, lambda view: view.focus_on("left"), theme="light"),
    "focused_heading": Piece(shown(BLOCKS, open_frames=FIRST), USUAL, lambda view: view.focus_on("blocks")),
    "focused_outside": Piece(
        shown(chain_of(*(f"fc{n}" for n in range(40)))), SMALL, lambda view: (zoomed(3)(view), view.focus_on("fc39"))
    ),
    "not_recorded": Piece(
        shown(CHAIN, without={"fc1": ("activation",), "fc2": ("gradient_norm",), "fc3": NOT_RECORDED}),
        USUAL,
    ),
    "nothing_recorded": Piece(
        shown(CHAIN, without=dict.fromkeys(("fc1", "fc2", "fc3"), NOT_RECORDED)), SMALL
    ),
    "not_finite": Piece(shown(CHAIN, spoilt=("fc2",)), USUAL),
    "without_numbers": Piece(shown(CHAIN, with_numbers=False), SMALL),
    "guessed": Piece(guessed, WIDE),
    "empty": Piece(ModulesView, LEAST),
    "empty_light": Piece(ModulesView, LEAST, theme="light"),
    "zoomed_out": Piece(shown(BRANCH, RIGHT), USUAL, zoomed(0.4)),
    "closest": Piece(shown(CHAIN, RIGHT), SMALL, zoomed(20)),
    **{f"difference_{each.name.lower()}": Piece(compared(each), USUAL) for each in Told},
    "difference_light": Piece(compared(Told.ACTIVATION, BRANCH, endpoints=(RIGHT, WRONG)), USUAL, theme="light"),
    "difference_ends": Piece(compared(Told.GRADIENT, BRANCH, endpoints=(RIGHT, UNKNOWN)), USUAL),
    "difference_none": Piece(compared(Told.ACTIVATION, is_same=True), SMALL),
    "difference_hollow": Piece(compared(Told.ACTIVATION, b=chain_of("fc1", "fc3")), USUAL),
    "difference_more": Piece(compared(Told.ACTIVATION, a=chain_of("fc1"), b=CHAIN), WIDE),
    "difference_probe": Piece(compared(Told.ADDED, same_probe=False), WIDE),
    "difference_nan": Piece(compared(Told.ACTIVATION, spoilt=("fc2",)), USUAL),
    "difference_far": Piece(compared(Told.ACTIVATION, a=chain_of(*(f"fc{n}" for n in range(310)))), (500, 330)),
    "legend": Piece(legend(), (700, 120)),
    "legend_light": Piece(legend(), (700, 120), theme="light"),
    "legend_far": Piece(legend(are_units_seen=False, are_bars_seen=False), (700, 120)),
    "legend_of_bars": Piece(legend(are_units_seen=False), (700, 120)),
    **{f"legend_of_two_{each.name.lower()}": Piece(legend(each, of_two=True), (700, 120)) for each in Told},
    "ways": Piece(lambda: Canvas(ways), (260, 210)),
    "painted": Piece(lambda: Canvas(painted), (500, 300)),
}  # fmt: skip
