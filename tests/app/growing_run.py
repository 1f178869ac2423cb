"""A run made up of scalars, which can grow, without a file."""

from dataclasses import dataclass, field

import numpy as np

from collector.storage.columns import Columns
from collector.storage.layer import Layer
from collector.storage.schema import DumpRecord, EpochRecord, Metric, ResumeRecord
from collector.storage.series import Series


@dataclass
class MadeUpPasses:
    """Where the passes are."""

    steps: np.ndarray


@dataclass
class GrowingRun:
    """What panels ask of a collection. ``probe`` is that of a run without samples."""

    every: int = 10
    layers: dict[str, Layer] = field(default_factory=dict)
    epochs: list[EpochRecord] = field(default_factory=list)
    resumes: list[ResumeRecord] = field(default_factory=list)
    dumps: list[DumpRecord] = field(default_factory=list)
    metrics: dict[str, Metric] = field(default_factory=dict)
    probe: None = None
    n_steps: int = 0

    def __post_init__(self) -> None:
        self._columns = Columns()

    @property
    def series(self) -> Series:
        return Series(self._columns, self.n_steps)

    @property
    def passes(self) -> MadeUpPasses:
        return MadeUpPasses(np.arange(0, self.n_steps + 1, self.every))

    def grow(self, **scalars: np.ndarray) -> "GrowingRun":
        """Take more steps; ``__`` in a name stands for the stroke before the layer."""
        named = {name.replace("__", "/"): values for name, values in scalars.items()}
        self._columns.add(self.n_steps, named)
        self.n_steps += max(map(len, named.values()))
        return self

    def end_epoch(self, **metrics: float) -> "GrowingRun":
        """The epoch ends here."""
        self.epochs.append(EpochRecord(epoch=len(self.epochs), step=self.n_steps, metrics=metrics))
        return self
