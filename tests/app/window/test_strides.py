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
