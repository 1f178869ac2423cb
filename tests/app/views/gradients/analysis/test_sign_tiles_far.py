"""Tiles of long runs, of the right end of wide ones, of what has no sign, and of more columns than are kept."""

from pathlib import Path

import numpy as np
import pytest

from app.views.gradients.analysis import sign_tiles
from app.views.gradients.analysis.raster_range import TILE, TileKey
from app.views.gradients.analysis.raster_tiles import SignRequest, SignTile
from app.views.gradients.analysis.sign_tiles import SignTiles
from collector.storage import Collection, open_collection
from tests.app.views.gradients.analysis.reading_tiles import N_COLUMNS, N_ROWS, answers, spoiled, tiles_of
from tests.app.views.gradients.raster_run import classes, odd_classes, write_odd_run, write_wide_run

TALL_COLUMNS, TALL_ROWS = 2 * TILE, 2 * TILE + 40


@pytest.fixture(scope="module")
def tall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wide_run(tmp_path_factory.mktemp("raster") / "tall.json", TALL_COLUMNS, TALL_ROWS)


def pooled(seen: np.ndarray, level_x: int, level_y: int) -> np.ndarray:
    """Shares of classes 1 to 5 in cells of so many columns and rows, 0…1: ``[5, R, W]``."""
    rows, columns = range(0, seen.shape[0], 1 << level_y), range(0, seen.shape[1], 1 << level_x)

    def sums(of: np.ndarray) -> np.ndarray:
        return np.add.reduceat(np.add.reduceat(of.astype(float), rows, axis=0), columns, axis=1)

    return np.stack([sums(seen == kind) / sums(np.ones(seen.shape)) for kind in range(1, 6)])


