"""Steps of a layout in layers: the heights that are nearest to what is wished, the order, and lanes for so many."""

import random

import pytest

from app.views.network.modules.analysis import layered_layout
from app.views.network.modules.analysis.layered_layout import Block, Link, _Spot, _stack, layered
from app.views.network.modules.analysis.modules import module_graph
from tests.app.views.network.modules.analysis.made_up_graphs import call

FOREVER = float("inf")
BESIDE = 16.0


def slow_stack(heights: list[float], wished: list[float], weights: list[float]) -> list[float]:
    """Least squares under an order, by its min-max formula."""
    offsets = [sum(heights[:number]) + BESIDE * number for number in range(len(heights))]

    def mean(start: int, stop: int) -> float:
        of = range(start, stop + 1)
        return sum(weights[k] * (wished[k] - offsets[k]) for k in of) / sum(weights[k] for k in of)

    n = len(heights)
    return [
        offsets[i] + max(min(mean(start, stop) for stop in range(i, n)) for start in range(i + 1)) for i in range(n)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_that_blocks_stand_as_near_to_where_they_are_wished_as_their_order_allows(seed: int) -> None:
    chance = random.Random(seed)
    n = chance.randint(1, 9)
    heights = [float(chance.randint(10, 90)) for _ in range(n)]
    wished, weights = [chance.uniform(-200, 200) for _ in range(n)], [chance.choice((0.01, 1.0, 4.0)) for _ in range(n)]
    column = [_Spot(0, height) for height in heights]
    _stack(column, wished, weights)
    assert [spot.y for spot in column] == pytest.approx(slow_stack(heights, wished, weights))


def test_that_blocks_are_ordered_so_that_their_edges_do_not_cross() -> None:
    n = 5
    blocks = [Block(20, 20)] * (2 * n)
    links = [Link(each, 2 * n - 1 - each, 10, 10, str(each)) for each in range(n)]
    made = layered(blocks, links, FOREVER)
    tops = [y for _, y in made.places]
    for each in range(n):
        assert tops[each] == tops[2 * n - 1 - each], "each edge is straight"


def test_that_what_is_read_by_one_stands_at_the_middle_of_what_it_reads() -> None:
    blocks = [*[Block(20, 20)] * 3, Block(30, 20)]
    links = [Link(each, 3, 10, 10, str(each)) for each in range(3)]
    made = layered(blocks, links, FOREVER)
    assert made.places == ((0, 0), (0, 36), (0, 72), (50, 36))


def test_that_a_port_of_a_tall_block_does_not_pull_others_off_the_screen() -> None:
    blocks = [Block(20, 20), Block(20, 400), Block(20, 20)]
    made = layered(blocks, [Link(0, 1, 10, 390, "a"), Link(1, 2, 10, 10, "b")], FOREVER)
    tall = made.places[1][1]
    assert made.places[0][1] == tall + 60, "and not as far down as its edge arrives"
    assert made.places[2][1] == tall


class Column(list[_Spot]):
    """Tells when it is put in order."""

    def __init__(self, number: int, told: list[int]) -> None:
        super().__init__([_Spot(number, 20.0), _Spot(number, 20.0)])
        self._number, self._told = number, told

    def sort(self, **by: object) -> None:
        self._told.append(self._number)
        super().sort(**by)  # type: ignore[call-overload]


THERE, BACK = [0, 1, 2], [2, 1, 0]


def test_that_ranks_are_put_in_order_from_both_ends_in_turn() -> None:
    told: list[int] = []
    layered_layout._order([Column(number, told) for number in THERE])
    assert told == 3 * (THERE + BACK)


@pytest.mark.parametrize(("n_blocks", "turns"), [(3, 3), (1_000, 3), (1_001, 1)])
def test_that_heights_are_settled_from_both_ends_in_turn_and_at_last_from_the_left(
    n_blocks: int, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def stack(column: list[_Spot], *given: list[float]) -> None:
        told.append(column[0].rank)
        _stack(column, *given)

    monkeypatch.setattr(layered_layout, "_stack", stack)
    links = [Link(0, 1, 10, 10, "a"), Link(1, 2, 10, 10, "b")]
    layered([Block(20, 20)] * n_blocks, links, FOREVER)
    assert told == THERE + turns * (THERE + BACK) + THERE


@pytest.mark.parametrize(("most", "n_lanes"), [(5, 2), (4, 1), (3, 1), (2, 1), (1, 0), (0, 0)])
def test_that_the_shortest_ways_past_others_have_lanes_and_the_rest_run_straight(
    most: int, n_lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layered_layout, "MOST_PASSING", most)
    blocks = [Block(20, 20)] * 5
    chained = [Link(each, each + 1, 10, 10, f"chain {each}") for each in range(4)]
    far, near = Link(0, 4, 10, 10, "far"), Link(1, 4, 10, 10, "near")
    made = layered(blocks, [*chained, far, near], FOREVER)
    stretches = {name: [way for way in made.ways if number in way.links] for number, name in ((4, "far"), (5, "near"))}
    assert len(stretches["near"]) == (3 if n_lanes else 1)
    assert len(stretches["far"]) == (4 if n_lanes == 2 else 1)
    for name, source in (("far", 0), ("near", 1)):
        if len(stretches[name]) == 1:
            (x, y), (to_x, to_y) = made.places[source], made.places[4]
            assert stretches[name][0].points == ((x + 20, y + 10), (to_x, to_y + 10))


def test_that_what_goes_to_several_counts_once_for_each() -> None:
    trunk = layered_layout._Trunk(_Spot(2, 1.0, 0), 0.5, {}, {0: 4, 1: 7})
    assert trunk.n_passing == (7 - 2 - 1) * 2


def test_that_modules_lie_no_deeper_in_one_another_than_a_person_can_have_meant() -> None:
    deep = ".".join(f"m{number}" for number in range(60))
    graph = module_graph({}, [call(f"{deep}.a"), call(f"{deep}.b", f"{deep}.a")])
    assert list(graph.frames) == [".".join(f"m{number}" for number in range(40))]
    nearly = ".".join(f"m{number}" for number in range(39))
    graph = module_graph({}, [call(f"{nearly}.a"), call(f"{nearly}.b", f"{nearly}.a")])
    assert list(graph.frames) == [nearly]
