"""Prediction depth, after Baldock et al., NeurIPS 2021. `L` layers in the order of the network, `N` samples."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, eq=False)
class VoteFlips:
    """Which layers changed their votes where the network changed its mind between two measurements.

    Attributes:
        samples: numbers of the samples that are taken for another class, int ``[F]``.
        flipped: whether each layer's vote changed, too, bool ``[L, F]``.
        first: the first layer whose vote changed, int ``[F]``; `L` where only the output did.
    """

    samples: np.ndarray
    flipped: np.ndarray
    first: np.ndarray


def vote_flips(votes: tuple[np.ndarray, np.ndarray], predictions: tuple[np.ndarray, np.ndarray]) -> VoteFlips:
    """Of what was before and after: votes int ``[L, N]``, predictions int ``[N]``."""
    before, after = predictions
    samples = np.flatnonzero((before != after) & (before >= 0) & (after >= 0))
    flipped = votes[0][:, samples] != votes[1][:, samples]
    first = np.where(flipped.any(axis=0), flipped.argmax(axis=0), len(flipped)) if len(flipped) else samples * 0
    return VoteFlips(samples, flipped, first)
