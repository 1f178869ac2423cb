"""What the nearest neighbours of a sample are, by what a layer gives. `N` samples, `D` features, `Q` others."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = 10
"""As many vote where the file has features and no votes."""


def votes_of(labels: np.ndarray) -> np.ndarray:
    """The most frequent of each row's labels int ``[N, k]``, of equals the smallest, int ``[N]``."""
    classes, places = np.unique(labels, return_inverse=True)
    places = places.reshape(labels.shape)
    counts = np.zeros((len(labels), len(classes)), int)
    np.add.at(counts, (np.arange(len(labels))[:, None], places), 1)
    return np.asarray(classes[counts.argmax(axis=1)])


def nearest_votes(
    features: np.ndarray, labels: np.ndarray, k: int = NEIGHBOURS, others: np.ndarray | None = None
) -> np.ndarray:
    """The vote of the `k` nearest samples, by Euclidean distance.

    Args:
        features: of the samples, ``[N, D]``; NaN counts as 0.
        labels: theirs, int ``[N]``.
        k: how many vote.
        others: whose neighbours are asked, ``[Q, D]``; None: the samples', of which none votes for itself.

    Returns:
        int ``[N]`` or ``[Q]``.
    """
    from sklearn.neighbors import NearestNeighbors  # takes a second, and is not needed at the window's start

    known = np.nan_to_num(features.astype(np.float32), posinf=0.0, neginf=0.0)
    k = min(k, len(known) - (others is None))
    if k < 1:
        return np.full(len(known) if others is None else len(others), -1)
    near = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(known)
    asked = None if others is None else np.nan_to_num(others.astype(np.float32), posinf=0.0, neginf=0.0)
    places = near.kneighbors(asked, return_distance=False)
    return votes_of(labels[places])
