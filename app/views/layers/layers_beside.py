"""The layers of a run beside those of another, or beside what they were at a step that is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.analysis.axis import last_step
from app.analysis.beside import Beside
from app.analysis.curve import Measured, measured_of
from app.analysis.figures import true_signs
from app.analysis.scalar_names import GRADIENT_NORM
from app.analysis.two_curves import SAME, Figures, TwoCurves
from app.views.layers.analysis.layer_rows import LayerRow, LayerRows
from app.views.layers.analysis.spark import Spark, spark_of
from collector.comparing.difference_map import log_ratio

ONLY_A, ONLY_B = "only A", "only B"


@dataclass(frozen=True)
class NormChange:
    """A layer's gradient norm in A and in B at a step, None where there is none; and in words."""

    a: float | None = None
    b: float | None = None
    figures: Figures = field(default_factory=Figures)

    @cached_property
    def log2_ratio(self) -> float:
        """Of B ÷ A; NaN where there is none, ±Inf where one of them is 0."""
        if self.a is None or self.b is None:
            return float("nan")
        return float(log_ratio(np.array([self.a]), np.array([self.b]))[0])

    @property
    def words(self) -> str:
        """The ratio."""
        if np.isnan(self.log2_ratio):
            return ""
        return SAME if self.log2_ratio == 0 else true_signs(f"{self.log2_ratio:+.2f}").replace("inf", "∞")


@dataclass(frozen=True)
class LayersBeside:
    """What the layers of a table are compared with. Each curve is read when it is first asked for.

    Attributes:
        beside: what is compared.
        rows: those of the other run; None where a pass of the same run is held.
    """

    beside: Beside
    rows: LayerRows | None = None
    _sparks: dict[LayerRow, tuple[Spark | None, Spark | None]] = field(default_factory=dict)
    _made: dict[LayerRow, TwoCurves] = field(default_factory=dict)

    @cached_property
    def only_b(self) -> tuple[LayerRow, ...]:
        """Rows of layers that only B has."""
        numbers = [] if self.rows is None else [self.rows.number_of(name) for name in self.beside.pair.layers.only_b]
        return tuple(self.rows[number] for number in numbers if self.rows is not None and number is not None)

    def side_of(self, row: LayerRow) -> str:
        """Which run alone has a layer, in words; empty where both have it."""
        if self.rows is None:
            return ""
        if row in self.only_b:
            return ONLY_B
        return "" if row.layer.name in self.beside.pair.partner else ONLY_A

    def partner_of(self, row: LayerRow) -> LayerRow | None:
        """The row of the other run that is this layer's."""
        if self.rows is None or self.side_of(row):
            return None
        number = self.rows.number_of(self.beside.pair.partner[row.layer.name])
        return None if number is None else self.rows[number]

    def curves_of(self, row: LayerRow) -> TwoCurves:
        """Its gradient norm in both."""
        if row not in self._made:
            is_of_b = self.side_of(row) == ONLY_B
            norms = (None, lambda: row.norm) if is_of_b else (row.norm, lambda: self._of_partner(row))
            self._made[row] = self.beside.curves(*norms)
        return self._made[row]

    def change_at(self, row: LayerRow, step: int) -> NormChange:
        """Its gradient norm in both at a step of A."""
        two = self.curves_of(row)
        return NormChange(*two.values_at(step), two.figures_at(step, digits=3))

    def sparks_of(self, row: LayerRow) -> tuple[Spark | None, Spark | None]:
        """Both curves, small, on one scale; None where there is none."""
        if row not in self._sparks:
            self._sparks[row] = self._sparks_made(row)
        return self._sparks[row]

    def _sparks_made(self, row: LayerRow) -> tuple[Spark | None, Spark | None]:
        two, last = self.curves_of(row), last_step(self.beside.a)
        if two.own is None or two.other is None:
            of_b = None if two.other is None else spark_of(two.other, last)
            return (None if two.own is None else row.spark), of_b
        return spark_of(two.own, last, beside=two.other), spark_of(two.other, last, beside=two.own)

    def _of_partner(self, row: LayerRow) -> Measured | None:
        partner = self.beside.pair.partner.get(row.layer.name)
        series = self.beside.b.series
        return None if partner is None else measured_of(series, f"{GRADIENT_NORM}/{partner}")


def layers_beside(beside: Beside | None) -> LayersBeside | None:
    """What the layers are compared with; None where nothing is."""
    if beside is None:
        return None
    if beside.held_step is not None:
        return LayersBeside(beside)
    other = beside.b
    return LayersBeside(beside, LayerRows(other.layers, other.series, last_step(other)))


def order_by_change(changes: Mapping[int, NormChange]) -> list[int]:
    """Numbers of rows, the largest change first; those without one last, as they were."""

    sizes = -np.abs([each.log2_ratio for each in changes.values()])
    return np.array(list(changes), int)[np.argsort(sizes, kind="stable")].tolist()  # NaN goes to the end


def words_of_both(own: str, other: str) -> str:
    """A fact of a layer, and what it is in B where that is something else."""
    return own if own == other else f"{own} → {other}"
