"""What keys do in a cloud of points: arrows go to the next point in their direction, + and - zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF

from app.views.projection.analysis.point_raster import next_point
from app.widgets.walk import Walk

if TYPE_CHECKING:
    from app.views.projection.point_cloud import PointCloud

_CLOSER = 1.25


class PointWalk(Walk):
    """Stands on a sample, at first on the one that the views show."""

    zooms = True

    def __init__(self, cloud: PointCloud) -> None:
        self._cloud = cloud
        self._sample: int | None = None
        super().__init__(cloud)

    @property
    def sample(self) -> int | None:
        """The sample it stands on; None where no point is seen."""
        shown = self._cloud.shown()
        for each in (self._sample, self._cloud.current):
            if each is not None and each < len(shown) and shown[each]:
                return each
        return int(shown.argmax()) if shown.any() else None

    def place(self) -> QRectF | None:
        sample = self.sample
        if sample is None:
            return None
        around = self._cloud.radius() + 6
        middle = self._cloud.pixel_of(sample)
        return QRectF(middle.x() - around, middle.y() - around, 2 * around, 2 * around)

    def go(self, down: int, across: int) -> None:
        sample = self.sample
        if sample is None:
            return
        found = next_point(self._cloud.places, self._cloud.shown(), sample, across, down)
        self._sample = sample if found is None else found
        self._cloud.bring_into_sight(self._sample)
        self._cloud.point_at(self._sample)

    def choose(self) -> None:
        if self.sample is not None:
            self._cloud.clicked.emit(self.sample)

    def zoom(self, *, is_closer: bool) -> None:
        if self.sample is not None:
            self._cloud.zoom(_CLOSER if is_closer else 1 / _CLOSER, self.sample)
