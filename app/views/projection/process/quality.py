"""How far a layout can be trusted."""

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS = 10
MOST_SAMPLES = 2000
"""Trustworthiness needs every distance; of more samples so many are measured, evenly spread."""


def trusted(features: np.ndarray, positions: np.ndarray) -> float:
    """Trustworthiness for 10 neighbours (Venna & Kaski 2001), 0…1; NaN for fewer than 3 samples."""
    chosen = np.linspace(0, len(features) - 1, min(len(features), MOST_SAMPLES)).round().astype(int)
    neighbours = min(NEIGHBOURS, (len(chosen) - 1) // 2)
    if neighbours < 1:
        return float("nan")
    return float(trustworthiness(features[chosen], positions[chosen], n_neighbors=neighbours))


def same_class(positions: np.ndarray, labels: np.ndarray | None) -> float:
    """Share of the samples whose nearest neighbour in the plane has their label, 0…1; NaN where no two share one."""
    if labels is None or len(np.unique(labels)) == len(positions):
        return float("nan")
    nearest = NearestNeighbors(n_neighbors=1).fit(positions).kneighbors(return_distance=False)[:, 0]
    return float((labels[nearest] == labels).mean())
