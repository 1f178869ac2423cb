"""Rows of numbers over the steps as a picture, against one column after the other."""

from itertools import pairwise

import numpy as np
import pytest

from app.analysis.step_picture import step_picture


def slow(numbers: np.ndarray, steps: np.ndarray, stride: int, low: float, high: float, width: int) -> list[list[int]]:
    """The largest number between a column's borders; where none lies there, the last one while it stands for them."""
    edges = np.linspace(low, high, width + 1).tolist()
    picture = []
    for row in numbers.tolist():
        columns = []
        for left, right in pairwise(edges):
            within = [own for own, step in zip(row, steps.tolist(), strict=True) if left <= step < right]
            before = [(step, own) for own, step in zip(row, steps.tolist(), strict=True) if step < left]
            held = before[-1][1] if before and left - before[-1][0] < stride else 0
            columns.append(max(within) if within else held)
        picture.append(columns)
    return picture


@pytest.mark.parametrize("seed", range(25))
def test_that_each_column_shows_the_largest_number_of_its_steps(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    steps = np.sort(drawn.choice(60, drawn.integers(1, 25), replace=False))
    numbers = drawn.integers(0, 250, (3, len(steps))).astype(np.uint8)
    stride, width = int(drawn.integers(1, 6)), int(drawn.integers(1, 80))
    low, high = sorted(drawn.choice(70, 2, replace=False).tolist())
    found = step_picture(numbers, steps, stride, low, high, width)
    assert found.dtype == numbers.dtype
    assert found.tolist() == slow(numbers, steps, stride, low, high, width)


def test_that_without_steps_nothing_is_shown() -> None:
    assert step_picture(np.zeros((2, 0), np.uint8), np.zeros(0, int), 1, 0, 10, 3).tolist() == [[0] * 3] * 2
