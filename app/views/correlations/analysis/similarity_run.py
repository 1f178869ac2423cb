"""How alike the layers are, over the whole run: what is shown without reading any feature.

`L` layers, `E` measurements.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.axis import place_text
from app.analysis.figures import signed
from app.analysis.layer_names import tails
from app.views.correlations.analysis.evolution import Evolution, Lines, numbered
from app.views.correlations.analysis.matrix_colours import MatrixScale, Table
from app.views.correlations.analysis.matrix_picture import MatrixPicture, Side, picture_of
from collector.storage.errors import DamagedError

if TYPE_CHECKING:
    from collector.storage import Collection

CHANCE = "within chance"
_MOST_LAYERS = 9
"""Of more layers the curves of all pairs would be one grey block."""


class PairMeasure(Enum):
    """One number for a pair of layers."""

    CKA = "CKA, debiased"
    CLIPPED = "correlation, clipped mean"
    MEAN = "correlation, mean"

    @property
    def about(self) -> str:
        """What it is, in a sentence."""
        match self:
            case PairMeasure.CKA:
                return "Do two layers tell the same samples apart? 1: the same, 0: no more than chance."
            case PairMeasure.CLIPPED:
                return "Mean of the correlations of all pairs of features, negative ones counted as 0."
            case PairMeasure.MEAN:
                return "Mean of the correlations of all pairs of features."


@dataclass(frozen=True, eq=False)
class SimilarityRun:
    """Every measurement of a run.

    Attributes:
        layers: names, in order of execution.
        samples: so many were compared.
        steps: at which it was measured, rising, int ``[E]``.
        epochs: that had ended then, int ``[E]``; −1 where the measurement cannot be read.
        measures: float64 ``[E, L, L]`` each, symmetric; NaN where there is no number.
        null: between these lie 95 of 100 values of CKA for samples in random order, float64 ``[E, L, L, 2]``.
        effective_rank: float64 ``[E, L]``.
    """

    layers: tuple[str, ...]
    samples: int
    steps: np.ndarray
    epochs: np.ndarray
    measures: dict[PairMeasure, np.ndarray]
    null: np.ndarray
    effective_rank: np.ndarray

    @property
    def measures_offered(self) -> list[PairMeasure]:
        """What it can be asked for."""
        return list(PairMeasure)

    @property
    def rows(self) -> tuple[str, ...]:
        """Layers from top to bottom of a matrix."""
        return self.layers

    @property
    def columns(self) -> tuple[str, ...]:
        """Layers from left to right."""
        return self.layers

    @property
    def samples_text(self) -> str:
        """On what it was measured."""
        return f"measured on {self.samples:,} held-out samples"

    def beside(self, row: str) -> str:
        """The layer that one is compared with when it is chosen alone: itself."""
        return row

    def title(self, row: str, column: str) -> str:
        """A pair, for where there is little room."""
        short = self.short_name(row)
        return short if row == column else f"{short} × {self.short_name(column)}"

    def short_name(self, layer: str) -> str:
        """Of a layer, for where there is little room."""
        return self.short_names[self.layers.index(layer)]

    @cached_property
    def short_names(self) -> tuple[str, ...]:
        """Names of the layers for where there is little room."""
        return tails(self.layers)

    def place(self, number: int) -> str:
        """Where a measurement stands in the run, as ``epoch 2, step 1,876``."""
        return place_text(int(self.epochs[number]), int(self.steps[number]))

    def is_chance(self, number: int) -> np.ndarray:
        """Pairs whose CKA lies in the null band, bool ``[L, L]``."""
        cka, null = self.measures[PairMeasure.CKA][number], self.null[number]
        return (cka >= null[..., 0]) & (cka <= null[..., 1])

    def scale(self, measure: PairMeasure) -> MatrixScale:
        """Colours of a measure that hold along the run."""
        return self._scales[measure]

    @cached_property
    def _scales(self) -> dict[PairMeasure, MatrixScale]:
        return {measure: self._measured_scale(measure) for measure in PairMeasure}

    def _measured_scale(self, measure: PairMeasure) -> MatrixScale:
        if measure is PairMeasure.CKA:
            return MatrixScale(0.0, 1.0, Table.HOT)
        values = self.measures[measure]
        finite = values[np.isfinite(values)]
        largest = rounded_up(float(np.abs(finite).max(initial=0.0)))
        is_signed = measure is PairMeasure.MEAN
        return MatrixScale(-largest if is_signed else 0.0, largest, Table.DIVERGING if is_signed else Table.HOT)

    def decimals(self, measure: PairMeasure) -> int:
        """So many tell two values of a measure apart; means of many correlations can be small."""
        return 2 if measure is PairMeasure.CKA else max(3, 2 - int(np.floor(np.log10(self.scale(measure).high))))

    def picture(self, number: int, measure: PairMeasure) -> MatrixPicture:
        """The layers by the layers."""
        values = self.measures[measure][number]
        side = Side(self.short_names)
        hatched = self.is_chance(number) if measure is PairMeasure.CKA else None
        tell = lambda row, column: self.tell(number, measure, row, column)  # noqa: E731
        return picture_of(
            values,
            self.scale(measure),
            side,
            side,
            tell,
            hatched=hatched,
            hatched_means=CHANCE,
            decimals=self.decimals(measure),
        )

    def tell(self, number: int, measure: PairMeasure, row: int, column: int) -> str:
        """A pair in words, as ``fc1 × fc2: 0.71; chance lies between −0.02 and 0.03, 256 samples``."""
        if self.epochs[number] < 0:
            return "this measurement cannot be read"
        value = float(self.measures[measure][number, row, column])
        told = signed(value, self.decimals(measure)) if np.isfinite(value) else "no number: a layer has no variance"
        name = f"{self.layers[row]} × {self.layers[column]}: {told}"
        low, high = self.null[number, row, column].tolist()
        if measure is not PairMeasure.CKA or not np.isfinite([value, low, high]).all():
            return f"{name}, {self.samples:,} samples"
        within = "within chance, which lies" if self.is_chance(number)[row, column] else "chance lies"
        return f"{name}; {within} between {signed(low, 2)} and {signed(high, 2)}, {self.samples:,} samples"

    def evolution(self, measure: PairMeasure, pair: tuple[int, int]) -> Evolution:
        """A measure of all pairs of layers over the run, the chosen pair strong."""
        low, high = sorted(pair)
        rows, columns = _drawn_pairs(len(self.layers), low, high)
        band = self.null[:, low, high] if measure is PairMeasure.CKA else None
        thin = "thin: other pairs" + (" of the two layers" if len(self.layers) > _MOST_LAYERS else "")
        ranks = list(dict.fromkeys(pair))
        names, numbers_are = numbered(self.epochs, self.steps)
        return Evolution(
            steps=self.steps,
            pairs=Lines(
                [f"{self.layers[i]} × {self.layers[j]}" for i, j in zip(rows, columns, strict=True)],
                self.measures[measure][:, rows, columns].T,
                [int(np.flatnonzero((rows == low) & (columns == high))[0])],
                [""],
                self.decimals(measure),
                band,
            ),
            ranks=Lines(
                self.layers, self.effective_rank.T, ranks, [self.short_names[each] for each in ranks], decimals=1
            ),
            title=f"{self.short_names[pair[0]]} × {self.short_names[pair[1]]}",
            about=thin if band is None else f"grey: chance, {thin}",
            numbers=names,
            numbers_are=numbers_are,
            places=[self.place(number) for number in range(len(self.steps))],
            picture_of=lambda number: self.picture(number, measure),
        )

    def table(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Headings, and a row for each pair i ≤ j at each measurement."""
        rows: list[tuple[str | int | float | None, ...]] = []
        for number, (step, epoch) in enumerate(zip(self.steps.tolist(), self.epochs.tolist(), strict=True)):
            for one, other in zip(*np.triu_indices(len(self.layers)), strict=True):
                values = [float(self.measures[each][number, one, other]) for each in PairMeasure]
                band = self.null[number, one, other].tolist()
                rows.append((step, epoch, self.layers[one], self.layers[other], *values, *band))
        return HEADINGS, rows


