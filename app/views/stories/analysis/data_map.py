"""The data map of Swayamdipta et al., EMNLP 2020. `M` measurements, `N` samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ABOUT = (
    "Confidence: mean over the measurements of the probability that the network gives the label.\n"
    "Variability: its standard deviation. Correctness: share of the measurements that are right.\n"
    "High and left: easy to learn; right: ambiguous; low and left: hard to learn, among them wrong labels.\n"
    "Swayamdipta et al., EMNLP 2020"
)


@dataclass(frozen=True, eq=False)
class DataMap:
    """Attributes:
    confidence: mean probability of the label, float ``[N]`` in 0…1; NaN where there is none.
    variability: its standard deviation, float ``[N]`` in 0…0.5.
    correctness: share of the measurements that are right, float ``[N]`` in 0…1; NaN where that is not known.
    """

    confidence: np.ndarray
    variability: np.ndarray
    correctness: np.ndarray


def data_map(label_probabilities: np.ndarray, right: np.ndarray | None = None) -> DataMap:
    """Where each sample lies.

    Args:
        label_probabilities: float ``[M, N]``; NaN where none was recorded.
        right: bool ``[M, N]``; None where that is not known.
    """
    values = label_probabilities.astype(float)
    confidence = mean_of(values)
    variability = np.sqrt(mean_of((values - confidence) ** 2))
    correctness = np.full(values.shape[1], np.nan) if right is None or not len(right) else right.mean(axis=0)
    return DataMap(confidence, variability, correctness)


def mean_of(values: np.ndarray) -> np.ndarray:
    """Mean over the measurements of what is a number, float ``[N]``; NaN where nothing is."""
    known = np.isfinite(values)
    counts = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
