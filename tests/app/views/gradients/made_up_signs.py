"""Rows of a sign raster of classes that are given, without a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from app.views.gradients.analysis.raster_tiles import SignRequest
from app.views.gradients.analysis.sign_shares import pooled_columns, shares_of_bits
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.raster_view import RasterView
from collector.storage.errors import DamagedError
from collector.storage.schema import Band, Insight
from collector.storage.signs import NEGATIVE, NOT_FINITE, POSITIVE, ZERO


@dataclass
class MadeUpSigns:
    """What of `Signs` is asked.

    Attributes:
        classes: of each gradient, int ``[R, D]``.
        steps: of the rows.
        missing: row → numbers of the bands that have no gradient there.
        damaged: rows that cannot be read.
    """

    classes: np.ndarray
    steps: np.ndarray
    missing: dict[int, tuple[int, ...]] = field(default_factory=dict)
    damaged: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def n_columns(self) -> int:
        return self.classes.shape[1]

    def _row(self, row: int) -> np.ndarray:
        if row in self.damaged:
            raise DamagedError("run.json", f"row {row} is damaged")
        return self.classes[row]

    def bits(self, row: int, start: int, stop: int) -> np.ndarray:
        seen = self._row(row)
        return np.stack([np.packbits(np.isin(seen, (each, ZERO)))[start:stop] for each in (NEGATIVE, POSITIVE)])

    def not_finite(self, row: int, start: int, stop: int) -> np.ndarray:
        return np.packbits(self._row(row) == NOT_FINITE)[start:stop]

    def no_gradient(self, row: int) -> tuple[int, ...]:
        self._row(row)
        return self.missing.get(row, ())

    def _shares(self, row: int) -> np.ndarray:
        n_bytes = -(-self.n_columns // 8)
        planes = np.zeros((1, 4, n_bytes), np.uint8)
        planes[0, :2], planes[0, 2] = self.bits(row, 0, n_bytes), self.not_finite(row, 0, n_bytes)
        return pooled_columns(shares_of_bits(planes, 7, self.n_columns), 1)[:, 0]

    def overview(self, row: int) -> np.ndarray:
        return self._shares(row)[:3]

    def not_finite_overview(self, row: int) -> np.ndarray:
        return self._shares(row)[3]


def bands_of(*sizes: tuple[str, int]) -> list[Band]:
    """A parameter for each ``("layer parameter", size)``, one behind the other, each with all of its columns."""
    found, first = [], 0
    for name, size in sizes:
        layer, _, parameter = name.rpartition(" ")
        found.append(Band(layer, parameter, size, first, size))
        first += size
    return found


def made_up_run(
    signs: MadeUpSigns, bands: Sequence[Band], *, finished: bool = True, parameters: int | None = None, every: int = 30
) -> SimpleNamespace:
    """What the panel of the raster asks of a collection."""
    n = signs.n_columns
    insight = Insight(1, [1e-5], parameters or n, n, sign_interval=every, sign_columns=n, bands=list(bands))
    return SimpleNamespace(insight=insight, signs=signs, layers={}, finished=finished)


def read_all(view: RasterView, signs: MadeUpSigns, bands: Sequence[Band]) -> None:
    """Give the view every tile that it lacks."""
    request = SignRequest(tuple(view.keys()), len(signs), None, signs)  # type: ignore[arg-type]
    tiles = SignTiles(signs, lambda _: None, bands)  # type: ignore[arg-type]
    tiles.read(request, lambda answer: (view.show_tiles(answer.tiles), True)[1])