@pytest.mark.parametrize(("level_x", "level_y"), [(0, 0), (4, 0), (4, 1), (6, 6), (8, 1), (9, 0)])
def test_that_tiles_below_each_other_are_of_the_rows_that_follow(tall: Path, level_x: int, level_y: int) -> None:
    seen = np.stack([classes(row, TALL_COLUMNS) for row in range(TALL_ROWS)])
    n_below = -(-TALL_ROWS // (TILE << level_y))
    with open_collection(tall) as collection:
        keys = [TileKey(level_x, level_y, 0, row) for row in range(n_below + 1)]
        tiles = tiles_of(collection, *keys, n_rows=TALL_ROWS)
    assert [tile.key for tile in tiles] == keys[:n_below], "there are no rows behind the last"
    found = np.concatenate([tile.shares for tile in tiles], axis=1) / 255
    true = pooled(seen, level_x, level_y)[..., :TILE]
    assert found.shape == true.shape
    n_roundings = (level_x > 0) + (level_x > 8) + (level_y > 0)
    assert ((found >= true - 1e-9) & (found <= true + n_roundings / 255 + 1e-9)).all()


def test_that_there_is_no_tile_behind_the_last_column(tall: Path) -> None:
    keys = [TileKey(0, 0, column, 0) for column in (1, 2)]
    with open_collection(tall) as collection:
        assert [tile.key for tile in tiles_of(collection, *keys)] == keys[:1]


def test_that_of_a_long_answer_no_more_is_read_once_it_is_wanted_no_more(tall: Path) -> None:
    n_told = 0

    def tell(_: object) -> bool:
        nonlocal n_told
        n_told += 1
        return n_told < 3

    with open_collection(tall) as collection:
        SignTiles(collection.signs, lambda _: None).read(SignRequest((TileKey(0, 0, 0, 0),), TALL_ROWS), tell)
    assert n_told == 3


@pytest.mark.parametrize("level", [8, 9])
def test_that_a_damaged_row_lacks_in_tiles_to_the_right_too(run: Path, tmp_path: Path, level: int) -> None:
    with open_collection(spoiled(run, tmp_path, b"signs")) as collection:
        whole = tiles_of(collection, *(TileKey(level, 0, column, 0) for column in (1, 2)))
    n_cells = -(-N_COLUMNS >> level)
    assert [tile.shares.shape for tile in whole] == [
        (5, N_ROWS, min(TILE, n_cells - column * TILE)) for column in (1, 2)
    ]
    for tile in whole:
        assert np.flatnonzero(~tile.is_readable).tolist() == [2]


@pytest.mark.parametrize("level", [0, 3, 8])
def test_that_what_is_not_finite_and_what_has_no_gradient_are_shares_too(tmp_path: Path, level: int) -> None:
    n_rows, tiles = 3, []
    with open_collection(write_odd_run(tmp_path / "odd.json", n_rows)) as collection:
        assert collection.insight is not None
        reader = SignTiles(collection.signs, lambda _: None, collection.insight.bands)
        n_columns = collection.signs.n_columns
        request = SignRequest((TileKey(level, 0, 0, 0),), n_rows)
        reader.read(request, lambda answer: (tiles.extend(answer.tiles), True)[1])
        counts = []
        counted = SignRequest((), n_rows, counted=(1, 3, 701))
        reader.read(counted, lambda answer: (counts.append(answer.counts), True)[1])
    seen = np.stack([odd_classes(row) for row in range(n_rows)])
    assert seen.shape == (n_rows, n_columns)
    true = pooled(seen, level, 0)[..., :TILE]
    (tile,) = tiles
    found = tile.shares / 255
    assert ((found >= true - 1e-9) & (found <= true + 2 / 255 + 1e-9))[3:].all()
    assert true[3:, 1:].any(axis=(1, 2)).all() and not found[3:, 0].any()
    assert counts[0].tolist() == [int((seen[1, 3:701] == kind).sum()) for kind in range(6)]


def read(collection: Collection, tiles: SignTiles, level: int) -> tuple[SignTile, int]:
    """The last tile of the first rows, and how many overviews were looked up for it."""
    looked: list[int] = []
    usual = collection.signs.overview
    told: list[SignTile] = []
    collection.signs.overview = lambda row: (looked.append(row), usual(row))[1]  # type: ignore[method-assign]
    try:
        column = ((N_COLUMNS - 1) >> level) // TILE
        request = SignRequest((TileKey(level, 0, column, 0),), N_ROWS)
        tiles.read(request, lambda answer: (told.extend(answer.tiles), True)[1])
    finally:
        collection.signs.overview = usual  # type: ignore[method-assign]
    (tile,) = told
    return tile, len(looked)


@pytest.mark.parametrize("levels", [(8, 9, 10, 11, 12), (12, 11, 10, 10, 11, 8)])
def test_that_of_more_columns_than_are_kept_the_finer_cells_are_read_each_time(
    run: Path, monkeypatch: pytest.MonkeyPatch, levels: tuple[int, ...]
) -> None:
    with open_collection(run) as collection:
        usual = [read(collection, SignTiles(collection.signs, lambda _: None), level)[0] for level in levels]
        monkeypatch.setattr(sign_tiles, "MOST_KEPT_CELLS", -(-N_COLUMNS >> 10) - 1)  # so that cells of 2¹¹ are kept
        tiles = SignTiles(collection.signs, lambda _: None)
        for number, (level, other) in enumerate(zip(levels, usual, strict=True)):
            tile, n_read = read(collection, tiles, level)
            assert tile.shares.shape == other.shares.shape
            assert np.abs(tile.shares.astype(int) - other.shares).max() <= 1
            assert n_read == (N_ROWS if level < 11 or number == 0 else 0)


def test_that_a_row_that_cannot_be_counted_is_told_as_none_and_said_once(run: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with open_collection(spoiled(run, tmp_path, b"sign_bits")) as collection:
        (answer,) = answers(collection, SignRequest((), N_ROWS, counted=(2, 0, 99)), said)
    assert (answer.counted, answer.counts) == ((2, 0, 99), None)
    assert len(said) == 1


def test_that_a_parameter_that_the_header_does_not_know_is_passed_over(tmp_path: Path) -> None:
    tiles: list[SignTile] = []
    with open_collection(write_odd_run(tmp_path / "odd.json", 2)) as collection:
        assert collection.insight is not None
        for n_known in (1, 2):
            reader = SignTiles(collection.signs, lambda _: None, collection.insight.bands[:n_known])
            request = SignRequest((TileKey(0, 0, 0, 0),), 2)
            reader.read(request, lambda answer: (tiles.extend(answer.tiles), True)[1])
    unknown, known = (tile.shares[4, 1] for tile in tiles)
    assert not unknown.any()
    assert np.flatnonzero(known).tolist() == [*range(108, 114)]
