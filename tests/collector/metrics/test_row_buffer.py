"""Numbers of rows as a slice, so that evenly spread rows are not copied."""

from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from collector.metrics.row_buffer import evenly


@given(st.lists(st.integers(0, 20), max_size=5))
@example([2, 5, 8])
@example([2, 3, 4])
@example([2, 5, 9])
@example([4, 4])
@example([3, 2, 1])
def test_that_numbers_that_rise_evenly_are_a_slice_and_all_name_their_rows(numbers: list[int]) -> None:
    found = evenly(numbers)

    assert np.arange(21)[found].tolist() == numbers
    distances = {b - a for a, b in pairwise(numbers)}
    assert isinstance(found, slice) == (not distances or (len(distances) == 1 and min(distances) > 0))
