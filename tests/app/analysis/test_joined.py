"""Stretches of what belongs together."""

import numpy as np
import pytest

from app.analysis.joined import stretches


@pytest.mark.parametrize(
    ("joined", "found"),
    [("", []), ("-", []), ("x", [(0, 1)]), ("xx-x", [(0, 2), (3, 4)]), ("-xx--x-", [(1, 3), (5, 6)]), ("--", [])],
)
def test_that_each_stretch_is_found_from_its_first_place_to_behind_its_last(
    joined: str, found: list[tuple[int, int]]
) -> None:
    told = stretches(np.array([each == "x" for each in joined], bool))
    assert [(each.start, each.stop) for each in told] == found
