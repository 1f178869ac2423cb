"""Collections of a few scalars and facts, made without a training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from collector.findings import Finding, Recording, Report, Rule, judge
from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import (
    FORMAT,
    VERSION,
    Header,
    Layer,
    LayerRecord,
    PassRecord,
    Probe,
    Record,
    Run,
    StepsRecord,
)


def linear(name: str, n_in: int = 8, n_out: int = 8, reads: str = "input") -> Layer:
    """A linear layer of which every unit is kept."""
    return Layer(
        name,
        "Linear",
        n_out,
        name,
        list(range(n_out)),
        reads=[reads],
        input_units=n_in,
        input_kept=list(range(n_in)),
        output_shape=[n_out],
        parameters={"weight": [n_out, n_in], "bias": [n_out]},
    )


def chain(n: int) -> list[Layer]:
    """``fc1`` to ``fcN``, each of which reads the one before it."""
    return [linear(f"fc{k}", reads=f"fc{k - 1}" if k > 1 else "input") for k in range(1, n + 1)]


class Recorded:
    """Writes a collection, and puts rules to it.

    Args:
        folder: where it is written.
        layers: of the header.
        probe: samples and labels.
        run: fields of the run.
        name: of the file.
    """

    def __init__(
        self,
        folder: Path,
        layers: Sequence[Layer] = (),
        *,
        probe: tuple[np.ndarray, np.ndarray | None] | None = None,
        name: str = "run.json",
        **run: Any,
    ) -> None:
        self.path = folder / name
        self._records: list[Record] = []
        inputs = None if probe is None else Probe(probe[0], probe[1])  # type: ignore[arg-type]
        self._header = Header(
            FORMAT, VERSION, Run("2026-01-01T00:00:00+00:00", 25, 24, **run), list(layers) or chain(3), inputs
        )

    def scalars(
        self, columns: Mapping[str, Sequence[float] | np.ndarray], *, every: int = 1, start: int = 0
    ) -> "Recorded":
        """Values of the steps ``start``, ``start + every``, …"""
        n = len(next(iter(columns.values())))
        arrays = {name: np.asarray(values, float) for name, values in columns.items()}
        self._records.append(StepsRecord(start, start + every * n, arrays, every))  # type: ignore[arg-type]
        return self

    def add(self, *records: Record) -> "Recorded":
        """Records as they are."""
        self._records += records
        return self

    def taken(
        self,
        step: int,
        layers: Mapping[str, Mapping[str, np.ndarray]],
        logits: np.ndarray | None = None,
        states: Mapping[str, np.ndarray] | None = None,
    ) -> "Recorded":
        """A pass; ``states``: which units of a layer are silent."""
        number = sum(isinstance(each, PassRecord) for each in self._records)
        own = {name: LayerRecord(**arrays) for name, arrays in layers.items()}  # type: ignore[arg-type]
        bits: Any = [(name, np.packbits(each)) for name, each in (states or {}).items()]
        self._records.append(PassRecord(number, step, layers=own, logits=logits, unit_states=bits))  # type: ignore[arg-type]
        return self

    def write(self) -> Path:
        """Write it; the file."""
        with CollectionWriter(self.path, self._header, overwrite=True) as writer:
            for record in self._records:
                writer.write(record)
        return self.path

    def report(self, *rules: Rule) -> Report:
        """What the rules say."""
        self.write()
        with open_collection(self.path) as collection:
            return judge(Recording(collection), rules)

    def found(self, *rules: Rule) -> list[Finding]:
        """What they find; that each of them was judged is seen to."""
        report = self.report(*rules)
        assert not report.not_judged, report.not_judged
        return report.findings


def falling(n: int, start: float = 2.3, end: float = 0.1) -> np.ndarray:
    """A loss that falls, with some noise ``[n]``."""
    steps = np.arange(n)
    return end + (start - end) * np.exp(-steps / (n / 6)) * (1 + 0.05 * np.sin(steps * 1.7))


def flat(n: int, level: float = 2.3) -> np.ndarray:
    """A loss that does not, ``[n]``."""
    return level * (1 + 0.01 * np.sin(np.arange(n) * 1.7))
