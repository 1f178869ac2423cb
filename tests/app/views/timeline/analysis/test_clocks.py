"""The clocks of optimizers: when there are any, what they show, and how fast they go."""

import numpy as np
import pytest

from app.views.timeline.analysis.clocks import Clocks, clocks_of
from tests.app.growing_run import GrowingRun

STEPS = np.arange(2, 12)
CLOCKS = Clocks(("critic", "generator"), STEPS, np.array([STEPS - 1, (STEPS - 1) // 5], float))


def test_that_a_clock_shows_what_was_made_with_a_step() -> None:
    assert [CLOCKS.at(step) for step in (1, 2, 6, 11, 99)] == [None, [1, 0], [5, 1], [10, 2], [10, 2]]


@pytest.mark.parametrize(
    ("left", "right", "rates"),
    [
        (0, 99, [5.0, 1.0]),
        (2, 11, [5.0, 1.0]),
        (7, 11, [5.0, 1.0]),
        (2, 6, [5.0, 1.0]),
        (3, 6, [4.0, 1.0]),
        (2, 10, [9.0, 1.0]),
        (2, 5, None),
        (11, 20, [1.0, 1.0]),
        (-9, 2, None),
        (-9, 6, [5.0, 1.0]),
        (12, 20, None),
        (0, 1, None),
    ],
)
def test_that_rates_are_what_is_made_while_the_slowest_makes_one(
    left: float, right: float, rates: list[float] | None
) -> None:
    assert CLOCKS.rates(left, right) == rates


def test_that_rates_have_a_decimal() -> None:
    three = Clocks(("a", "b"), np.arange(3), np.array([[3, 5, 7], [1, 2, 3]], float))
    assert three.rates(0, 2) == [2.3, 1.0]


def test_that_a_line_stands_until_an_update_is_made_and_counts_from_the_left() -> None:
    few = Clocks(("a",), np.array([0, 1, 3]), np.array([[1.0, 2.0, 5.0]]))
    for left, counts in ((0, [1, 1, 2, 2, 5]), (1, [0, 0, 1, 1, 4]), (2, [-1, -1, 0, 0, 3])):
        steps, values = few.staircase(0, left)
        assert steps.tolist() == [0, 1, 1, 3, 3]
        assert values.tolist() == counts


def run(**clocks: np.ndarray) -> GrowingRun:
    return GrowingRun().grow(loss=np.ones(20), **{f"updates__{name}": each for name, each in clocks.items()})


EACH = np.arange(1, 21)


@pytest.mark.parametrize(
    ("clocks", "names"),
    [
        ({"a": EACH}, None),
        ({"a": EACH, "b": EACH}, None),
        ({"a": EACH, "b": EACH - 1}, None),
        ({"a": EACH, "b": EACH - 2}, ("a", "b")),
        ({f"o{number}": EACH * (number + 1) for number in range(8)}, tuple(f"o{number}" for number in range(8))),
        ({f"o{number}": EACH * (number + 1) for number in range(9)}, None),
        ({"a": EACH, "b": EACH[:9] // 5}, None),
        ({}, None),
    ],
)
def test_that_up_to_eight_optimizers_that_go_at_their_own_rates_have_clocks(
    clocks: dict[str, np.ndarray], names: tuple[str, ...] | None
) -> None:
    found = clocks_of(run(**clocks))  # type: ignore[arg-type]
    assert (None if found is None else found.names) == names
