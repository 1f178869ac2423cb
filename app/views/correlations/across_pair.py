"""Features of a layer of A and of one of B at one measurement: read when asked for, and made into a matrix.

`N` samples, `D` features that both keep of a layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import signed
from app.views.correlations.analysis.correlation import of_samples, pearson
from app.views.correlations.analysis.matrix_colours import MatrixScale, Table
from app.views.correlations.analysis.matrix_order import Order, by_class, clustered
from app.views.correlations.analysis.matrix_picture import Group, MatrixPicture, Side, picture_of
from app.views.correlations.analysis.pair_correlation import Inside
from app.views.correlations.analysis.similarity_run import rounded_up
from collector.comparing.unit_matching import UnitMatch, match_units
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from app.replay.comparing import Comparing
    from collector.storage import Collection


class Across(Enum):
    """What a matrix is of, where there are two networks."""

    DIFFERENCE = "B − A"
    """Of what is in a matrix within each of them."""
    PRODUCT = "A × B"
    """Features of one by those of the other."""


@dataclass(frozen=True)
class AcrossRequest:
    """Which matrix to make.

    Attributes:
        numbers: of the measurements of A and B.
        row: layer of A.
        column: layer of B.
        other: in A that of ``column``, in B that of ``row``; None where there is none.
        what: of both.
        inside: counts only where both are the same layer, and ``what`` is the difference.
    """

    numbers: tuple[int, int]
    row: str
    column: str
    other: tuple[str, str] | None
    what: Across
    inside: Inside
    order: Order

    @property
    def is_within(self) -> bool:
        """Whether both are the same layer."""
        return self.other == (self.row, self.column)

    @property
    def is_of_samples(self) -> bool:
        """Whether samples are compared, not features."""
        return self.is_within and self.what is Across.DIFFERENCE and self.inside is Inside.SAMPLES

    def read(self, comparing: Comparing) -> AcrossResult:
        """Read the features and correlate them; a reading says itself what went wrong."""
        files = comparing.a.collection, comparing.b.collection
        try:
            if self.what is Across.PRODUCT:
                return self._product(
                    _layer(files[0], self.numbers[0], self.row), _layer(files[1], self.numbers[1], self.column)
                )
            if self.other is None:
                return AcrossResult(self, problem="One of these layers has no partner in the other run.")
            rows = _common(files, self.numbers, (self.row, self.other[1]))
            columns = rows if self.is_within else _common(files, self.numbers, (self.other[0], self.column))
        except CollectionError as error:
            return AcrossResult(self, problem=f"{error.problem} {error.way_out}".strip())
        except ValueError as error:
            return AcrossResult(self, problem=f"{error}")
        return self._samples(rows, files[0]) if self.is_of_samples else self._difference(rows, columns)

    def _product(self, a: _Features, b: _Features) -> AcrossResult:
        match = match_units(a.values, b.values) if self.is_within else None
        rows, columns = np.arange(len(a.kept)), np.arange(len(b.kept))
        hatched = None
        if self.order is Order.CLUSTERED:
            rows, columns = (clustered(pearson(each.values, each.values)) for each in (a, b))
        elif self.order is Order.MATCHED and match is not None:
            columns = _in_order(match, len(columns))
            hatched = np.repeat(~match.is_found[:, None], len(columns), axis=1)
        values = pearson(a.values, b.values)[np.ix_(rows, columns)]
        return AcrossResult(self, values, a.kept[rows], b.kept[columns], match=match, hatched=hatched)

    def _difference(self, rows: _Both, columns: _Both) -> AcrossResult:
        match = match_units(rows.a, rows.b) if self.is_within else None
        place_rows, place_columns = np.arange(len(rows.kept)), np.arange(len(columns.kept))
        of_b = rows.b, columns.b
        hatched = None
        if self.order is Order.MATCHED and match is not None:
            order = _in_order(match, len(rows.kept))
            of_b = rows.b[:, order], columns.b[:, order]
            hatched = ~(match.is_found[:, None] & match.is_found[None, :])
        elif self.order is Order.CLUSTERED:
            place_rows = clustered(pearson(rows.a, rows.a))
            place_columns = place_rows if rows is columns else clustered(pearson(columns.a, columns.a))
        at = np.ix_(place_rows, place_columns)
        values = pearson(*of_b)[at] - pearson(rows.a, columns.a)[at]
        return AcrossResult(
            self, values, rows.kept[place_rows], columns.kept[place_columns], match=match, hatched=hatched
        )

    def _samples(self, both: _Both, a: Collection) -> AcrossResult:
        one, other = of_samples(both.whole[0]), of_samples(both.whole[1])
        labels = None if a.similarity is None else a.similarity.labels
        names = () if a.probe is None else a.probe.class_names
        places: np.ndarray = np.arange(len(one))
        groups: tuple[Group, ...] = ()
        if self.order is Order.CLUSTERED:
            places = clustered(one)
        elif self.order is Order.CLASS and labels is not None:
            places, groups = by_class(labels, names)
        return AcrossResult(self, (other - one)[np.ix_(places, places)], places, places, groups)


@dataclass(frozen=True, eq=False)
class AcrossResult:
    """A matrix in the order that was wished.

    Attributes:
        request: what was asked for.
        values: float64 ``[R, C]``; NaN where a feature has no variance.
        rows, columns: true numbers of the features or samples, int ``[R]`` and ``[C]``.
        groups: where samples of a class stand together.
        match: which unit of B does what one of A does, where both are the same layer.
        hatched: cells of units whose match is no more than chance, bool ``[R, C]``; None: there are none.
        problem: why there is no matrix, in words.
    """

    request: AcrossRequest
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    groups: tuple[Group, ...] = ()
    match: UnitMatch | None = None
    hatched: np.ndarray | None = None
    problem: str = ""

    @property
    def offers_matching(self) -> bool:
        """Whether B's units do the same in another order."""
        return self.match is not None and self.match.is_worth_offering

    @property
    def about(self) -> str:
        """What it is, in words."""
        if self.problem:
            return ""
        rows, columns = self.values.shape
        words = f"Pearson, {rows:,} × {columns:,} {'samples' if self.request.is_of_samples else 'features'}"
        if self.request.what is Across.DIFFERENCE and not self.values[np.isfinite(self.values)].any():
            return f"the same, {words}"
        if self.match is None:
            return words
        own = self.match.own[np.isfinite(self.match.own)]
        told = f"{words}; each with itself {signed(float(own.mean()), 2)} in the mean" if len(own) else words
        return f"{told}, {int(self.match.is_found.sum()):,} matched" if self.request.order is Order.MATCHED else told

    def picture(self, scale: MatrixScale) -> MatrixPicture:
        """The matrix in the colours of a scale; a difference has its own, whose middle is “the same”."""
        request = self.request
        if request.what is Across.DIFFERENCE:
            largest = rounded_up(float(np.abs(self.values[np.isfinite(self.values)]).max(initial=0.0)), 2.0)
            scale = MatrixScale(-largest, largest, Table.DIVERGING)
        if request.is_of_samples:
            side = Side(tuple(map(str, self.rows.tolist())), "samples", self.groups)
            return picture_of(self.values, scale, side, side, self._tell)
        whose = ("B − A: ", "") if request.what is Across.DIFFERENCE else ("A: ", "B: ")
        rows = Side(tuple(map(str, self.rows.tolist())), f"{whose[0]}features of {request.row}")
        columns = Side(tuple(map(str, self.columns.tolist())), f"{whose[1]}features of {request.column}")
        return picture_of(self.values, scale, rows, columns, self._tell, hatched=self.hatched, hatched_means="no match")

    def _tell(self, row: int, column: int) -> str:
        value, request = float(self.values[row, column]), self.request
        told = signed(value, 3) if np.isfinite(value) else "no number: one does not vary"
        what = "sample" if request.is_of_samples else "feature"
        names = f"{request.row} {what} {self.rows[row]} × {request.column} {what} {self.columns[column]}"
        match = self.match
        beside = "" if match is None or request.order is not Order.MATCHED or match.is_found[row] else "; no match"
        return f"{request.what.value}, {names}: {told}{beside}"

    def table(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Headings, and a row for each row of the matrix; None where there is no number."""
        request, what = self.request, "sample" if self.request.is_of_samples else "feature"
        headings = (f"{what}_of_{request.row}", *(f"{request.column}/{what}_{each}" for each in self.columns))
        known = [[value if np.isfinite(value) else None for value in row] for row in self.values.tolist()]
        return headings, [(int(number), *row) for number, row in zip(self.rows, known, strict=True)]


@dataclass(frozen=True, eq=False)
class _Features:
    values: np.ndarray
    """``[N, D]``"""
    kept: np.ndarray
    """True numbers, int ``[D]``."""


@dataclass(frozen=True, eq=False)
class _Both:
    a: np.ndarray
    """Of the features that both keep, ``[N, D]``."""
    b: np.ndarray
    kept: np.ndarray
    whole: tuple[np.ndarray, np.ndarray]
    """All that each keeps."""


def _layer(collection: Collection, number: int, name: str) -> _Features:
    header = collection.similarity
    found = collection.similarities[number].features(name)
    if header is None or found is None:
        raise ValueError("The features of these layers were not recorded.")
    return _Features(found, header.layers[name].kept)


def _common(files: tuple[Collection, Collection], numbers: tuple[int, int], names: tuple[str, str]) -> _Both:
    a, b = (_layer(*each) for each in zip(files, numbers, names, strict=True))
    kept, of_a, of_b = np.intersect1d(a.kept, b.kept, return_indices=True)
    if not len(kept):
        raise ValueError("The two runs keep no feature of these layers in common.")
    return _Both(a.values[:, of_a], b.values[:, of_b], kept, (a.values, b.values))


def _in_order(match: UnitMatch, n_units: int) -> np.ndarray:
    """Places of B's units in A's order, int ``[V]``; those that have no partner come last."""
    found = match.of_b[match.of_b >= 0]
    return np.concatenate([found, np.setdiff1d(np.arange(n_units), found)])
