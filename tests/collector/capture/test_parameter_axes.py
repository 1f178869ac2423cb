"""Which positions of a parameter of many dimensions are kept."""

import numpy as np
import pytest

from collector.capture.parameter_axes import MOST_VALUES, Axis, spread_axes


def lengths(axes: list[Axis]) -> list[int]:
    return [len(axis.kept) for axis in axes]


@pytest.mark.parametrize(
    ("shape", "cap", "kept"),
    [
        ((100, 7, 100), 32, [32, 7, 32]),
        ((64, 32, 32), 64, [64, 32, 32]),  # just as many as may be
        ((64, 64, 64), 64, [32, 32, 64]),
        ((41, 41, 41), 50, [21, 41, 41]),
        ((5,) * 7, 8, [3] + [5] * 6),
        ((2,) * 17, 4, [1] + [2] * 16),
        ((300, 300, 1, 2), 0, [300, 300, 1, 2]),
    ],
)
def test_that_the_longest_dimension_is_halved_until_not_too_many_values_are_kept(
    shape: tuple[int, ...], cap: int, kept: list[int]
) -> None:
    axes = spread_axes(shape, cap)
    assert lengths(axes) == kept
    assert cap == 0 or np.prod(kept) <= MOST_VALUES
    for size, axis in zip(shape, axes, strict=True):
        assert axis.size == size
        assert (np.diff(axis.kept) > 0).all()
        assert axis.kept[0] == 0
        assert len(axis.kept) == 1 or axis.kept[-1] == size - 1


@pytest.mark.parametrize(("n_known", "kept"), [(100, [16, 30]), (10_000, [2, 2]), (MOST_VALUES + 1, [1, 1])])
def test_that_what_is_known_is_not_shortened_and_the_others_to_one_at_the_least(n_known: int, kept: list[int]) -> None:
    known = Axis(n_known, np.arange(n_known))
    axes = spread_axes((40, n_known, 30), 32, {1: known})
    assert lengths(axes) == [kept[0], n_known, kept[1]]
    assert axes[1] is known
