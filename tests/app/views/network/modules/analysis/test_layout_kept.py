"""Some layouts of modules, kept to the pixel; and what is found in a part of one, against looking at all of it."""

import random
from textwrap import dedent

import pytest

from app.analysis.graph.rectangle import Rectangle
from app.views.network.modules.analysis import module_layout
from app.views.network.modules.analysis.layered_layout import Block, Link, Point
from app.views.network.modules.analysis.module_folding import all_frames, fold
from app.views.network.modules.analysis.module_layout import Edge, ModuleLayout, _on_a_screen, lay_out
from app.views.network.modules.analysis.modules import module_graph
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.views.network.modules.analysis.made_up_graphs import call, network, residual
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of


def places(layout: ModuleLayout) -> str:
    """The whole size, then frames and boxes: name, upper left corner, size."""
    lines = [f"{layout.width:g} × {layout.height:g}"]
    for name, each in (*layout.frames.items(), *layout.boxes.items()):
        lines.append(f"{name} {each.x:g},{each.y:g} {each.width:g}×{each.height:g}")
    return "\n".join(lines)


def ways(layout: ModuleLayout) -> str:
    """A line for each stretch: from where, to what, its points, and a full stop where it arrives."""

    def point(at: Point) -> str:
        return ",".join(f"{each:g}" for each in at)

    return "\n".join(
        f"{edge.source} → {' '.join(sorted(edge.targets))}: {' '.join(map(point, edge.points))}{' .' * edge.arrives}"
        for edge in layout.edges
    )


def test_that_boxes_stand_in_their_frames_to_the_pixel() -> None:
    expected = """
        742 × 619
        blocks 36,133 663×353
        blocks.0 80,171 427×301
        input 36,16 76×76
        embedding 142,16 118×76
        blocks.0.norm1 144,209 118×76
        blocks.0.attention 292,209 118×76
        blocks.0.sum1 440,235.935 26×26
        blocks.0.norm2 114,354 118×76
        blocks.0.mlp 262,354 118×76
        blocks.0.sum2 410,380.935 26×26
        blocks.1 537,231 118×76
        head 36,527 118×76
        output 184,527 76×76
        """
    assert places(ModuleRun(BLOCKS).layout(FIRST)) == dedent(expected).strip()


def test_that_ways_run_through_the_borders_of_frames_to_where_their_inside_begins() -> None:
    graph = residual(2)
    layout = lay_out(fold(graph, frozenset({"body", "body.1"})))
    expected = """
        725 × 474
        body 36,133 646×208
        body.1 228,171 410×156
        input 36,16 76×76
        first 142,16 118×76
        body.0 80,210.935 118×76
        body.1.norm 272,209 118×76
        body.1.fc 420,209 118×76
        body.1.add 568,235.935 26×26
        last 36,382 118×76
        output 184,382 76×76
        """
    assert places(layout) == dedent(expected).strip()
    expected = """
        body.0 → body.1.norm: 242,248.935 242,248.935 272,247 272,247 .
        body.0 → body.1.add: 242,248.935 242,248.935 272,307 272,307 390,307
        body.0 → body.1.add: 390,307 390,307 420,307 420,307 538,307
        body.0 → body.1.add: 538,307 538,307 568,248.935 568,248.935 .
        body.1.norm → body.1.fc: 390,247 390,247 420,247 420,247 .
        body.1.fc → body.1.add: 538,247 538,247 568,248.935 568,248.935 .
        body.1.add → last: 594,248.935 594,248.935 624,248.935 624,248.935
        first → body.0: 50,248.935 50,248.935 80,248.935 80,248.935 .
        body.0 → body.1.add body.1.norm: 198,248.935 198,248.935 228,248.935 228,248.935 242,248.935
        body.1.add → last: 624,248.935 638,248.935 638,248.935 668,231 668,231
        input → first: 112,54 112,54 142,54 142,54 .
        first → body.0: 260,54 692,54 692,116 26,116 26,248.935 36,248.935 50,248.935
        body.1.add → last: 668,231 682,231 692,231 692,365 26,365 26,420 36,420 .
        last → output: 154,420 154,420 184,420 184,420 .
        """
    assert ways(layout) == dedent(expected).strip()


@pytest.mark.parametrize(
    ("is_open", "expected"),
    [
        (
            {"body"},
            """
            894 × 511
            body 36,133 815×245
            input 36,16 76×76
            first 142,16 118×76
            body.0 100,171 118×76
            body.1 248,171 118×76
            body.2 396,171 118×76
            body.3 544,171 118×76
            body.4 692,171 118×76
            body.5 70,288 118×76
            body.6 218,288 118×76
            body.7 366,288 118×76
            body.8 514,288 118×76
            last 36,419 118×76
            output 184,419 76×76
            """,
        ),
        (
            {"body", "body.4"},
            """
            860 × 708
            body 36,133 781×442
            body.4 70,288 410×156
            input 36,16 76×76
            first 142,16 118×76
            body.0 100,171 118×76
            body.1 248,171 118×76
            body.2 396,171 118×76
            body.3 544,171 118×76
            body.4.norm 114,326 118×76
            body.4.fc 262,326 118×76
            body.4.add 410,352.935 26×26
            body.5 510,327.935 118×76
            body.6 658,327.935 118×76
            body.7 70,485 118×76
            body.8 218,485 118×76
            last 36,616 118×76
            output 184,616 76×76
            """,
        ),
    ],
    ids=["of boxes", "with a frame inside"],
)
def test_that_a_long_frame_is_broken_into_rows(is_open: set[str], expected: str) -> None:
    assert places(lay_out(fold(residual(9), frozenset(is_open)))) == dedent(expected).strip()


