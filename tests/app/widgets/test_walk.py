"""A ring is where the keys are."""

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.walk import PlaceWalk


class Cells(PlaceWalk):
    """Walks over cells that can be made larger."""

    zooms = True

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.row = self.column = 2
        self.cell_px = 10.0

    def place(self) -> QRectF:
        return QRectF(self.column * self.cell_px, self.row * self.cell_px, self.cell_px, self.cell_px)

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        self.row, self.column = self.row + down, self.column + across

    def zoom(self, *, is_closer: bool) -> None:
        self.cell_px *= 2 if is_closer else 0.5


def test_that_the_ring_goes_with_each_key_and_with_the_size(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    widget.show()
    walk = Cells(widget)
    assert not walk.ring.isVisible()
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert walk.ring.isVisible()

    def middle() -> tuple[float, float]:
        centre = QRectF(walk.ring.geometry()).center()
        return centre.x(), centre.y()

    assert middle() == pytest.approx((25, 25), abs=1)
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    qtbot.keyClick(widget, Qt.Key.Key_Down)
    assert middle() == pytest.approx((35, 35), abs=1)
    qtbot.keyClick(widget, Qt.Key.Key_Plus)
    assert middle() == pytest.approx((70, 70), abs=1)
    qtbot.keyClick(widget, Qt.Key.Key_Escape)
    assert not walk.ring.isVisible()
