"""What a training has logged for another tool."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from collector.storage.blocks import MAX_COUNT


@dataclass(frozen=True)
class Buckets:
    """How values were spread at a step.

    Attributes:
        edges: float64 ``[k, 2]``: where each bucket begins and ends, rising.
        counts: float64 ``[k]``.
    """

    edges: np.ndarray
    counts: np.ndarray


@dataclass
class Logged:
    """All of it.

    Attributes:
        path: where it was read.
        source: of which tool, as ``TensorBoard event files``.
        scalars: tag → step → value.
        histograms: tag → step → how values were spread.
        seconds: step → seconds since 1970, where the tool says so.
        notes: sentences on what was left out.
        repeated: tags with several numbers of one step, of which a collection has the last.
    """

    path: Path
    source: str
    scalars: dict[str, dict[int, float]] = field(default_factory=dict)
    histograms: dict[str, dict[int, Buckets]] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)

    def put(self, tag: str, step: int, value: float, seconds: float | None = None) -> None:
        """A number at a step; of several the last counts."""
        if 0 <= step < MAX_COUNT:
            values = self.scalars.setdefault(tag, {})
            if step in values and values[step] != value:
                self.repeated.add(tag)
            values[step] = value
            self._put_seconds(step, seconds)

    def put_histogram(self, tag: str, step: int, buckets: Buckets, seconds: float | None = None) -> None:
        """How values were spread at a step."""
        if 0 <= step < MAX_COUNT and len(buckets.counts):
            self.histograms.setdefault(tag, {})[step] = buckets
            self._put_seconds(step, seconds)

    def _put_seconds(self, step: int, seconds: float | None) -> None:
        if seconds is not None:
            self.seconds.setdefault(step, seconds)
