"""The picture that is put together of tiles, and the store they are kept in."""

import numpy as np

from app.views.gradients.analysis.raster_range import TILE, RasterRange, TileKey
from app.views.gradients.analysis.raster_tiles import SignTile, TileStore, picture_of
from app.views.gradients.analysis.sign_colours import NOT_READ


def numbers_at(level_x: int, level_y: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Some number for each cell, by its place."""
    return ((y[:, None] * 7 + x * 3 + level_x * 50 + level_y * 90) % 250).astype(np.uint8)


def tile(key: TileKey, n_rows: int = 10**6, height: int = TILE) -> SignTile:
    x, y = key.column * TILE + np.arange(TILE), key.row * TILE + np.arange(height)
    numbers = numbers_at(key.level_x, key.level_y, x, y)
    return SignTile(key, np.stack([numbers] * 3), numbers, np.ones(height, bool), n_rows)


def slow_picture(view: RasterRange, width: int, height: int, level_x: int, level_y: int) -> np.ndarray:
    """Pixel by pixel: the number of the cell at its middle."""
    x = np.array([int(view.left + (i + 0.5) * (view.right - view.left) / width) >> level_x for i in range(width)])
    y = np.array([int(view.top + (i + 0.5) * (view.bottom - view.top) / height) >> level_y for i in range(height)])
    return numbers_at(level_x, level_y, x, y)


def test_that_a_picture_is_what_each_pixel_alone_would_show() -> None:
    view = RasterRange.whole(100_000, 3000).zoomed(30_000, 1000, 0.4, 0.3)
    store = TileStore()
    for key in view.keys(500, 300):
        store.put(tile(key))

    picture = picture_of(view, 500, 300, store)

    assert picture.shape == (300, 500)
    assert np.array_equal(picture, slow_picture(view, 500, 300, *view.levels(500, 300)))


def test_that_the_finest_coarser_tile_stands_in_for_one_that_is_still_to_be_read() -> None:
    view = RasterRange.whole(100_000, 3000).zoomed(30_000, 1000, 0.1, 0.2)
    level_x, level_y = view.levels(400, 300)
    store = TileStore()
    for further in (3, 2):
        for key in view.keys(400, 300):
            coarser = TileKey(level_x + further, level_y + 1, key.column >> further, key.row >> 1)
            store.put(tile(coarser))

    picture = picture_of(view, 400, 300, store)

    assert np.array_equal(picture, slow_picture(view, 400, 300, level_x + 2, level_y + 1))


def test_that_nothing_stands_where_nothing_was_read() -> None:
    view = RasterRange.whole(1000, 100)

    assert (picture_of(view, 50, 30, TileStore()) == NOT_READ).all()


def test_that_rows_behind_the_end_of_an_older_tile_are_still_to_be_read() -> None:
    view = RasterRange.whole(200, 200)
    store = TileStore()
    store.put(tile(TileKey(0, 0, 0, 0), n_rows=120, height=120))

    picture = picture_of(view, 200, 200, store)

    assert not (picture[:120] == NOT_READ).all(axis=1).any()
    assert (picture[120:] == NOT_READ).all()


def test_that_a_tile_at_the_end_is_lacking_again_once_there_are_more_rows() -> None:
    store, last, full = TileStore(), TileKey(0, 0, 0, 1), TileKey(0, 0, 0, 0)
    store.put(tile(full, n_rows=300))
    store.put(tile(last, n_rows=300, height=44))

    assert store.lacks([full, last], 300) == []
    assert store.lacks([full, last], 301) == [last]


def test_that_what_was_not_looked_at_for_longest_goes_first() -> None:
    keys = [TileKey(0, 0, number, 0) for number in range(4)]
    one = tile(keys[0])
    store = TileStore(most_bytes=3 * one.n_bytes)
    for key in keys[:3]:
        store.put(tile(key))
    store.get(keys[0])
    store.put(tile(keys[3]))

    assert store.lacks(keys, 1) == [keys[1]]
    assert len(store) == 3


def test_that_what_is_left_of_a_coarser_level_stands_in_when_another_tile_of_it_has_gone() -> None:
    coarse = [TileKey(1, 0, number, 0) for number in range(2)]
    store = TileStore(most_bytes=2 * tile(coarse[0]).n_bytes)
    for key in (*coarse, TileKey(0, 0, 9, 0)):
        store.put(tile(key))
    left = store.nearest(TileKey(0, 0, 2, 0))
    assert left is not None
    assert left.key == coarse[1]
    assert store.nearest(TileKey(0, 0, 0, 0)) is None
    store.clear()
    assert (len(store), store.nearest(TileKey(0, 0, 9, 0))) == (0, None)
    for key in coarse:
        store.put(tile(key))
    assert len(store) == 2, "there is room for as many as before"