HEADINGS = ("step", "epoch", "layer", "other_layer", "cka", "clipped_mean", "mean", "cka_null_low", "cka_null_high")


def similarity_run(
    collection: Collection, progress: Callable[[int, int], bool] = lambda *_: True
) -> SimilarityRun | None:
    """What a collection has measured so far; None where no layer was to be compared. Slow: for a background job.

    Args:
        collection: the run, which may grow meanwhile.
        progress: told ``(measurements read, in all)`` after each; where it says False, the rest is of no use.
    """
    header, found = collection.similarity, collection.similarities
    if header is None or not header.layers:
        return None
    total = len(found)
    for number in range(total):
        with suppress(DamagedError):
            found[number]
        if not progress(number + 1, total):
            return None
    names = ("cka", "clipped", "mean", "cka_null", "effective_rank")
    series = {name: found.series(name)[1][:total] for name in names}
    return SimilarityRun(
        layers=tuple(header.layers),
        samples=header.samples,
        steps=found.steps[:total],
        epochs=found.epochs[:total],
        measures={
            PairMeasure.CKA: series["cka"],
            PairMeasure.CLIPPED: series["clipped"],
            PairMeasure.MEAN: series["mean"],
        },
        null=series["cka_null"],
        effective_rank=series["effective_rank"],
    )


def _drawn_pairs(n_layers: int, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the layers of each pair that has a curve: the chosen one, and others that are no diagonal."""
    rows, columns = np.triu_indices(n_layers)
    is_drawn = rows < columns
    if n_layers > _MOST_LAYERS:
        is_drawn &= np.isin(rows, (low, high)) | np.isin(columns, (low, high))
    is_drawn |= (rows == low) & (columns == high)
    return rows[is_drawn], columns[is_drawn]


def rounded_up(value: float, most: float = 1.0) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten, at most ``most``."""
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    steps = power * np.array([1, 1.5, 2, 3, 4, 5, 6, 8, 10])
    return min(float(steps[np.searchsorted(steps, value * (1 - 1e-9))]), most)
