"""Where two runs differ, layers × steps: the picture from which one finds the way."""

from dataclasses import dataclass

import numpy as np

from collector.comparing.noise import Noise
from collector.comparing.pair import Pair


@dataclass(frozen=True)
class DifferenceMap:
    """One measure of all layers with a partner.

    Attributes:
        metric: as ``gradient_norm``.
        layers: names in A ``[L]``, from input to output.
        steps: of A, int ``[R]``.
        steps_b: the step of B that lies next to each, int ``[R]``.
        values: log₂ of B ÷ A, float64 ``[L, R]``; NaN where one has none, ±Inf where one of them is 0.
        differs: by more than the tolerance, and outside of the noise where that is known, bool ``[L, R]``.
    """

    metric: str
    layers: tuple[str, ...]
    steps: np.ndarray
    steps_b: np.ndarray
    values: np.ndarray
    differs: np.ndarray

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """Where anything differs: the first and the last of A's steps of each stretch, in order."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.differs.any(axis=0), [False]]).astype(np.int8)))
        return [(int(self.steps[start]), int(self.steps[stop - 1])) for start, stop in edges.reshape(-1, 2)]


def mapped_metrics(pair: Pair) -> list[str]:
    """The measures that both have of any layer with a partner, in A's order."""
    found = dict.fromkeys(
        name.partition("/")[0]
        for name in pair.a.series
        if name.partition("/")[2] in pair.partner and "_crc32/" not in name and pair.name_in_b(name) in pair.b.series
    )
    return list(found)


def difference_map(pair: Pair, metric: str, noise: Noise | None = None) -> DifferenceMap:
    """A measure of all layers at all steps that A has it at and B has something next to.

    Args:
        noise: of A's repeats; None: every difference counts.
    """
    columns = {layer: column for layer in pair.partner if (column := pair.column(f"{metric}/{layer}")) is not None}
    every = [each.steps_a for each in columns.values()]
    steps = np.unique(np.concatenate(every)) if every else np.zeros(0, np.int64)
    steps_b = np.zeros(len(steps), np.int64)
    values, differs = np.full((len(columns), len(steps)), np.nan), np.zeros((len(columns), len(steps)), bool)
    for row, (layer, column) in enumerate(columns.items()):
        at = np.searchsorted(steps, column.steps_a)
        steps_b[at] = column.steps_b
        values[row, at] = log_ratio(column.a, column.b)
        with np.errstate(invalid="ignore"):
            is_beyond = np.abs(column.a - column.b) > pair.tolerance * np.fmax(np.abs(column.a), np.abs(column.b))
        is_beyond |= np.isnan(column.a) != np.isnan(column.b)
        band = None if noise is None else noise.band(f"{metric}/{layer}")
        differs[row, at] = is_beyond if band is None else band.outside(column.steps_a, column.b) & is_beyond
    return DifferenceMap(metric, tuple(columns), steps, steps_b, values, differs)


def log_ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """log₂ of b ÷ a ``[R]``: 0 where both are 0, ±Inf where one is, NaN where one has no number or their signs
    differ."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(b / a)
    return np.where((a == 0) & (b == 0), 0.0, ratio)
