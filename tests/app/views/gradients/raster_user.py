"""The sign raster on the screen, and the hand of its user."""

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.raster_panel import RasterPanel
from collector.storage import Collection
from tests.app.pointer import LEFT, NONE, move, turn

N_ROWS = 24
WORDS = ("larger than 1e−5", "negative, near zero", "positive, near zero", "exactly zero", "NaN or Inf", "no gradient")


class Shown:
    """A panel on the screen whose wishes are fulfilled at once, and the hand of its user."""

    def __init__(self, qtbot: QtBot, panel: RasterPanel) -> None:
        self.qtbot, self.panel, self.raster = qtbot, panel, panel.raster
        self.n_wishes = 0
        self.layers: list[str] = []
        self.steps: list[float] = []
        self._tiles: SignTiles | None = None
        panel.layer_requested.connect(self.layers.append)
        panel.step_requested.connect(self.steps.append)
        panel.tiles_requested.connect(self._fulfil)

    def open(self, collection: Collection) -> None:
        bands = collection.insight.bands if collection.insight else ()
        self._tiles = SignTiles(collection.signs, lambda _: None, bands)
        self.panel.show_collection(collection)
        self.settle()

    def _fulfil(self, request: object) -> None:
        self.n_wishes += 1
        assert self._tiles is not None
        self._tiles.read(request, lambda answer: (self.panel.show_signs(answer), True)[1])  # type: ignore[arg-type]

    def settle(self) -> None:
        """Until nothing is lacking."""
        raster, n_rows = self.raster, len(self.panel._steps)
        self.qtbot.waitUntil(lambda: not self.panel._timer.isActive() and not raster.tiles.lacks(raster.keys(), n_rows))

    def place(self, column: float, row: float) -> QPointF:
        places = self.raster.places()
        return QPointF(places.x(column), places.y(row))

    def wheel(self, at: QPointF, notches: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        turn(self.raster, at, 120 * notches, keys=modifiers)

    def zoom_to(self, column: int, row: int) -> None:
        """Turn the wheel until single parameters at single steps are seen, then wait for them."""
        for _ in range(30):
            self.wheel(self.place(column + 0.5, row + 0.5), 1)
            self.wheel(self.place(column + 0.5, row + 0.5), 1, Qt.KeyboardModifier.ControlModifier)
        self.settle()

    def move(self, at: QPointF, *, is_pressed: bool = False) -> None:
        move(self.raster, at, LEFT if is_pressed else NONE)

    def drag(self, start: QPointF, end: QPointF) -> None:
        left = Qt.MouseButton.LeftButton
        self.qtbot.mousePress(self.raster, left, pos=start.toPoint())
        self.move((start + end) / 2, is_pressed=True)
        self.move(end, is_pressed=True)
        self.qtbot.mouseRelease(self.raster, left, pos=end.toPoint())

    def click(self, at: QPointF) -> None:
        self.qtbot.mouseClick(self.raster, Qt.MouseButton.LeftButton, pos=at.toPoint())

    def colour(self, at: QPointF) -> QColor:
        return QColor(self.raster.grab().toImage().pixel(at.toPoint()))
