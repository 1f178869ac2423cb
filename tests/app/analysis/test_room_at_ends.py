"""How far an axis goes beyond its values."""

from math import inf

import pytest

from app.analysis.room_at_ends import with_room


def px(low: float, high: float, value: float) -> float:
    """How far above the lower end of an axis of 100 px a value stands."""
    return (value - low) / (high - low) * 100


@pytest.mark.parametrize(
    ("share", "least_px", "lowest", "strip_px", "below", "above"),
    [
        (0.25, 0.0, 2.0, 0.0, 100 / 6, 100 / 6),  # a share of the span at each end
        (0.0, 5.0, 2.0, 0.0, 5, 5),
        (0.25, 5.0, 2.0, 10.0, 100 / 6, 100 / 6),  # which the strip lies in
        (0.0, 5.0, 2.0, 20.0, 20, 5),
        (0.0, 5.0, inf, 20.0, 5, 5),
        (0.0, 80.0, 2.0, 90.0, 100 / 3, 100 / 3),  # of a low axis something is left
    ],
)
def test_that_the_larger_of_what_is_asked_for_is_left_free(
    share: float, least_px: float, lowest: float, strip_px: float, below: float, above: float
) -> None:
    low, high = with_room((2.0, 4.0), 100.0, share=share, least_px=least_px, lowest=lowest, strip_px=strip_px)
    assert px(low, high, 2.0) == pytest.approx(below)
    assert 100 - px(low, high, 4.0) == pytest.approx(above)


def test_that_a_strip_below_values_that_begin_above_the_axis_takes_but_what_lacks() -> None:
    low, high = with_room((0.0, 4.0), 100.0, share=0.0, least_px=0.0, lowest=0.4, strip_px=20.0)
    assert px(low, high, 0.4) == pytest.approx(20)
    assert px(low, high, 4.0) == pytest.approx(100)
    assert with_room((0.0, 4.0), 100.0, share=0.0, least_px=0.0, lowest=3.0, strip_px=20.0) == (0.0, 4.0)
