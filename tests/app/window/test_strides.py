"""How a stride of playing is named."""

import pytest

from app.window.transport_bar import stride_text, strides_of


@pytest.mark.parametrize(
    ("stride", "text"),
    [
        (1, "each pass"),
        (2, "every 2nd pass"),
        (5, "every 5th pass"),
        (10, "every 10th pass"),
        (2000, "every 2,000th pass"),
    ],
)
def test_that_a_stride_is_told_as_people_count(stride: int, text: str) -> None:
    assert stride_text(stride) == text


def test_that_only_strides_are_offered_that_leave_something_to_see() -> None:
    assert strides_of(1) == [1]
    every = strides_of(10_000)
    assert every == sorted(set(every))
    assert every[:5] == [1, 2, 5, 10, 20]
    assert 10_000 // every[-1] >= 2
    assert {int(str(stride)[0]) for stride in every} == {1, 2, 5}


@pytest.mark.parametrize(
    ("n_passes", "expected"),
    [
        (0, [1]),
        (10, [1]),
        (19, [1]),
        (20, [1, 2]),
        (49, [1, 2]),
        (50, [1, 2, 5]),
        (99, [1, 2, 5]),
        (100, [1, 2, 5, 10]),
        (2000, [1, 2, 5, 10, 20, 50, 100, 200]),
    ],
)
def test_that_a_stride_leaves_ten_passes_or_is_not_offered(n_passes: int, expected: list[int]) -> None:
    assert strides_of(n_passes) == expected
