"""Two layouts of the same samples, laid over one another. `N` samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.views.projection.analysis.projection_request import RAW, FittedWith

if TYPE_CHECKING:
    from app.views.projection.analysis.point_run import PointRun


def aligned(positions: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The positions moved, turned and mirrored, all at once, to lie nearest to others (orthogonal Procrustes).

    Args:
        positions, target: ``[N, 2]``. Distances within ``positions`` stay as they are.
    """
    mean = target.mean(axis=0)
    centred = positions - positions.mean(axis=0)
    left, _, right = np.linalg.svd(centred.T @ (target - mean))
    return centred @ (left @ right) + mean


def are_same_samples(a: PointRun, b: PointRun) -> bool:
    """Whether both runs lay out the same samples, in the same order."""
    return a.collection is b.collection or np.array_equal(
        a.pictures, b.pictures, equal_nan=a.pictures.dtype.kind == "f"
    )


def fitted_with(own: PointRun, other: PointRun, source: str, other_source: str, *, is_first: bool) -> FittedWith | None:
    """What a map for a source of a run is fitted on besides; None where the other has not the same features.

    Args:
        is_first: whether the other run is A.
    """
    if own.collection is other.collection:
        return None  # the same map already
    if RAW in (source, other_source):
        fits = source == other_source and own.pictures[0].shape == other.pictures[0].shape
    else:
        every = [
            {} if each.collection.projection is None else each.collection.projection.layers for each in (own, other)
        ]
        one, beside = every[0].get(source), every[1].get(other_source)
        fits = one is not None and beside is not None and np.array_equal(one.kept, beside.kept)
    return FittedWith(str(other.collection.path), other_source, other.key, is_first) if fits else None
