"""Two layers' features at one measurement: read when asked for, and made into a matrix.

`N` samples, `D` kept features of a layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import signed
from app.analysis.layer_names import tails
from app.views.correlations.analysis.correlation import of_samples, pearson
from app.views.correlations.analysis.matrix_colours import MatrixScale
from app.views.correlations.analysis.matrix_order import Order, by_class, clustered
from app.views.correlations.analysis.matrix_picture import Group, MatrixPicture, Side, picture_of
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from collector.storage import Collection


class Inside(Enum):
    """What is compared within one layer."""

    FEATURES = "features"
    SAMPLES = "samples"


@dataclass(frozen=True)
class PairRequest:
    """Which matrix to make. ``inside`` counts only where both layers are the same."""

    number: int
    """Of the measurement."""
    row: str
    column: str
    inside: Inside
    order: Order

    @property
    def is_of_samples(self) -> bool:
        """Whether samples are compared, not features."""
        return self.row == self.column and self.inside is Inside.SAMPLES

    def read(self, collection: Collection) -> PairResult:
        """Read the features and correlate them; a reading says itself what went wrong."""
        header = collection.similarity
        try:
            measured = collection.similarities[self.number]
            first = measured.features(self.row)
            second = first if self.row == self.column else measured.features(self.column)
        except CollectionError as error:
            return PairResult(self, problem=f"{error.problem} {error.way_out}".strip())
        if header is None or first is None or second is None:
            return PairResult(self, problem="The features of these layers were not recorded.")
        if self.is_of_samples:
            return self._of_samples(first, collection)
        short = dict(zip(header.layers, tails(list(header.layers)), strict=True))
        rows = self._feature_places(first)
        columns = rows if second is first else self._feature_places(second)
        return PairResult(
            self,
            values=pearson(first, second)[np.ix_(rows, columns)],
            rows=header.layers[self.row].kept[rows],
            columns=header.layers[self.column].kept[columns],
            names=(short[self.row], short[self.column]),
        )

    def _feature_places(self, features: np.ndarray) -> np.ndarray:
        if self.order is Order.CLUSTERED:
            return clustered(pearson(features, features))
        return np.arange(features.shape[1])

    def _of_samples(self, features: np.ndarray, collection: Collection) -> PairResult:
        values = of_samples(features)
        labels = collection.similarity.labels if collection.similarity else None
        names = collection.probe.class_names if collection.probe else ()
        places = np.arange(len(values))
        groups: tuple[Group, ...] = ()
        if self.order is Order.CLUSTERED:
            places = clustered(values)
        elif self.order is Order.CLASS and labels is not None:
            places, groups = by_class(labels, names)
        told = () if labels is None else tuple(_class_name(int(label), names) for label in labels[places])
        return PairResult(
            self, values[np.ix_(places, places)], rows=places, columns=places, groups=groups, classes=told
        )


@dataclass(frozen=True, eq=False)
class PairResult:
    """A matrix of correlations in the order that was wished.

    Attributes:
        request: what was asked for.
        values: float64 ``[R, C]``; NaN where a feature has no variance.
        rows: true numbers of the features or samples from top to bottom, int ``[R]``.
        columns: the same from left to right, int ``[C]``.
        names: of the two layers, for where there is little room.
        groups: where samples of a class stand together.
        classes: name of the class of each sample, in their order; empty where they are not known.
        problem: why there is no matrix, in words.
    """

    request: PairRequest
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    names: tuple[str, str] = ("", "")
    groups: tuple[Group, ...] = ()
    classes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def n_without_variance(self) -> int:
        """Rows and columns without any number; those of a symmetric matrix once."""
        unknown = ~np.isfinite(self.values)
        in_rows, in_columns = int(unknown.all(1).sum()), int(unknown.all(0).sum())
        return in_rows if self.request.row == self.request.column else in_rows + in_columns

    @property
    def about(self) -> str:
        """What it is, in words."""
        if self.problem:
            return ""
        rows, columns = self.values.shape
        what = "samples" if self.request.is_of_samples else "features"
        unknown = f", {self.n_without_variance} without variance" if self.n_without_variance else ""
        return f"Pearson, {rows:,} × {columns:,} {what}{unknown}"

    def picture(self, scale: MatrixScale) -> MatrixPicture:
        """The matrix in the colours of a scale."""
        request = self.request
        if request.is_of_samples:
            title = ("samples, " + request.order.value) if request.order is not Order.AS_IS else "samples"
            side = Side(tuple(map(str, self.rows.tolist())), title, self.groups)
            return picture_of(self.values, scale, side, side, self._tell_samples)
        rows = Side(tuple(map(str, self.rows.tolist())), f"features of {self.names[0]}")
        columns = Side(tuple(map(str, self.columns.tolist())), f"features of {self.names[1]}")
        return picture_of(self.values, scale, rows, columns, self._tell_features)

    def _tell_features(self, row: int, column: int) -> str:
        value = float(self.values[row, column])
        told = signed(value, 3) if np.isfinite(value) else "no number: a feature is the same for every sample"
        names = f"{self.request.row} feature {self.rows[row]} × {self.request.column} feature {self.columns[column]}"
        return f"{names}: {told}"

    def _tell_samples(self, row: int, column: int) -> str:
        value = float(self.values[row, column])
        told = signed(value, 3) if np.isfinite(value) else "no number: all features of a sample are the same"
        return f"{self._sample(row)} × {self._sample(column)}: {told}"

    def _sample(self, place: int) -> str:
        of_class = f" ({self.classes[place]})" if self.classes else ""
        return f"sample {self.rows[place]}{of_class}"

    def table(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Headings, and a row for each row of the matrix; None where there is no number."""
        what = "sample" if self.request.is_of_samples else "feature"
        headings = (f"{what}_of_{self.request.row}", *(f"{self.request.column}/{what}_{each}" for each in self.columns))
        known = [[value if np.isfinite(value) else None for value in row] for row in self.values.tolist()]
        return headings, [(int(number), *row) for number, row in zip(self.rows, known, strict=True)]


def _class_name(label: int, names: tuple[str, ...]) -> str:
    return names[label] if 0 <= label < len(names) else f"class {label}"
