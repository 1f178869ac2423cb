"""Points in a plane, made up, and a pointer among them."""

from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from app.views.projection.analysis.projection_request import RAW, Method, Points, Projected, ProjectionRequest
from app.widgets.point_cloud import PointCloud
from tests.app.pointer import move
from tests.app.views.projection.projected_run import labels_of

N = 60
LEFT = Qt.MouseButton.LeftButton


def positions_of(number: int) -> np.ndarray:
    """A class in each of three corners, sample by sample in rows; all of it shifts a little at each record."""
    corners = np.array([[0, 0], [100, 0], [50, 90]], float)
    inside = np.stack([np.arange(N) // 3 % 5, np.arange(N) // 15], axis=1) * 4.0
    return (corners[labels_of(N)] + inside + 3 * number).astype(np.float32)


def laid_out(request: ProjectionRequest, numbers: tuple[int, ...] = (0, 1, 2)) -> Projected:
    explained = (0.5, 0.25) if request.method is Method.PCA else ()
    points = {number: Points(positions_of(number), explained, 0.97, 0.5) for number in numbers}
    return Projected(request, points, 1 if request.source == RAW else 3)


def choose(box, text: str) -> None:
    """Choose an entry as the keyboard does."""
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def colour_at(cloud: PointCloud, place: QPointF) -> str:
    image = cloud.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(place.x() * ratio), round(place.y() * ratio)).name()


def drag(cloud: PointCloud, places: list[QPointF]) -> None:
    points = [place.toPoint() for place in places]
    QTest.mousePress(cloud, LEFT, pos=points[0])
    for before, after in pairwise(points):
        QTest.mouseMove(cloud, (before + after) / 2)
        QTest.mouseMove(cloud, after)
    QTest.mouseRelease(cloud, LEFT, pos=points[-1])


def point_at(cloud: PointCloud, place: QPointF) -> None:
    """Move the pointer there, no button down."""
    move(cloud, place)


def around(cloud: PointCloud, members: np.ndarray, margin: float = 12) -> tuple[QPointF, QPointF]:
    places = [cloud.pixel_of(int(each)) for each in np.flatnonzero(members)]
    xs, ys = [each.x() for each in places], [each.y() for each in places]
    return QPointF(min(xs) - margin, min(ys) - margin), QPointF(max(xs) + margin, max(ys) + margin)
