"""Tiles read from a file, against the gradients that it was written from."""

from pathlib import Path

import numpy as np
import pytest

from app.views.gradients.analysis.raster_range import TILE, RasterRange, TileKey
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest, SignTile
from app.views.gradients.analysis.sign_tiles import SignTiles
from collector.storage import open_collection
from tests.app.views.gradients.analysis.reading_tiles import N_COLUMNS, N_ROWS, answers, spoiled, tiles_of
from tests.app.views.gradients.raster_run import classes, shares


@pytest.mark.parametrize("level_x", [0, 1, 3, 5, 7, 8, 9, 12])
@pytest.mark.parametrize("level_y", [0, 2])
def test_that_a_tile_holds_the_shares_of_its_cells(run: Path, level_x: int, level_y: int) -> None:
    n_cells = -(-N_COLUMNS >> level_x)
    column = (n_cells - 1) // TILE
    with open_collection(run) as collection:
        (tile,) = tiles_of(collection, TileKey(level_x, level_y, column, 0))

    assert tile.shares.shape == (5, -(-N_ROWS >> level_y), n_cells - column * TILE)
    for x in {0, tile.shares.shape[2] // 2, tile.shares.shape[2] - 1}:
        for y in (0, tile.shares.shape[1] - 1):
            first = (column * TILE + x) << level_x
            rows = list(range(y << level_y, min((y + 1) << level_y, N_ROWS)))
            true = shares(rows, first, first + (1 << level_x), N_COLUMNS)
            # rounded up once for its group of columns, once for the groups together, once for the rows
            assert true <= (tile.shares[:, y, x] / 255 + 1e-9).tolist()
            assert (tile.shares[:, y, x] / 255).tolist() == pytest.approx(
                true, abs=3 / 255 + (0.01 if level_x > 8 else 0)
            )


def test_that_tiles_side_by_side_are_those_read_one_by_one(run: Path) -> None:
    keys = [TileKey(3, 0, column, 0) for column in (4, 5, 7)]
    with open_collection(run) as collection:
        together = tiles_of(collection, *keys)
        alone = [tiles_of(collection, key)[0] for key in keys]

    assert [tile.key for tile in together] == keys
    for one, other in zip(together, alone, strict=True):
        assert np.array_equal(one.numbers, other.numbers)


def test_that_every_tile_of_every_view_can_be_read(run: Path) -> None:
    with open_collection(run) as collection:
        view = RasterRange.whole(N_COLUMNS, N_ROWS)
        while view.levels(200, 8)[0]:
            keys = view.keys(200, 8)
            assert [tile.key for tile in tiles_of(collection, *keys)] == keys
            view = view.zoomed(N_COLUMNS, N_ROWS, 0.4, 0.8)


def test_that_columns_of_a_row_are_counted_exactly(run: Path) -> None:
    with open_collection(run) as collection:
        (answer,) = answers(collection, SignRequest((), N_ROWS, counted=(3, 12_345, 200_002)))

    part = classes(3, N_COLUMNS)[12_345:200_002]
    assert answer.counts is not None
    assert answer.counts.tolist() == [int((part == kind).sum()) for kind in range(6)]


def test_that_nothing_more_is_read_once_it_is_wanted_no_more(run: Path) -> None:
    told: list[SignAnswer] = []
    keys = tuple(TileKey(0, 0, column, row) for row in (0,) for column in range(3))

    def tell(answer: SignAnswer) -> bool:
        told.append(answer)
        return False

    with open_collection(run) as collection:
        SignTiles(collection.signs, lambda _: None).read(SignRequest(keys, N_ROWS), tell)

    assert [answer.tiles for answer in told] == [[]]


def test_that_the_whole_run_is_read_once_only(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_collection(run) as collection:
        read: list[int] = []
        overview = collection.signs.overview
        monkeypatch.setattr(collection.signs, "overview", lambda row: (read.append(row), overview(row))[1])
        tiles = SignTiles(collection.signs, lambda _: None)
        for level in (12, 10, 9):
            tiles.read(SignRequest((TileKey(level, 0, 0, 0),), N_ROWS), lambda _: True)

    assert read == list(range(N_ROWS))


@pytest.mark.parametrize(("kind", "level"), [(b"signs", 9), (b"sign_bits", 2)])
def test_that_a_damaged_row_is_marked_and_told_once_and_the_others_are_shown(
    run: Path, tmp_path: Path, kind: bytes, level: int
) -> None:
    said: list[str] = []
    with open_collection(spoiled(run, tmp_path, kind)) as collection:
        tiles = SignTiles(collection.signs, said.append)
        told: list[SignTile] = []
        for level_y in (0, 1):
            key = TileKey(level, level_y, 0, 0)
            tiles.read(SignRequest((key,), N_ROWS), lambda answer: (told.extend(answer.tiles), True)[1])

    by_row, by_pairs = told
    assert np.flatnonzero(~by_row.is_readable).tolist() == [2]
    assert by_pairs.is_readable.all()
    assert np.array_equal(by_pairs.shares[:, 1], by_row.shares[:, 3])
    assert len(said) == 1
    assert "step 60" in said[0]


def test_that_what_is_not_there_is_passed_over(run: Path) -> None:
    keys = (TileKey(0, 0, 10**6, 0), TileKey(0, 0, 0, 9), TileKey(0, 0, 1, 0))
    with open_collection(run) as collection:
        told = answers(collection, SignRequest(keys, N_ROWS + 5, counted=(N_ROWS, 0, 5)))

    assert [tile.key for answer in told for tile in answer.tiles] == [keys[2]]
    assert not any(answer.counted for answer in told)
