"""How two runs differ as wholes, and the way from one place at which they do to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collector.comparing import Comparison
from collector.comparing.difference_map import DifferenceMap

FIRST_METRICS = ("gradient_norm", "update_norm", "weight_norm", "activation_std")
"""Of what is measured of layers, what differences are looked for in at first, the best first."""


@dataclass(frozen=True)
class Differences:
    """Two runs as wholes.

    Attributes:
        comparison: what differs, and where first.
        metrics: what both measured of layers, by which a map can be made; in A's order.
        map: of the metric that was asked for; None where nothing was measured of any layer.
        no_noise: why the repeats tell no noise, in words; empty where there are none, or they do.
    """

    comparison: Comparison
    metrics: tuple[str, ...]
    map: DifferenceMap | None
    no_noise: str = ""


def first_metric(metrics: tuple[str, ...], wished: str) -> str:
    """What is shown of a pair: what is wished, where both have it; empty where they have nothing."""
    return next((each for each in (wished, *FIRST_METRICS, *metrics) if each in metrics), "")


def place_among(found: DifferenceMap, step: float) -> tuple[int | None, int]:
    """Number of the stretch of differences that a step of A lies in, from 0, None for none; and how many there are."""
    stretches = found.stretches
    inside = (number for number, (first, last) in enumerate(stretches) if first <= step <= last)
    return next(inside, None), len(stretches)


def next_stretch(found: DifferenceMap, step: float, n_places: int) -> tuple[int, str] | None:
    """Where the next stretch of differences behind a step of A begins, and the layer that differs most there.

    Args:
        found: the map.
        step: of A.
        n_places: 1: the next one; -1: the one before. None is the answer where there is none: there is no way around.
    """
    starts = [first for first, _ in found.stretches]
    if n_places == 1:
        start = min((each for each in starts if each > step), default=None)
    else:
        start = max((each for each in starts if each < step), default=None)
    if start is None:
        return None
    at = int(np.searchsorted(found.steps, start))
    that_differ = np.flatnonzero(found.differs[:, at])
    sizes = np.nan_to_num(np.abs(found.values[that_differ, at]), nan=np.inf)
    return start, found.layers[that_differ[np.argmax(sizes)]]
