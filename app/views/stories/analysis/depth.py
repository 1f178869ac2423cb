"""Prediction depth, after Baldock et al., NeurIPS 2021. `L` layers in the order of the network, `N` samples."""

from __future__ import annotations

import numpy as np

UNKNOWN = -1

ABOUT = (
    "Prediction depth: the first layer from which on the vote of the nearest neighbours, by what the layer gives, is "
    "what the network says, up to the last one.\nA shallow sample is easy. Baldock et al., NeurIPS 2021"
)


def prediction_depth(votes: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """The first layer from which on all votes agree with the network, int ``[N]``.

    Args:
        votes: class by each layer, int ``[L, N]``.
        predictions: class by the network, int ``[N]``; −1 where there is none.

    Returns:
        0…L−1, `L` where even the last layer's vote disagrees, `UNKNOWN` without a prediction.
    """
    n_layers = len(votes)
    disagrees = (votes != predictions)[::-1]
    n_agreeing = np.where(disagrees.any(axis=0), disagrees.argmax(axis=0), n_layers) if n_layers else 0
    return np.where(predictions < 0, UNKNOWN, n_layers - n_agreeing)


def depth_counts(depths: np.ndarray, n_layers: int) -> np.ndarray:
    """How many samples have each depth, int ``[M, L + 1]`` of depths int ``[M, N]``; unknown ones are in none."""
    counts = [np.bincount(each[each >= 0], minlength=n_layers + 1) for each in depths]
    return np.array(counts, int).reshape(len(depths), n_layers + 1)


def first_flips(votes: tuple[np.ndarray, np.ndarray], predictions: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The first layer whose vote changed of each sample that the network takes for another class than before.

    Args:
        votes: before and after, int ``[L, N]``.
        predictions: before and after, int ``[N]``; −1 where there is none.

    Returns:
        int ``[F]`` of the `F` samples; `L` where no vote changed, but the output alone.
    """
    before, after = predictions
    samples = np.flatnonzero((before != after) & (before >= 0) & (after >= 0))
    flipped = votes[0][:, samples] != votes[1][:, samples]
    return np.where(flipped.any(axis=0), flipped.argmax(axis=0), len(flipped))
