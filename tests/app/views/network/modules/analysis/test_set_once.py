"""What is made once for all passes and threads is set once, and what holds much is told apart by being it."""

from copy import copy
from dataclasses import FrozenInstanceError, fields

import pytest

from app.views.network.modules.analysis.layered_layout import Block, Link, layered
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.views.network.modules.made_up_modules import ModuleRun


@pytest.fixture(scope="module")
def run() -> ModuleRun:
    return ModuleRun(BLOCKS)


def large_ones(run: ModuleRun) -> list[object]:
    """Of a network, its layout and its numbers."""
    layout, numbers, two = run.layout(FIRST), run.numbers(), run.less(ModuleRun(BLOCKS, seed=1))
    graph = [run.graph, run.graph.nodes["head"], run.graph.frames["blocks"]]
    return [
        *graph, layout, layout.folded, numbers.of_box("head"), numbers.endpoints, run.readings().norms_in("blocks"),
        two.of_box("head"),
    ]  # fmt: skip


def small_ones(run: ModuleRun) -> list[object]:
    two = run.less(ModuleRun(BLOCKS, seed=1)).of_box("head")
    blocks, link = [Block(20, 20), Block(20, 20)], Link(0, 1, 10, 10, "a")
    made = layered(blocks, [link], 100)
    return [
        run.layout(FIRST).edges[0], run.numbers().activations, two.activation, blocks[0], link, made, made.ways[0],
    ]  # fmt: skip


def test_that_nothing_of_a_module_its_layout_or_its_numbers_can_be_set_anew(run: ModuleRun) -> None:
    for each in (*large_ones(run), *small_ones(run)):
        for field in fields(each):  # type: ignore[arg-type]
            with pytest.raises(FrozenInstanceError):
                setattr(each, field.name, getattr(each, field.name))


def test_that_a_module_its_layout_and_its_numbers_are_not_compared_value_by_value(run: ModuleRun) -> None:
    for each in large_ones(run):
        assert each != copy(each)
        assert len({each, copy(each)}) == 2
    for each in small_ones(run):
        assert each == copy(each)
