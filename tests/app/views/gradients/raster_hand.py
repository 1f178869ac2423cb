"""A sign raster without a panel around it, and the hand of its user."""

from PyQt6.QtCore import QPoint, QPointF

from app.views.gradients.raster_view import RasterView
from tests.app.views.gradients.made_up_signs import bands_of

N_COLUMNS, N_ROWS = 600, 40
BANDS = bands_of(("conv1 weight", 200), ("fc1 weight", 400))


class Hand:
    """A raster on the screen, and what it tells."""

    def __init__(self, view: RasterView) -> None:
        self.view = view
        self.layers: list[str] = []
        self.steps: list[float] = []
        self.changes: list[None] = []
        view.layer_clicked.connect(self.layers.append)
        view.step_requested.connect(self.steps.append)
        view.range_changed.connect(lambda: self.changes.append(None))

    def at(self, column: float, row: float) -> QPoint:
        places = self.view.places()
        return QPointF(places.x(column), places.y(row)).toPoint()

    @property
    def seen(self) -> tuple[float, ...]:
        view = self.view.view
        return view.left, view.right, view.top, view.bottom
