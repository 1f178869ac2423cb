"""Where blocks stand and edges run, in numbers that can be told from the sizes."""

import pytest

from app.views.network.modules.analysis.layered_layout import Block, Layered, Link, _Channels, layered

A, B, C, D = Block(40, 20), Block(60, 30), Block(50, 40), Block(30, 20)


def chain(widest: float) -> Layered:
    """Four blocks one after another, of which the last reads the first as well; gaps of 30 px between ranks."""
    links = [Link(0, 1, 10, 15, "a"), Link(1, 2, 15, 20, "b"), Link(2, 3, 20, 5, "c"), Link(0, 3, 10, 15, "a")]
    return layered([A, B, C, D], links, widest)


def test_that_a_block_is_a_way_out_only_where_that_is_said() -> None:
    links = [Link(0, 1, 10, 15, "a"), Link(0, 2, 10, 0, "a")]
    assert [x for x, _ in layered([A, B], links[:1], 1_000).places] == [0, 40 + 30]
    out = Block(0, 0, is_out=True)  # stands behind all others, whatever it reads
    assert [x for x, _ in layered([A, B, out], links, 1_000).places] == [0, 70, 130 + 30]


def test_that_a_way_past_others_goes_on_where_the_lane_of_each_rank_ends() -> None:
    made = chain(widest=1_000)
    assert [x for x, _ in made.places] == [0, 70, 160, 240]
    stretches = [way.points for way in made.ways if 3 in way.links]
    assert [[x for x, _ in points] for points in stretches] == [
        [40, 40, 70, 70, 130],
        [130, 130, 160, 160, 210],
        [210, 210, 240, 240],
    ]
    assert [points[-1] for points in stretches[:-1]] == [points[0] for points in stretches[1:]]


def test_that_what_comes_through_lanes_has_room_between_the_rows() -> None:
    made = chain(widest=200)
    bottom_of_lane = max(y for way in made.ways for x, y in way.points if 3 in way.links and x == 110) + 6
    first, second, third = 0, 20 + 34 + 7, bottom_of_lane + 34 + 2 * 7  # below a row, 7 px for each that goes on
    assert min(made.places[1][1], made.places[2][1]) == second
    assert [made.places[0], made.places[3]] == [(20, first), (20, third)]
    assert made.height == third + 20


@pytest.mark.parametrize(("number", "left"), [(0, 10.0), (1, 6.5), (2, 3.0), (3, 2.0), (9, 2.0)])
def test_that_ways_to_the_next_row_stay_inside_of_what_is_laid_out(number: int, left: float) -> None:
    channels = _Channels([range(1), range(1, 2)], [0.0, 200.0], right=100.0)
    points = [channels.between(0, (60.0, 20.0), (20.0, 220.0)) for _ in range(number + 1)][-1]
    x, y = 110 + 7 * number, 183 - 7 * number
    assert points == ((60, 20), (x, 20), (x, y), (left, y), (left, 220), (20, 220))
