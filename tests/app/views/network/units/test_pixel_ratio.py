"""On a screen of more pixels everything is as large as on another, and sharper."""

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter

from app.analysis.graph.graph_view import GraphView
from app.views.network.units.network_scene import NetworkScene
from tests.app.looks.pieces.network import CNN, MARKS, spoilt, vectors
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels_of

pytestmark = pytest.mark.usefixtures("qapp")

SIZE = 420, 300


def painted(view: GraphView, ratio: int, **lit: object) -> np.ndarray:
    """The scene, for a screen of so many pixels for each; float ``[H, W, 3]``, the mean of those that make one."""
    scene = NetworkScene()
    scene.show_graph(view.graph, *map(float, SIZE))
    scene.show_view(view)
    scene.show_health(MARKS)
    for what, which in lit.items():
        getattr(scene, what)(which)
    image = QImage(SIZE[0] * ratio, SIZE[1] * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    scene.render(painter, QRectF(0, 0, *SIZE), QRectF(0, 0, *SIZE))
    painter.end()
    fine = pixels_of(image).astype(float)
    return fine.reshape(SIZE[1], ratio, SIZE[0], ratio, 3).mean(axis=(1, 3))


@pytest.mark.parametrize(
    "lit", [{}, {"pin": (3, 2)}, {"hover": (1, 1)}, {"focus_on": (4, 0)}, {"hover_edge": (3, 1)}], ids=str
)
@pytest.mark.parametrize("run", [CNN, spoilt(CNN), vectors(4, 3, 3)], ids=["cnn", "spoilt", "vectors"])
def test_that_with_more_pixels_all_is_as_large(run: object, lit: dict) -> None:
    view = prepared(run)  # type: ignore[arg-type]
    if run is not CNN and len(view.graph.columns) < 5:
        lit = dict.fromkeys(lit, (1, 1))
    one, two = (painted(view, ratio, **lit) for ratio in (1, 2))
    differs = np.abs(one - two).max(axis=2) > 96
    assert differs.mean() < 0.004
