"""Where tiles lie: as large as their room lets them be, and where a point is in them."""

from dataclasses import replace
from itertools import product

import pytest
from PyQt6.QtCore import QPointF, QRectF

from app.views.features.tile_places import TilePlaces, tile_places

ROOM = QRectF(2, 3, 300, 200)


def fits(places: TilePlaces, room: QRectF) -> bool:
    last, widest = places.rect(places.n - 1), places.rect(min(places.n, places.n_columns) - 1)
    return last.bottom() <= room.bottom() and widest.right() <= room.right()


TABLES = [(n, 3) for n in (3, 5, 6, 30)]


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 4), (3, 1), (3, 4)])
@pytest.mark.parametrize(("n", "n_columns"), [*((n, 0) for n in (1, 2, 5, 6, 12, 30)), *TABLES])
def test_that_tiles_are_of_whole_pixels_and_one_more_would_not_fit(
    n: int, height: int, width: int, n_columns: int
) -> None:
    places = tile_places(n, height, width, ROOM, n_columns)
    assert fits(places, ROOM)
    assert places.factor == int(places.factor) >= 1
    columns = [places.n_columns] if n_columns else range(1, n + 1)
    larger = [
        TilePlaces(n, height, width, each, places.factor + 1, places.origin, places.above, places.gap)
        for each in columns
    ]
    assert not any(fits(each, ROOM) for each in larger)
    if n_columns:
        assert (places.n_columns, places.above, places.gap) == (3, 0, 3)
        assert places.origin == QPointF(ROOM.left() + 30, ROOM.top() + 15), "its numbers stand beside it"


def test_that_where_there_are_too_many_a_value_has_less_than_a_pixel_and_no_tile_its_number() -> None:
    places = tile_places(400, 28, 28, ROOM)
    assert fits(places, ROOM)
    assert (places.above, places.gap) == (0, 3)
    assert 0 < places.factor < 1
    larger = [replace(places, n_columns=each, factor=places.factor * 1.01) for each in range(1, 401)]
    assert not any(fits(each, ROOM) for each in larger)
    assert 0 < tile_places(400, 28, 28, QRectF(0, 0, 10, 10)).factor < 0.1, "there is a picture of them all the same"


@pytest.mark.parametrize("n_columns", [0, 3])
def test_that_each_point_of_a_tile_is_in_it_and_what_lies_between_is_in_none(n_columns: int) -> None:
    places = tile_places(7, 2, 3, ROOM, n_columns)
    for tile, row, column in product(range(7), range(2), range(3)):
        middle = places.rect(tile).topLeft() + QPointF(column + 0.5, row + 0.5) * places.factor
        assert places.at(middle) == (tile, row, column)
    for tile in range(7):
        place = places.rect(tile)
        assert places.at(place.topLeft()) == (tile, 0, 0)
        for beyond in (QPointF(place.right(), place.top()), QPointF(place.left(), place.bottom())):
            assert places.at(beyond) is None
    beside = places.rect(0).center()
    assert places.at(QPointF(places.origin.x() - 1, beside.y())) is None
    assert places.at(QPointF(beside.x(), places.origin.y() - 1)) is None
    assert places.at(places.rect(7).center()) is None
    assert places.at(places.rect(places.n_columns - 1).center() + QPointF(places.pitch[0], 0)) is None


@pytest.mark.parametrize(
    ("side", "gap", "factor"),
    [(300, 3, 12), (137, 3, 4), (136, 1, 5), (59, 1, 2), (58, 0, 2), (20, 0, 1), (10, 0, 0.5)],
)
def test_that_a_table_has_no_more_space_than_picture(side: int, gap: int, factor: float) -> None:
    places = tile_places(400, 1, 1, QRectF(0, 0, side + 30, side + 15), 20)
    assert fits(places, QRectF(0, 0, side + 30, side + 15))
    assert (places.gap, places.factor) == (gap, factor)
