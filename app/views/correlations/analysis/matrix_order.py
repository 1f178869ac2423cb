"""The order in which features or samples stand along a matrix.

`N` places.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

import numpy as np

from app.views.correlations.analysis.matrix_picture import Group


class Order(Enum):
    """What decides the order."""

    AS_IS = "original"
    CLUSTERED = "by clusters"
    CLASS = "by class"
    """Of samples."""
    KIND = "by kind and strength"
    """Of augmentations."""
    MATCHED = "B in A's order"
    """Of the units of two networks, each of B beside the one of A that does the same."""


def clustered(likeness: np.ndarray) -> np.ndarray:
    """Places so that those that are alike stand together, int ``[N]``: the leaves of average-linkage clustering.

    The two groups whose members are most alike on average are joined, until one is left; of the four ways to put
    them end to end, the one where the most alike members meet is taken. Places without numbers come last, as they
    were.

    Args:
        likeness: symmetric ``[N, N]``, larger for what is more alike; NaN in the row of a place without numbers.
    """
    known = np.flatnonzero(np.isfinite(np.diagonal(likeness)))
    unknown = np.flatnonzero(~np.isfinite(np.diagonal(likeness)))
    alike = np.array(likeness[np.ix_(known, known)], np.float64)
    between = alike.copy()
    np.fill_diagonal(between, -np.inf)
    groups = [[place] for place in range(len(known))]
    for _ in range(len(known) - 1):
        one, other = sorted(np.unravel_index(int(between.argmax()), between.shape))
        sizes = len(groups[one]), len(groups[other])
        joined = (between[one] * sizes[0] + between[other] * sizes[1]) / sum(sizes)
        groups[one] = _end_to_end(groups[one], groups[other], alike)
        joined[one] = -np.inf
        between[one], between[:, one] = joined, joined
        between[other], between[:, other] = -np.inf, -np.inf
    order = groups[0] if groups else []
    return np.concatenate([known[order], unknown]).astype(np.int64)


def _end_to_end(left: list[int], right: list[int], alike: np.ndarray) -> list[int]:
    ways = [(left, right), (left[::-1], right), (left, right[::-1]), (left[::-1], right[::-1])]
    first, second = max(ways, key=lambda way: alike[way[0][-1], way[1][0]])
    return [*first, *second]


def by_class(labels: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, tuple[Group, ...]]:
    """Places so that each class stands together, int ``[N]``, and where each does.

    Args:
        labels: class numbers, int ``[N]``.
        names: of the classes, as many as are known.
    """
    order = np.argsort(labels, kind="stable")
    numbers, firsts = np.unique(labels[order], return_index=True)
    return order, tuple(
        Group(names[number] if 0 <= number < len(names) else f"class {number}", first, stop)
        for number, (first, stop) in zip(numbers.tolist(), pairwise([*firsts.tolist(), len(labels)]), strict=True)
    )


def by_kind(kinds: Sequence[str], strengths: np.ndarray) -> tuple[np.ndarray, tuple[Group, ...]]:
    """Places so that each kind stands together, weakest (most negative) first, int ``[N]``, and where each does.

    Args:
        kinds: of each place; they stand in the order in which they first appear.
        strengths: float ``[N]``.
    """
    names = list(dict.fromkeys(kinds))
    rank = np.array([names.index(kind) for kind in kinds], np.int64)
    order = np.lexsort((strengths, rank))
    counts = np.bincount(rank, minlength=len(names))
    stops = np.cumsum(counts).tolist()
    return order, tuple(
        Group(name, stop - int(count), stop) for name, count, stop in zip(names, counts, stops, strict=True)
    )
