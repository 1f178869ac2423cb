"""Counts of buckets of any edges as counts by sign and power of two."""

import numpy as np

from collector.importing.logged import Buckets
from collector.storage.schema import N_HISTOGRAM_BINS

_N_POWERS = N_HISTOGRAM_BINS // 2
_POWERS = np.exp2(np.arange(_N_POWERS) - 48.0)
_EDGES = np.concatenate([-_POWERS[::-1], _POWERS])
"""Between the bins of `collector.storage.schema.PassRecord.histograms`, ``[128]``."""


def by_power_of_two(buckets: Buckets) -> np.ndarray:
    """Counts int64 ``[129]``, all of them together as many as in the buckets.

    Within a bucket values count as evenly spread, as TensorBoard draws them: of a wide one that is a guess.
    """
    finite = np.isfinite(buckets.edges).all(axis=1) & np.isfinite(buckets.counts) & (buckets.counts > 0)
    (left, right), counts = buckets.edges[finite].T, buckets.counts[finite]
    order = np.argsort(left, kind="stable")
    left, right, counts = left[order], right[order], counts[order]
    is_point = left >= right
    found = np.zeros(N_HISTOGRAM_BINS)
    for value, count in zip(left[is_point], counts[is_point], strict=True):
        found[np.searchsorted(_EDGES, value, side="left" if value < 0 else "right")] += count
    for begin, end, count in zip(left[~is_point], right[~is_point], counts[~is_point], strict=True):
        below = np.clip((_EDGES - begin) / (end - begin), 0, 1)
        found += count * np.diff(np.concatenate([[0.0], below, [1.0]]))
    return _whole(found)


def _whole(counts: np.ndarray) -> np.ndarray:
    """Whole numbers of the same sum: those with the largest rest are rounded up."""
    whole = np.floor(counts)
    lacking = round(counts.sum()) - int(whole.sum())
    whole[np.argsort(whole - counts, kind="stable")[:lacking]] += 1
    return whole.astype(np.int64)
