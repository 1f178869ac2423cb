"""Rows of numbers over the steps as a picture of so many columns. `L` rows, `S` steps, `W` columns."""

import numpy as np


def step_picture(
    numbers: np.ndarray, steps: np.ndarray, stride: int, low: float, high: float, width: int
) -> np.ndarray:
    """Of each column the largest number of its steps ``[L, W]``; 0 where nothing was recorded.

    Args:
        numbers: unsigned, ``[L, S]``; they rise with what must not be overlooked where many steps share a column.
        steps: rising, int ``[S]``.
        stride: a number stands for so many steps.
        low, high: the steps at the left and at the right border.
        width: `W`.
    """
    edges = np.linspace(low, high, width + 1)
    bounds = np.searchsorted(steps, edges)
    starts, stops = bounds[:-1], bounds[1:]
    shown = np.zeros((len(numbers), width), numbers.dtype)
    full = np.flatnonzero(stops > starts)
    if len(full):
        # the empty columns lie between full ones and end none of them early
        shown[:, full] = np.maximum.reduceat(numbers[:, : stops[-1]], starts[full], axis=1)
    held = np.flatnonzero((stops == starts) & (starts > 0))
    held = held[edges[held] - steps[starts[held] - 1] < stride]
    shown[:, held] = numbers[:, starts[held] - 1]
    return shown
