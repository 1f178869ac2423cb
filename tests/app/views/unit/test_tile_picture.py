"""Weights as squares: where each lies, and what the pointer over it is told."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.analysis.colours import DIVERGING
from app.views.unit.analysis.incoming import Incoming
from app.views.unit.tile_picture import TilePicture

SHAPES = [(1, 5, 5), (24, 1, 1), (6, 3, 3), (3, 2, 7), (40, 6, 6), (300, 1, 1), (2, 1, 120)]
WIDTHS = [60, 130, 260]


def incoming(*shape: int, is_of_two: bool = False) -> Incoming:
    """Weights from −1 to 1, of which no two are alike; the last was not recorded."""
    values = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    is_kept = np.ones(shape, bool)
    is_kept.flat[-1] = False
    sides = (values / 4, values / 4 + values) if is_of_two else None
    return Incoming("", values, is_kept, tuple(f"conv1 {each}" for each in range(shape[0])), sides)


@pytest.fixture
def picture(qtbot: QtBot) -> TilePicture:
    window = QWidget()
    qtbot.addWidget(window)
    return TilePicture(window)


def show(picture: TilePicture, shown: Incoming | None, width: int) -> np.ndarray:
    """Its pixels, int ``[H, W, 3]``."""
    picture.resize(width, picture.height())
    picture.show_incoming(shown, 1.0)
    image = picture.grab().toImage()
    pixels = [[image.pixelColor(x, y).getRgb()[:3] for x in range(image.width())] for y in range(image.height())]
    return np.array(pixels, int).reshape(image.height(), image.width(), 3)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("shape", SHAPES)
def test_that_the_weight_at_each_pixel_is_the_one_whose_colour_it_has(
    picture: TilePicture, shape: tuple[int, int, int], width: int
) -> None:
    shown = incoming(*shape)
    pixels, colours = show(picture, shown, width), DIVERGING[shown.numbers(1.0)][..., :3].astype(int)
    found, between = set(), set()
    places = [[picture.weight_at(QPoint(x, y)) for x in range(width)] for y in range(picture.height())]
    told = [place for row in places for place in row if place is not None]
    if not told:
        assert shape[2] > width, "there are more weights than pixels"
        return
    for y, row in enumerate(places):
        for x, place in enumerate(row):
            if place is None:
                between.add(tuple(pixels[y, x].tolist()))
            else:
                assert pixels[y, x].tolist() == colours[place].tolist()
                found.add(place)
    assert len(between) <= 1, "the window's ground"
    assert found == set(np.ndindex(shape)), "each can be seen"
    assert len({told.count(place) for place in found}) == 1, "and is as large as any other"


@pytest.mark.parametrize("at", [(-1, 0), (0, -1), (260, 0), (0, 500)])
def test_that_beyond_the_picture_there_is_no_weight(picture: TilePicture, at: tuple[int, int]) -> None:
    show(picture, incoming(6, 3, 3), 260)
    assert picture.weight_at(QPoint(*at)) is None
    assert picture.tip(QPoint(*at)) == ""


@pytest.mark.parametrize(
    ("shape", "side"), [((1, 2, 2), 24), ((4, 1, 1), 24), ((4, 2, 2), 12), ((1, 28, 28), 8), ((9, 20, 20), 3)]
)
def test_that_a_weight_is_as_large_as_fits_and_can_be_told_apart(
    picture: TilePicture, shape: tuple[int, int, int], side: int
) -> None:
    show(picture, incoming(*shape), 260)
    assert [picture.weight_at(QPoint(side - 1, 0)), picture.weight_at(QPoint(0, side - 1))] == [(0, 0, 0)] * 2
    assert picture.weight_at(QPoint(side, 0)) != (0, 0, 0)


@pytest.mark.parametrize(
    ("shape", "most_px", "high"),
    [((6, 3, 3), 300, 36), ((30, 4, 4), 90, 68), ((30, 4, 4), 40, 28), ((1, 90, 4), 60, 90), ((1, 28, 28), 300, 224)],
)
def test_that_it_is_no_higher_than_it_may_be_unless_weights_could_not_be_told_apart(
    picture: TilePicture, shape: tuple[int, int, int], most_px: int, high: int
) -> None:
    picture.limit_height(most_px)
    assert show(picture, incoming(*shape), 260).shape[0] == high == picture.sizeHint().height()


@pytest.mark.parametrize(
    ("shape", "high"), [((1, 1, 600), 8), ((5, 1, 600), 56), ((3, 300, 300), 84), ((1, 300, 600), 130)]
)
def test_that_of_more_weights_than_pixels_every_tile_is_seen(
    picture: TilePicture, shape: tuple[int, int, int], high: int
) -> None:
    pixels = show(picture, Incoming("", np.ones(shape, np.float32), np.ones(shape, bool), ("a",) * shape[0]), 260)
    assert picture.height() == high
    full = (pixels == DIVERGING[254, :3].astype(int)).all(axis=2)
    assert full.mean() > 0.7, "but for what is between them"
    assert picture.tip(QPoint(3, 3)) == ""


def test_that_nothing_has_no_height(picture: TilePicture) -> None:
    show(picture, incoming(6, 3, 3), 260)
    picture.show_incoming(None, 0.0)
    assert picture.height() == picture.minimumHeight() == 0
    assert picture.incoming is None
    assert picture.tip(QPoint(3, 3)) == ""


def test_that_the_pointer_is_told_the_place_and_the_number(picture: TilePicture) -> None:
    show(picture, incoming(2, 2, 2), 260)
    assert picture.tip(QPoint(1, 1)) == "conv1 0, row 0, column 0: −1"
    assert picture.tip(QPoint(13, 1)) == "conv1 0, row 0, column 1: −0.7143"
    assert picture.tip(QPoint(28, 13)) == "conv1 1, row 1, column 0: 0.7143"
    assert picture.tip(QPoint(40, 13)) == "conv1 1, row 1, column 1: not recorded"
    show(picture, incoming(2, 1, 1), 260)
    assert picture.tip(QPoint(1, 1)) == "conv1 0: −1"


def test_that_of_two_the_pointer_is_told_both(picture: TilePicture) -> None:
    show(picture, incoming(2, 1, 1, is_of_two=True), 260)
    assert picture.tip(QPoint(1, 1)) == "conv1 0: A −0.25 · B −1.25 · −1"


def test_that_a_pointer_that_rests_on_a_weight_is_shown_what_it_is(picture: TilePicture, qtbot: QtBot) -> None:
    show(picture, incoming(2, 2, 2), 260)
    window = picture.window()
    assert window is not None
    window.resize(300, 100)
    window.show()
    qtbot.waitExposed(window)
    at = QPoint(28, 13)
    QApplication.sendEvent(picture, QHelpEvent(QEvent.Type.ToolTip, at, picture.mapToGlobal(at)))
    assert QToolTip.text() == "conv1 1, row 1, column 0: 0.7143"
    QToolTip.hideText()


def test_that_weights_become_smaller_where_they_would_be_too_high(picture: TilePicture) -> None:
    heights = []
    for width in (260, 130, 60, 260):
        show(picture, incoming(24, 1, 1), width)
        heights.append(picture.height())
    assert heights == [3 * 28 - 4, 6 * 28 - 4, 8 * 21 - 4, 3 * 28 - 4]
