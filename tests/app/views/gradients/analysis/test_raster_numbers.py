"""The table of what is on the screen, against one that counts the gradients of each cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.gradients.analysis.raster_numbers import raster_numbers
from app.views.gradients.analysis.raster_range import RasterRange
from app.views.gradients.analysis.raster_tiles import SignRequest, TileStore
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.analysis.sign_words import OF_ONE, OF_TWO
from tests.app.views.gradients.made_up_signs import MadeUpSigns

N_COLUMNS, N_ROWS = 700, 300
PLACE = ("first_step", "last_step", "first_column", "last_column")


@pytest.fixture(scope="module")
def signs() -> MadeUpSigns:
    """All classes, and rows that cannot be read."""
    rows, columns = np.arange(N_ROWS)[:, None], np.arange(N_COLUMNS)
    classes = ((columns // 7 + rows * 3) % 5).astype(np.uint8)
    return MadeUpSigns(classes, 10 * np.arange(N_ROWS), damaged=(0, 33, 257))


def read(signs: MadeUpSigns, view: RasterRange, width: int, height: int) -> TileStore:
    store = TileStore()

    def take(answer: object) -> bool:
        for tile in answer.tiles:  # type: ignore[attr-defined]
            store.put(tile)
        return True

    SignTiles(signs, lambda _: None).read(SignRequest(tuple(view.keys(width, height)), len(signs)), take)  # type: ignore[arg-type]
    return store


@given(
    left=st.floats(0, 600),
    wide=st.floats(20, 700),
    top=st.floats(0, 250),
    high=st.floats(6, 300),
    width=st.integers(5, 300),
    height=st.integers(3, 120),
)
def test_that_each_row_has_the_shares_of_its_cells(
    signs: MadeUpSigns, left: float, wide: float, top: float, high: float, width: int, height: int
) -> None:
    view = RasterRange(N_COLUMNS, N_ROWS, left, min(left + wide, float(N_COLUMNS)), top, min(top + high, float(N_ROWS)))
    level_x, level_y = view.levels(width, height)
    middles = view.left + (np.arange(width) + 0.5) * ((view.right - view.left) / width)
    columns = sorted({min(int(middle), N_COLUMNS - 1) >> level_x for middle in middles})
    middles = view.top + (np.arange(height) + 0.5) * ((view.bottom - view.top) / height)
    rows = sorted({min(int(middle), N_ROWS - 1) >> level_y for middle in middles})
    first, last = columns[0] << level_x, min((columns[-1] + 1) << level_x, N_COLUMNS) - 1

    headings, found = raster_numbers(view, width, height, read(signs, view, width, height), signs.steps)

    assert headings == (*PLACE, *OF_ONE.columns)
    assert len(found) == len(rows)
    for row, numbers in zip(rows, found, strict=True):
        of_file = list(range(row << level_y, min((row + 1) << level_y, N_ROWS)))
        assert numbers[:4] == (10 * of_file[0], 10 * of_file[-1], first, last)
        readable = [each for each in of_file if each not in signs.damaged]
        if not readable:
            assert numbers[4:] == (None,) * 6
            continue
        seen = [
            np.concatenate([signs.classes[each, (at << level_x) : ((at + 1) << level_x)] for at in columns])
            for each in readable
        ]
        for place, kind in enumerate(range(1, 6), start=5):
            share = float(np.mean([np.mean(each == kind) for each in seen]))
            assert share - 1e-6 <= numbers[place] <= share + 3 / 255  # rounded up for its columns, then for its rows
        assert sum(float(each or 0) for each in numbers[4:]) >= 1 - 1e-6


def test_that_single_gradients_are_counted_exactly(signs: MadeUpSigns) -> None:
    view = RasterRange(N_COLUMNS, N_ROWS, 100.0, 140.0, 40.0, 50.0)
    _, found = raster_numbers(view, 200, 50, read(signs, view, 200, 50), signs.steps)
    for row, numbers in zip(range(40, 50), found, strict=True):
        counts = np.bincount(signs.classes[row, 100:140], minlength=6)
        assert numbers[:4] == (10 * row, 10 * row, 100, 139)
        assert numbers[4:] == pytest.approx((counts / 40).tolist())


def test_that_what_is_still_to_be_read_is_not_guessed(signs: MadeUpSigns) -> None:
    view = RasterRange.whole(N_COLUMNS, N_ROWS)
    store = read(signs, RasterRange(N_COLUMNS, N_ROWS, 0, 100, 0, 10), 700, 300)
    _, found = raster_numbers(view, 700, 300, store, signs.steps)
    assert [each[4:] for each in found] == [(None,) * 6] * N_ROWS


def test_that_without_rows_or_columns_there_are_headings_alone() -> None:
    headings, rows = raster_numbers(RasterRange.whole(5, 0), 9, 9, TileStore(), np.zeros(0, np.int64), OF_TWO)
    assert (headings, rows) == ((*PLACE, *OF_TWO.columns), [])
    assert raster_numbers(RasterRange.whole(0, 5), 9, 9, TileStore(), np.arange(5))[1] == []
