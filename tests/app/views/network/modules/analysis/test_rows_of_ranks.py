"""Where the rows of a long network are broken, against every place tried in turn."""

import random

import pytest

from app.views.network.modules.analysis.layered_layout import GAP, _rows, _Spot


def columns(passing: list[int]) -> list[list[_Spot]]:
    """Ranks out of which so many edges go, and in which one block ends the way."""
    end = _Spot(0, 1.0)
    return [[end] + [_Spot(0, 1.0, after=[(end, 0.0, 0.0, 1.0)]) for _ in range(n)] for n in passing]


def slow_breaks(widths: list[float], passing: list[int], widest: float) -> list[range]:
    """As long as fits; of that, the last third behind the rank out of which the fewest edges go, the last of them."""
    rows, start = [], 0
    while start < len(widths):
        fits = [
            stop for stop in range(start + 1, len(widths) + 1)
            if stop == start + 1 or sum(widths[start:stop]) + GAP * (stop - start) <= widest
        ]  # fmt: skip
        stop = max(fits)
        if stop < len(widths):
            least = start + max((stop - start) * 2 // 3, 1)
            stop = min(range(least, stop + 1), key=lambda each: (passing[each - 1], -each))
        rows.append(range(start, stop))
        start = stop
    return rows


@pytest.mark.parametrize("seed", range(30))
def test_that_a_row_is_broken_where_few_edges_pass_near_its_end(seed: int) -> None:
    drawn = random.Random(seed)
    n = drawn.randint(1, 30)
    widths, passing = [float(drawn.randint(20, 90)) for _ in range(n)], [drawn.randint(0, 4) for _ in range(n)]
    widest = float(drawn.randint(50, 900))
    assert _rows(columns(passing), widths, widest) == slow_breaks(widths, passing, widest)


def test_that_ports_stand_in_the_row_of_what_is_beside_them() -> None:
    assert _rows(columns([1] * 4), [0.0, 90.0, 90.0, 0.0], 100.0) == [range(2), range(2, 4)]
