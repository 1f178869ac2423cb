"""What the table of layers says of each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.curve import Measured, measured_of
from app.analysis.scalar_names import GRADIENT_NORM
from app.views.layers.analysis.spark import Spark, spark_of

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.layer import Layer


@dataclass(frozen=True, eq=False)
class LayerRow:
    """One layer.

    Attributes:
        layer: the layer.
        depth: how many modules it lies inside of.
        parent: dotted name of the module around it, with a dot behind; empty at the top.
        is_first: whether the layer before it lies in another module, so that the module has to be named.
        norm: its gradient norm over the run; None where it was not recorded.
        spark: the same, small.
    """

    layer: Layer
    depth: int
    parent: str
    is_first: bool
    norm: Measured | None
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
        norm = measured_of(collection.series, f"{GRADIENT_NORM}/{name}")
        spark = None if norm is None else spark_of(norm, last_step)
        rows.append(LayerRow(layer, name.count("."), parent, bool(parent) and parent != before, norm, spark))
        before = parent
    return rows


def reasons(not_recorded: Mapping[str, str]) -> list[str]:
    """Why arrays of a layer were not recorded, a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for kind, reason in not_recorded.items():
        by_reason.setdefault(reason, []).append(kind.replace("_", " "))
    return [f"{', '.join(kinds)}: not recorded, {reason}" for reason, kinds in by_reason.items()]
