"""What holds of every layout in layers, whatever the graph; and a few small ones in full."""

import random
from itertools import combinations, pairwise

import pytest

from app.views.network.modules.analysis.layered_layout import GAP, Block, Layered, Link, layered

FOREVER = float("inf")


def drawn(seed: int) -> tuple[list[Block], list[Link]]:
    """Some blocks, each of which may read those before it, with ports at both ends."""
    chance = random.Random(seed)
    n = chance.randint(1, 12)
    blocks = [Block(0.0, 0.0, is_in=True) for _ in range(chance.randint(0, 2))]
    n_in = len(blocks)
    blocks += [Block(float(chance.randint(20, 90)), float(chance.randint(20, 90))) for _ in range(n)]
    blocks += [Block(0.0, 0.0, is_out=True) for _ in range(chance.randint(0, 2))]
    links = []
    for target in range(n_in, len(blocks)):
        sources = range(min(target, n_in + n))
        for source in chance.sample(sources, min(len(sources), chance.randint(0, 3))):
            leaves, arrives = blocks[source].height / 2, blocks[target].height / 2
            links.append(Link(source, target, leaves, arrives, str(source)))
    return blocks, links


def slow_ranks(blocks: list[Block], links: list[Link]) -> list[int]:
    """The longest way to each; behind all others what leads out, right before its first reader what reads nothing."""
    first = 1 if any(block.is_in for block in blocks) else 0
    ranks = [0 if block.is_in else first for block in blocks]
    for _ in blocks:
        for link in links:
            ranks[link.target] = max(ranks[link.target], ranks[link.source] + 1)
    fed = {link.target for link in links}
    for number, block in enumerate(blocks):
        readers = [ranks[link.target] for link in links if link.source == number]
        if number not in fed and not block.is_in and readers:
            ranks[number] = max(min(readers) - 1, ranks[number])
    last = max((rank for rank, block in zip(ranks, blocks, strict=True) if not block.is_out), default=-1)
    return [last + 1 if block.is_out else rank for rank, block in zip(ranks, blocks, strict=True)]


def overlaps(one: int, other: int, blocks: list[Block], made: Layered) -> bool:
    (x, y), (left, top) = made.places[one], made.places[other]
    across = x < left + blocks[other].width and left < x + blocks[one].width
    return across and y < top + blocks[other].height and top < y + blocks[one].height


@pytest.mark.parametrize("seed", range(20))
def test_that_ranks_stand_side_by_side_as_the_longest_ways_say(seed: int) -> None:
    blocks, links = drawn(seed)
    made, ranks = layered(blocks, links, FOREVER), slow_ranks(blocks, links)
    widths = [
        max((block.width for block, its in zip(blocks, ranks, strict=True) if its == rank), default=0.0)
        for rank in range(max(ranks) + 1)
    ]
    left = [sum(widths[:rank]) + GAP * rank for rank in range(len(widths))]
    for (x, _), block, rank in zip(made.places, blocks, ranks, strict=True):
        assert x == pytest.approx(left[rank] + (widths[rank] - block.width) / 2)
    assert made.width == pytest.approx(left[-1] + widths[-1])


@pytest.mark.parametrize("widest", [FOREVER, 260.0, 90.0])
@pytest.mark.parametrize("seed", range(20))
def test_that_nothing_lies_upon_another_and_all_lies_inside(seed: int, widest: float) -> None:
    blocks, links = drawn(seed)
    made = layered(blocks, links, widest)
    assert not [pair for pair in combinations(range(len(blocks)), 2) if overlaps(*pair, blocks, made)]
    for (x, y), block in zip(made.places, blocks, strict=True):
        assert x >= 0 and x + block.width <= made.width + 1e-6
        assert y >= -1e-6 and y + block.height <= made.height + 1e-6


@pytest.mark.parametrize("widest", [FOREVER, 260.0, 90.0])
@pytest.mark.parametrize("seed", range(20))
def test_that_every_link_runs_from_its_source_to_its_target_without_a_break(seed: int, widest: float) -> None:
    blocks, links = drawn(seed)
    made = layered(blocks, links, widest)
    for number, link in enumerate(links):
        stretches = [way.points for way in made.ways if number in way.links]
        (x, y), (to_x, to_y) = made.places[link.source], made.places[link.target]
        assert stretches[0][0] == pytest.approx((x + blocks[link.source].width, y + link.leaves))
        assert stretches[-1][-1] == pytest.approx((to_x, to_y + link.arrives))
        assert all(before[-1] == after[0] for before, after in pairwise(stretches))
    shared = {each for way in made.ways for each in way.links}
    assert shared == set(range(len(links)))


@pytest.mark.parametrize("seed", range(20))
def test_that_what_carries_the_same_thing_shares_its_way_and_nothing_else_does(seed: int) -> None:
    blocks, links = drawn(seed)
    for way in layered(blocks, links, FOREVER).ways:
        assert len({links[number].source for number in way.links}) == 1


def test_that_a_chain_is_straight() -> None:
    made = layered(
        [Block(40, 20), Block(60, 30), Block(10, 10)], [Link(0, 1, 10, 15, "a"), Link(1, 2, 15, 5, "b")], FOREVER
    )
    assert made.places == ((0, 5), (70, 0), (160, 10))
    assert (made.width, made.height) == (170, 30)
    assert [way.points for way in made.ways] == [
        ((40, 15), (40, 15), (70, 15), (70, 15)),
        ((130, 15), (130, 15), (160, 15), (160, 15)),
    ]


def test_that_a_branch_stands_around_what_it_comes_from_and_leads_to() -> None:
    blocks = [Block(20, 20), Block(30, 20), Block(30, 20), Block(20, 20)]
    links = [Link(0, 1, 10, 10, "a"), Link(0, 2, 10, 10, "a"), Link(1, 3, 10, 10, "b"), Link(2, 3, 10, 10, "c")]
    made = layered(blocks, links, FOREVER)
    assert made.places == ((0, 18), (50, 0), (50, 36), (110, 18))
    assert made.height == 56


def test_that_a_way_past_a_block_has_a_lane_beside_it() -> None:
    blocks = [Block(20, 20), Block(30, 40), Block(20, 20)]
    links = [Link(0, 1, 10, 20, "a"), Link(0, 2, 10, 10, "a"), Link(1, 2, 20, 10, "b")]
    made = layered(blocks, links, FOREVER)
    around = [way.points for way in made.ways if way.links == frozenset({1})]
    lane = around[0][-1][1]
    assert around[0][-2:] == ((50, lane), (80, lane))
    assert lane == made.places[1][1] + 40 + 16 + 6


def test_that_nothing_takes_no_room() -> None:
    assert layered([], [], FOREVER) == Layered(0.0, 0.0, (), ())
