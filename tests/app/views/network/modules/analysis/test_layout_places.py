"""What is met at a point of a layout, and what lies beside a box; of several layouts the one that is shown largest."""

from itertools import pairwise
from unittest.mock import Mock

import pytest

from app.analysis.graph.rectangle import Rectangle
from app.views.network.modules.analysis import module_layout
from app.views.network.modules.analysis.layered_layout import Block, Layered, Link, layered
from app.views.network.modules.analysis.module_folding import all_frames, fold
from app.views.network.modules.analysis.module_layout import (
    BOX,
    ENDS,
    HEADING,
    JOIN,
    ModuleLayout,
    _on_a_screen,
    lay_out,
)
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST, blocks
from tests.app.views.network.modules.made_up_modules import ModuleRun


@pytest.fixture(scope="module")
def layout() -> ModuleLayout:
    return ModuleRun(BLOCKS).layout(FIRST)


def test_that_boxes_have_the_sizes_of_what_they_are(layout: ModuleLayout) -> None:
    sizes = {name: (each.width, each.height) for name, each in layout.boxes.items()}
    for name in ("input", "output"):
        assert sizes.pop(name) == ENDS
    for name in ("blocks.0.sum1", "blocks.0.sum2"):
        assert sizes.pop(name) == JOIN
    assert set(sizes.values()) == {BOX}


def test_that_a_box_is_met_up_to_its_border(layout: ModuleLayout) -> None:
    for name in ("input", "blocks.0.sum1", "blocks.1"):
        box = layout.boxes[name]
        x, y = box.x + box.width / 2, box.y + box.height / 2
        for at in ((box.x, y), (box.right, y), (x, box.y), (x, box.bottom)):
            assert layout.box_at(*at) == name
        for at in ((box.x - 0.1, y), (box.right + 0.1, y), (x, box.y - 0.1), (x, box.bottom + 0.1)):
            assert layout.box_at(*at) != name


def test_that_a_heading_is_met_and_what_is_below_it_is_not(layout: ModuleLayout) -> None:
    outer, inner = layout.frames["blocks"], layout.frames["blocks.0"]
    assert layout.heading_at(outer.x, outer.y) == "blocks"
    assert layout.heading_at(outer.right, outer.y + HEADING) == "blocks"
    assert layout.heading_at(outer.right, outer.y + HEADING + 0.1) is None
    assert layout.heading_at(outer.x, outer.y - 0.1) is None
    assert layout.heading_at(outer.x - 0.1, outer.y) is layout.heading_at(outer.right + 0.1, outer.y) is None
    assert layout.heading_at(inner.x + 3, inner.y + 3) == "blocks.0"


def test_that_a_part_has_what_touches_it(layout: ModuleLayout) -> None:
    box = layout.boxes["embedding"]
    for part in (
        Rectangle(box.right, box.bottom, 5, 5),
        Rectangle(box.x - 5, box.y - 5, 5, 5),
        Rectangle(box.x + 3, box.y + 3, 1, 1),
    ):
        assert "embedding" in layout.boxes_in(part)
    for part in (Rectangle(box.right + 0.1, box.y, 5, 5), Rectangle(box.x, box.y - 5.1, 5, 5)):
        assert "embedding" not in layout.boxes_in(part)
    for number, edge in enumerate(layout.edges):
        x, y = edge.points[0]
        assert layout.edges[number] in layout.edges_in(Rectangle(x, y, 0, 0))
    everything = Rectangle(0, 0, layout.width, layout.height)
    assert layout.edges_in(everything) == list(layout.edges)
    assert layout.frames_in(everything) == ["blocks", "blocks.0"]
    assert layout.segments.tolist() == [[*a, *b] for edge in layout.edges for a, b in pairwise(edge.points)]


def slow_beside(layout: ModuleLayout, name: str, across: int, down: int) -> str | None:
    """The nearest ahead, what lies aside counting three times; a frame is where the sign of its heading stands."""
    centres = {each: (box.x + HEADING / 2, box.y + HEADING / 2) for each, box in layout.frames.items()}
    centres |= {each: (box.x + box.width / 2, box.y + box.height / 2) for each, box in layout.boxes.items()}
    x, y = centres[name]
    found = {}
    for each, (to_x, to_y) in centres.items():
        ahead, aside = ((to_x - x) * across, to_y - y) if across else ((to_y - y) * down, to_x - x)
        if ahead > 1:
            found[each] = ahead + 3 * abs(aside)
    return min(found, key=found.__getitem__, default=None)


def test_that_what_lies_beside_is_the_nearest_in_each_direction(layout: ModuleLayout) -> None:
    for name in (*layout.boxes, *layout.frames):
        for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            assert layout.beside(name, across, down) == slow_beside(layout, name, across, down)


def shown_at(made: Layered | ModuleLayout, margin: float = 0.0) -> float:
    """How large it is shown on a screen of 840 × 530 px, not larger than it is."""
    return min(840 / (made.width - margin), 530 / (made.height - margin), 1.0)


@pytest.mark.parametrize("open_frames", [FIRST, all_frames(ModuleRun(BLOCKS).graph)])
def test_that_frames_are_broken_at_the_width_at_which_all_is_shown_largest(
    open_frames: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in (2, 3):
        folded = fold(ModuleRun(blocks(n)).graph, open_frames)
        found = lay_out(folded)
        tried = []
        for widest in (820.0, 640.0, 1060.0):
            with monkeypatch.context() as only:
                only.setattr(module_layout, "_FRAME_WIDEST", (widest,))
                tried.append(lay_out(folded))
        best = max(tried, key=lambda each: shown_at(each, 32))
        assert (found.width, found.height) == (best.width, best.height)


def in_a_chain(n: int) -> tuple[list[Block], list[Link]]:
    return [Block(118, 76)] * n, [Link(each, each + 1, 38, 38, str(each)) for each in range(n - 1)]


@pytest.mark.parametrize("n", [1, 5, 6, 12, 30, 60, 120, 290])
def test_that_a_whole_network_is_broken_into_as_many_rows_as_fill_a_screen_best(n: int) -> None:
    given = in_a_chain(n)
    found = _on_a_screen(*given)
    long = layered(*given, float("inf"))
    tried = [long, *(layered(*given, long.width / rows * 1.06) for rows in range(2, 15))]
    assert (found.width, found.height) in [(each.width, each.height) for each in tried]
    assert shown_at(found) * 1.02 >= max(map(shown_at, tried)) - 1e-9
    fewest = next(each for each in tried if shown_at(each) * 1.02 >= shown_at(found) - 1e-9)
    assert found.height == fewest.height


@pytest.mark.parametrize(("width", "n_tried"), [(100, 1), (158, 1), (159, 14), (900, 14)])
def test_that_rows_are_tried_only_for_what_is_wider_than_a_screen(
    width: int, n_tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = Mock(side_effect=layered)
    monkeypatch.setattr(module_layout, "layered", tried)
    _on_a_screen([Block(width, 100)], [])
    assert tried.call_count == n_tried


def test_that_a_very_large_network_is_about_as_a_screen_is() -> None:
    made = _on_a_screen(*in_a_chain(301))
    area = 301 * (118 + 30) * (76 + 34)
    assert 0.8 * (area * 840 / 530) ** 0.5 < made.width < 1.1 * (area * 840 / 530) ** 0.5
    wide = _on_a_screen([*[Block(118, 76)] * 300, Block(90_000, 10)], [])
    assert wide.width == 90_000
