"""What a layer makes of one sample, changed in many ways: read when asked for.

`A` augmentations, of which the first is the sample as it is; `L` layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.augmentation_text import NONE, augmentation_text
from app.analysis.axis import place_text
from app.analysis.figures import signed
from app.views.correlations.analysis.correlation import of_samples
from app.views.correlations.analysis.flips import Flips
from app.views.correlations.analysis.matrix_colours import MatrixScale
from app.views.correlations.analysis.matrix_order import Order, by_kind, clustered
from app.views.correlations.analysis.matrix_picture import Group, MatrixPicture, Side, picture_of
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.compared import Augmentations


@dataclass(frozen=True)
class AugmentationRequest:
    """Which matrix to make."""

    number: int
    """Of the measurement."""
    layer: str
    order: Order

    def read(self, collection: Collection) -> AugmentationResult:
        """Read the features and correlate them; a reading says itself what went wrong."""
        header = collection.augmentations
        try:
            measured = collection.augmentation_records[self.number]
            features = measured.features(self.layer)
        except CollectionError as error:
            return AugmentationResult(self, problem=f"{error.problem} {error.way_out}".strip())
        if header is None or features is None:
            place = place_text(measured.epoch, measured.step)
            return AugmentationResult(self, place=place, problem="The features of this layer were not recorded.")
        values = of_samples(features)
        places: np.ndarray = np.arange(len(values))
        groups: tuple[Group, ...] = ()
        if self.order is Order.CLUSTERED:
            places = clustered(values)
        elif self.order is Order.KIND:
            places, groups = by_kind(header.kinds, header.strengths)
        words = tuple(augmentation_text(header, int(place)) for place in places)
        return AugmentationResult(
            request=self,
            values=values[np.ix_(places, places)],
            place=place_text(measured.epoch, measured.step),
            stability=measured.stability,
            places=places,
            groups=groups,
            words=words,
        )


@dataclass(frozen=True, eq=False)
class AugmentationResult:
    """A matrix of the augmentations in the order that was wished, and how stable each layer is.

    Attributes:
        request: what was asked for.
        values: float64 ``[A, A]``: correlation of the layer's features of two augmentations.
        stability: float ``[L, A]``: correlation of each layer's output with that for the unchanged sample.
        places: number of the augmentation at each place, int ``[A]``.
        groups: where a kind stands together.
        words: what was done, at each place.
        place: where in the run it was measured.
        problem: why there is no matrix, in words.
        flips: what another network makes of the same; None: there is one network.
    """

    request: AugmentationRequest
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    stability: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    places: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    groups: tuple[Group, ...] = ()
    words: tuple[str, ...] = ()
    place: str = ""
    problem: str = ""
    flips: Flips | None = None

    def picture(self, scale: MatrixScale) -> MatrixPicture:
        """The matrix in the colours of a scale."""
        side = Side(tuple(map(str, self.places.tolist())), "", self.groups, is_pictured=True)
        return picture_of(self.values, scale, side, side, self._update_readout)

    def _update_readout(self, row: int, column: int) -> str:
        value = float(self.values[row, column])
        told = signed(value, 3) if np.isfinite(value) else "no number: all features are the same"
        return f"{self.words[row]} × {self.words[column]}: {told}"


def augmentation_table(
    header: Augmentations, reading: AugmentationResult
) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
    """Headings and a row for each augmentation: kind, strength, and how stable each layer is.

    Of two networks also what both take it for, and how much more stable each layer of B is.
    """
    headings: tuple[str, ...] = ("augmentation", "kind", "strength", *header.layers)
    flips = None if reading.flips is None or reading.flips.problem else reading.flips
    if flips is not None:
        ends = [f"{name}_{end}" for name in header.layers for end in ("b", "difference")]
        headings = (*headings, "class_a", "class_b", "flips_in_a", "flips_in_b", *ends)
    rows = []
    for number, (kind, strength) in enumerate(zip(header.kinds, header.strengths.tolist(), strict=True)):
        own = reading.stability[:, number].tolist()
        row: tuple[str | int | float | None, ...] = (number, kind, strength, *own)
        if flips is not None:
            other = flips.stability[:, number].tolist()
            both = [each for one, b in zip(own, other, strict=True) for each in (b, b - one)]
            row = (*row, *flips.classes[:, number].tolist(), *flips.flipped[:, number].astype(int).tolist(), *both)
        rows.append(row)
    return headings, rows


def mean_by_strength(strengths: np.ndarray, values: np.ndarray, n_parts: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Mean strength and mean value in equal parts of the strengths −1…1, of those parts that have any.

    Args:
        strengths: float ``[A]``.
        values: float ``[A]``; those that are not finite are left out.
        n_parts: number of parts.
    """
    known = np.isfinite(values)
    part = np.clip(((strengths[known] + 1) / 2 * n_parts).astype(int), 0, n_parts - 1)
    counts = np.bincount(part, minlength=n_parts)
    has_any = counts > 0
    means = [
        np.bincount(part, weights=each[known], minlength=n_parts)[has_any] / counts[has_any]
        for each in (strengths, values)
    ]
    return means[0], means[1]


def spread_of(stability: np.ndarray, kinds: Sequence[str]) -> list[tuple[float, float, float] | None]:
    """For each layer mean, 5th and 95th percentile over the changed samples; None where no number is known.

    Args:
        stability: float ``[L, A]``.
        kinds: of each augmentation.
    """
    changed = stability[:, [kind != NONE for kind in kinds]]
    rows = [row[np.isfinite(row)] for row in changed]
    return [
        (float(row.mean()), float(np.percentile(row, 5)), float(np.percentile(row, 95))) if len(row) else None
        for row in rows
    ]