@pytest.mark.parametrize(
    ("n", "size", "whole"),
    [
        (1, (118, 76), (118, 76)),
        (5, (118, 76), (710, 76)),
        (6, (118, 76), (461, 193)),
        (9, (118, 76), (609, 310)),
        (10, (118, 76), (757, 193)),
        (16, (118, 76), (757, 427)),
        (23, (118, 76), (905, 427)),
        (27, (118, 76), (1053, 427)),
        (28, (118, 76), (1053, 427)),
        (60, (118, 76), (1349, 778)),
        (6, (200, 76), (707, 193)),
        (20, (200, 76), (937, 544)),
        (10, (60, 120), (467, 281)),
        (20, (60, 120), (917, 281)),
        (150, (60, 120), (1997, 1086)),
        (299, (200, 76), (5077, 1597)),
        (300, (118, 76), (3273, 1597)),
    ],
)
def test_that_a_chain_of_so_many_takes_so_much_room(n: int, size: tuple[int, int], whole: tuple[int, int]) -> None:
    middle = size[1] / 2
    links = [Link(each, each + 1, middle, middle, str(each)) for each in range(n - 1)]
    made = _on_a_screen([Block(*size)] * n, links)
    assert (made.width, made.height) == whole


def test_that_a_frame_that_fits_on_the_screen_is_not_broken_to_be_shown_larger_than_it_is() -> None:
    calls = [call("body.0"), *(call(f"body.{each}", f"body.{each - 1}") for each in range(1, 5))]
    graph = module_graph({}, calls)
    assert lay_out(fold(graph, all_frames(graph))).frames["body"] == Rectangle(16, 16, 5 * 118 + 4 * 30 + 28, 128)


def test_that_nothing_has_margins_alone() -> None:
    layout = lay_out(fold(module_graph({}, ()), frozenset()))
    assert (layout.width, layout.height) == (32, 32)
    assert layout.rectangles.shape == layout.segments.shape == (0, 4)


@pytest.mark.parametrize(("n_boxes", "is_open", "n_tried"), [(80, True, 3), (81, True, 1), (80, False, 1)])
def test_that_beyond_eighty_boxes_frames_are_broken_at_one_width_without_trying(
    n_boxes: int, is_open: bool, n_tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, tree = [], module_layout._Tree
    monkeypatch.setattr(module_layout, "_Tree", lambda *given: (tried.append(given), tree(*given))[1])
    graph = residual(n_boxes - 4) if is_open else network(*(call(f"fc{each}") for each in range(n_boxes - 2)))
    layout = lay_out(fold(graph, all_frames(graph) & {"body"}))
    assert (len(layout.boxes), len(tried)) == (n_boxes, n_tried)


def touches(edge: Edge, part: Rectangle) -> bool:
    x, y = zip(*edge.points, strict=True)
    return max(x) >= part.x and min(x) <= part.right and max(y) >= part.y and min(y) <= part.bottom


@pytest.mark.parametrize("seed", range(10))
def test_that_a_part_has_the_edges_whose_surroundings_it_touches(seed: int) -> None:
    layout, chance = ModuleRun(BLOCKS).layout(FIRST), random.Random(seed)
    for _ in range(20):
        size = chance.uniform(0, 60), chance.uniform(0, 60)
        part = Rectangle(chance.uniform(0, layout.width), chance.uniform(0, layout.height), *size)
        assert layout.edges_in(part) == [edge for edge in layout.edges if touches(edge, part)]


def test_that_what_lies_less_than_a_pixel_ahead_is_not_beside() -> None:
    folded = fold(ModuleRun(chain_of("a", "b")).graph, frozenset())
    boxes = {"a": Rectangle(0, 0, 10, 10), "b": Rectangle(1, 20, 10, 10)}
    for x, found in ((1.0, None), (1.01, "b")):
        boxes["b"] = Rectangle(x, 20, 10, 10)
        assert ModuleLayout(folded, 50, 50, boxes, {}, ()).beside("a", 1, 0) == found
    boxes["b"] = Rectangle(40, 1, 10, 10)
    assert ModuleLayout(folded, 50, 50, boxes, {}, ()).beside("a", 0, 1) is None
    assert ModuleLayout(folded, 50, 50, boxes, {}, ()).beside("b", -1, 0) == "a"
