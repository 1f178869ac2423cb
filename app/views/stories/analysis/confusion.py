"""Which classes are taken for which. `K` classes, `M` measurements, `N` samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """How many samples of each class are taken for each, int ``[K, K]``: rows are labels.

    Args:
        labels: int ``[N]``.
        predictions: int ``[N]``; what is none of the classes, as −1, is in no cell.
        classes: their numbers, rising, int ``[K]``.
    """
    n = len(classes)
    known = np.isin(labels, classes) & np.isin(predictions, classes)
    rows, columns = np.searchsorted(classes, labels[known]), np.searchsorted(classes, predictions[known])
    return np.bincount(rows * n + columns, minlength=n * n).reshape(n, n)


@dataclass(frozen=True)
class ConfusedPair:
    """Samples of one class that are taken for another.

    Attributes:
        label, taken_for: places among the classes.
        count: how many there are at the measurement.
        change: how many more than at the one before.
        since: the first measurement of the stretch up to here in which there were some each time.
    """

    label: int
    taken_for: int
    count: int
    change: int
    since: int


def confused_pairs(matrices: np.ndarray, number: int) -> list[ConfusedPair]:
    """Pairs that are confused at a measurement, most often first, of matrices int ``[M, K, K]``."""
    now = matrices[number]
    change = now - matrices[max(number - 1, 0)]
    confused = ~np.eye(now.shape[0], dtype=bool) & (now > 0)
    rows, columns = np.nonzero(confused)
    is_none = matrices[: number + 1, rows, columns][::-1] == 0
    lasted = np.where(is_none.any(axis=0), is_none.argmax(axis=0), number + 1)
    order = np.argsort(-now[rows, columns], kind="stable")
    return [
        ConfusedPair(
            int(rows[at]),
            int(columns[at]),
            int(now[rows[at], columns[at]]),
            int(change[rows[at], columns[at]]),
            int(number + 1 - lasted[at]),
        )
        for at in order
    ]
