"""What the nearest neighbours of each sample are: the probe of a layer that has no weights of its own."""

import numpy as np

MOST_VOTERS = 2048
"""Of more samples so many vote, evenly spread, so that the cost grows with the samples and not with their square."""

_ROWS = 512
"""Samples whose distances are held at once."""


def neighbour_votes(features: np.ndarray, labels: np.ndarray, k: int = 30) -> np.ndarray:
    """The label of most of the k nearest other samples, by Euclidean distance (Baldock, Maennel & Neyshabur 2021).

    Args:
        features: float ``[N, D]``. A sample with a NaN or Inf has no vote, and votes for none.
        labels: class numbers, int ``[N]``; a sample with a negative one has no say.
        k: neighbours; where there are fewer samples, all vote.

    Returns:
        int64 ``[N]``, of equally many the smallest number; −1 where there is none.
    """
    votes = np.full(len(features), -1, np.int64)
    is_known = np.isfinite(features).all(axis=1)
    voters = np.flatnonzero(is_known & (labels >= 0))
    if len(voters) > MOST_VOTERS:
        voters = voters[np.linspace(0, len(voters) - 1, MOST_VOTERS).round().astype(np.int64)]
    if not len(voters):
        return votes
    rows = _centred(features, voters, is_known)
    chosen = rows[voters]
    squares = np.einsum("nd,nd->n", chosen, chosen)
    place = np.full(len(features), -1, np.int64)
    place[voters] = np.arange(len(voters))
    classes, numbers = np.unique(labels[voters], return_inverse=True)
    asked = np.flatnonzero(is_known & ((place < 0) | (len(voters) > 1)))
    for start in range(0, len(asked), _ROWS):
        part = asked[start : start + _ROWS]
        # |a|² is the same for all neighbours of a sample
        distances = squares - 2 * (rows[part] @ chosen.T)
        own = np.flatnonzero(place[part] >= 0)
        distances[own, place[part][own]] = np.inf
        votes[part] = classes[_most(distances, numbers, len(classes), k)]
    return votes


def _centred(features: np.ndarray, voters: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """Float32 rows with the same neighbours: differences of large numbers would lose them, squares of them be none."""
    rows = features.astype(np.float32)
    rows[~is_known] = 0
    rows -= rows[voters].mean(axis=0, dtype=np.float64).astype(np.float32)
    largest = float(np.abs(rows).max(initial=0))
    return rows / np.float32(largest) if largest > 0 else rows


def _most(distances: np.ndarray, numbers: np.ndarray, n_classes: int, k: int) -> np.ndarray:
    """The class number of most of the nearest, ``[rows]``; what is infinitely far away has no say."""
    k = min(k, distances.shape[1])
    nearest = np.argpartition(distances, k - 1, axis=1)[:, :k]
    rows = np.arange(len(distances))[:, None] * n_classes
    said = (rows + numbers[nearest])[np.isfinite(np.take_along_axis(distances, nearest, axis=1))]
    counts = np.bincount(said, minlength=len(distances) * n_classes)
    winners: np.ndarray = counts.reshape(len(distances), n_classes).argmax(axis=1)
    return winners
