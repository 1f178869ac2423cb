"""What was drawn once for the screen: as many pixels as that has, and put back as it was."""

import pytest
from PyQt6.QtCore import QRect, QRectF, QSize
from PyQt6.QtGui import QColor, QImage, QPainter, QTransform
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.views.network.viewport_cache import ViewportCache


class Fine(QWidget):
    """On a screen of more pixels."""

    ratio = 2.0

    def devicePixelRatioF(self) -> float:
        return self.ratio


@pytest.fixture
def widget(qtbot: QtBot) -> Fine:
    made = Fine()
    qtbot.addWidget(made)
    made.resize(60, 40)
    return made


def test_that_it_has_the_pixels_of_the_screen_and_the_places_of_the_drawing(widget: Fine) -> None:
    cache, moved = ViewportCache(), QTransform.fromTranslate(20, 10)
    painter = cache.begin(widget, "#102030", moved)
    assert painter.worldTransform() == moved
    assert painter.clipBoundingRect() == QRectF(-20, -10, 60, 40)
    painter.end()
    assert (cache.pixmap.size(), cache.pixmap.devicePixelRatio()) == (QSize(120, 80), 2.0)
    assert cache.pixmap.toImage().pixelColor(119, 79) == QColor("#102030")


def test_that_only_another_size_needs_other_memory(widget: Fine) -> None:
    cache = ViewportCache()
    cache.begin(widget, "#102030", QTransform()).end()
    first = cache.pixmap
    painter = cache.begin(widget, "#405060", QTransform())
    painter.end()
    assert cache.pixmap is first and first.toImage().pixelColor(0, 0) == QColor("#405060")
    for change in (lambda: widget.resize(61, 40), lambda: widget.resize(61, 41), lambda: setattr(widget, "ratio", 1.5)):
        change()
        before = cache.pixmap
        cache.begin(widget, "#102030", QTransform()).end()
        assert cache.pixmap is not before
    assert cache.pixmap.size() == QSize(92, 62)  # of half a pixel too much rather than too little


def test_that_it_is_put_at_its_place_wherever_the_painter_is(widget: Fine) -> None:
    widget.ratio = 1.0
    cache = ViewportCache()
    painter = cache.begin(widget, "#102030", QTransform())
    painter.fillRect(QRect(0, 0, 10, 5), QColor("#ff0000"))
    painter.end()
    screen = QImage(60, 40, QImage.Format.Format_RGB32)
    screen.fill(QColor("#ffffff"))
    painter = QPainter(screen)
    scaled = QTransform.fromScale(3, 2)
    painter.setWorldTransform(scaled)
    cache.blit(painter)
    assert painter.worldTransform() == scaled
    painter.end()
    assert screen == cache.pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert screen.pixelColor(9, 4) == QColor("#ff0000")
