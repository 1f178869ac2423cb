"""What the table of layers says of each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.curve import without_gaps
from app.analysis.spark import Spark, spark_of

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.layer import Layer

METRIC = "gradient_norm"


@dataclass(frozen=True, eq=False)
class LayerRow:
    """One layer.

    Attributes:
        layer: the layer.
        depth: how many modules it lies inside of.
        parent: dotted name of the module around it, with a dot behind; empty at the top.
        is_first: whether the layer before it lies in another module, so that the module has to be named.
        steps: at which its gradient norm was recorded, int ``[R]``; None where it was not.
        norms: float64 ``[R]``.
        spark: the same, small.
    """

    layer: Layer
    depth: int
    parent: str
    is_first: bool
    steps: np.ndarray | None
    norms: np.ndarray | None
    spark: Spark | None

    @property
    def short_name(self) -> str:
        """The name inside its module."""
        return self.layer.name[len(self.parent) :]

    @property
    def shape(self) -> str:
        """Shape of its output, as ``8×28×28``."""
        return "×".join(str(side) for side in self.layer.output_shape)

    @property
    def units(self) -> str:
        """Its units, and how many of them are kept, as ``24 of 128``."""
        kept, units = len(self.layer.kept), self.layer.units
        return f"{units:,}" if kept == units else f"{kept:,} of {units:,}"

    def norm_at(self, step: int) -> float | None:
        """Its gradient norm at the last recorded step at or before this one."""
        if self.steps is None or self.norms is None:
            return None
        at = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.norms[at]) if at >= 0 else None


def layer_rows(collection: Collection, last_step: int) -> list[LayerRow]:
    """A row for each layer of a run, in order of execution.

    Args:
        collection: the run.
        last_step: where curves end.
    """
    rows: list[LayerRow] = []
    before = ""
    for name, layer in collection.layers.items():
        head, dot, _ = name.rpartition(".")
        parent = head + dot
        steps = norms = spark = None
        if f"{METRIC}/{name}" in collection.series:
            steps, norms = without_gaps(*collection.series.recorded(f"{METRIC}/{name}"))
            spark = spark_of(steps, norms, last_step)
        rows.append(LayerRow(layer, name.count("."), parent, bool(parent) and parent != before, steps, norms, spark))
        before = parent
    return rows


def reasons(not_recorded: Mapping[str, str]) -> list[str]:
    """Why arrays of a layer were not recorded, a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for kind, reason in not_recorded.items():
        by_reason.setdefault(reason, []).append(kind.replace("_", " "))
    return [f"{', '.join(kinds)}: not recorded, {reason}" for reason, kinds in by_reason.items()]
