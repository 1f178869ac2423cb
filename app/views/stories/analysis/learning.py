"""When samples are learnt and forgotten, after Toneva et al., ICLR 2019. `M` measurements, `N` samples."""

from __future__ import annotations

import numpy as np

NEVER = -1

DEFINITIONS = (
    "Learnt: the first measurement that takes the sample for its label.\n"
    "Forgetting event: it is right at one measurement and wrong at the next.\n"
    "Unforgettable: learnt, and without a forgetting event; never learnt counts as forgotten most often.\n"
    "Toneva et al., ICLR 2019; between two measurements more may have happened than is seen."
)


def is_right(predictions: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which predictions int ``[M, N]`` are the labels int ``[N]``, bool ``[M, N]``; no prediction, −1, is not right."""
    return np.asarray((predictions == labels) & (predictions >= 0))


def first_learnt(right: np.ndarray) -> np.ndarray:
    """The first measurement at which each is right, int ``[N]``; `NEVER` where none is."""
    if not len(right):
        return np.full(right.shape[1], NEVER)
    return np.where(right.any(axis=0), right.argmax(axis=0), NEVER)


def times_forgotten(right: np.ndarray) -> np.ndarray:
    """Forgetting events of each: right at one measurement and wrong at the next, int ``[N]``."""
    return np.asarray((right[:-1] & ~right[1:]).sum(axis=0))
