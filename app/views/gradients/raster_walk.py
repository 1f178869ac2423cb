"""What keys do in the sign raster: arrows go from pixel to pixel, + and - zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF

from app.widgets.walk import Walk

if TYPE_CHECKING:
    from app.views.gradients.raster_view import RasterView

_LEAST_PX = 6.0
"""An arrow goes so far at the least: a raster of a million columns is crossed by a hundred presses."""

_CLOSER = 0.64


class RasterWalk(Walk):
    """Stands on a cell of the data, so that it stays there when something else is seen; what it goes to is seen."""

    zooms = True

    def __init__(self, raster: RasterView) -> None:
        self._raster = raster
        self._column = self._row = 0.5
        super().__init__(raster)

    def place(self) -> QRectF | None:
        if not self._raster.has_cells:
            return None
        places = self._raster.places()
        width, height = self._apart()
        column, row = int(self._column), int(self._row)
        across, down = max(width, 1.0) * places.x_scale, max(height, 1.0) * places.y_scale
        return QRectF(places.x(column), places.y(row), across, down)

    def go(self, down: int, across: int) -> None:
        view = self._raster.view
        width, height = self._apart()
        self._column = min(max(self._column + across * max(width, 1.0), 0.5), view.n_columns - 0.5)
        self._row = min(max(self._row + down * max(height, 1.0), 0.5), view.n_rows - 0.5)
        self._raster.bring_into_sight(self._column, self._row)
        self.point(self._middle())

    def zoom(self, *, is_closer: bool) -> None:
        factor = _CLOSER if is_closer else 1 / _CLOSER
        self._raster.zoom(self._column, self._row, factor, factor)
        self.point(self._middle())

    def _apart(self) -> tuple[float, float]:
        """Columns and rows of `_LEAST_PX`."""
        places = self._raster.places()
        return _LEAST_PX / places.x_scale, _LEAST_PX / places.y_scale

    def _middle(self) -> QPointF:
        places = self._raster.places()
        return QPointF(places.x(self._column), places.y(self._row))
