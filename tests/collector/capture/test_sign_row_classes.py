"""The raster's bits, column by column, against the gradients that they were made of."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector import InsightOptions
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.capture.sign_rows import SignRows
from collector.storage import schema

LARGER, NEGATIVE, POSITIVE, ZERO, NOT_FINITE, NO_GRADIENT = range(6)
SIZES = [300, 7, 700, 5]
SPECS = [ParameterSpec("fc", f"p{number}", size) for number, size in enumerate(SIZES)]


class Lines(list[Any]):
    """Stands for a log: keeps the records."""

    def add(self, record: Any) -> None:
        self.append(record)


def gradients(seed: int = 0) -> list[np.ndarray | None]:
    """Values around the threshold, at it, zero, and some that are none; the second parameter has no gradient."""
    chance = np.random.default_rng(seed)
    limit = np.float32(1e-5)
    odd = [0, -0.0, limit, -limit, np.nextafter(limit, np.float32(1)), -np.nextafter(limit, np.float32(1))]
    made: list[np.ndarray | None] = []
    for size in SIZES:
        own = (chance.normal(size=size) * 1e-5).astype(np.float32)
        own[chance.integers(0, size, size // 3)] = chance.choice(odd, size // 3)
        made.append(own)
    made[1] = None
    return made


def class_of(value: float) -> int:
    if not np.isfinite(value):
        return NOT_FINITE
    if abs(value) > np.float32(1e-5):
        return LARGER
    return ZERO if value == 0 else NEGATIVE if value < 0 else POSITIVE


def columns(record: schema.SignBitsRecord, bands: list[schema.Band], n_columns: int) -> list[int]:
    """The class of each column, one after the other, as FORMAT.md says."""
    bits = np.unpackbits(np.asarray(record.bits), axis=1)[:, :n_columns]
    found = [{(0, 0): LARGER, (1, 0): NEGATIVE, (0, 1): POSITIVE, (1, 1): ZERO}[int(a), int(b)] for a, b in bits.T]
    if record.not_finite is not None:
        for column in np.flatnonzero(np.unpackbits(np.asarray(record.not_finite))[:n_columns]):
            assert found[column] == LARGER
            found[column] = NOT_FINITE
    for number in record.no_gradient:
        band = bands[number]
        assert set(found[band.first : band.first + band.columns]) <= {LARGER}
        found[band.first : band.first + band.columns] = [NO_GRADIENT] * band.columns
    return found


def written(own: list[np.ndarray | None], sign_columns: int = 0, dtype: type = np.float32) -> tuple[Lines, SignRows]:
    rows = SignRows(SPECS, InsightOptions(sign_columns=sign_columns), dtype)
    lines = Lines()
    rows.write(lines, 30, own)  # type: ignore[arg-type]
    return lines, rows


@pytest.mark.parametrize("sign_columns", [0, 500, 12])
@pytest.mark.parametrize("bad", [[], [np.nan, np.inf, -np.inf]])
def test_that_every_column_is_the_class_of_its_gradient(sign_columns: int, bad: list[float]) -> None:
    own = gradients()
    for place, value in enumerate(bad):
        own[2][place * 300 : place * 300 + 60] = value  # type: ignore[index]
    (overview, bits), rows = written(own, sign_columns)

    expected: list[int] = []
    for number, (band, gradient) in enumerate(zip(rows.bands, own, strict=True)):
        kept = np.linspace(0, band.size - 1, band.columns).round().astype(int)
        expected += [NO_GRADIENT] * band.columns if gradient is None else [class_of(each) for each in gradient[kept]]
        assert number == 1 or gradient is not None
    assert rows.n_columns == len(expected)
    assert columns(bits, rows.bands, rows.n_columns) == expected
    assert (overview.no_gradient, bits.no_gradient) == ([1], [1])
    for start in range(0, len(expected), 256):
        group = expected[start : start + 256]
        shares = np.asarray(overview.overview)[:, start // 256].tolist()
        assert shares == [-(-255 * group.count(each) // len(group)) for each in (NEGATIVE, POSITIVE, ZERO)]
        share = 0 if overview.not_finite is None else int(np.asarray(overview.not_finite)[start // 256])
        assert share == -(-255 * group.count(NOT_FINITE) // len(group))


def test_that_a_row_without_any_is_as_it_was() -> None:
    own = gradients()
    own[1] = np.zeros(7, np.float32)

    for record in written(own)[0]:
        assert (record.not_finite, record.no_gradient) == (None, [])


def test_that_a_float64_gradient_is_not_rounded_to_zero_or_infinity() -> None:
    own = [np.zeros(size) for size in SIZES]
    own[0][:3] = 1e-60, -1e-60, 1e200
    (_, bits), rows = written(own, dtype=np.float64)

    assert columns(bits, rows.bands, rows.n_columns)[:4] == [POSITIVE, NEGATIVE, LARGER, ZERO]


@pytest.mark.parametrize("n_columns", [256, 512])
def test_that_a_group_that_fills_its_bound_exactly_is_one_group(n_columns: int) -> None:
    rows = SignRows([ParameterSpec("fc", "w", n_columns)], InsightOptions(), np.float32)
    lines = Lines()
    rows.write(lines, 0, [np.full(n_columns, -1e-6, np.float32)])  # type: ignore[arg-type]

    assert np.asarray(lines[0].overview).tolist() == [
        [255] * (n_columns // 256),
        [0] * (n_columns // 256),
        [0] * (n_columns // 256),
    ]
    assert np.asarray(lines[1].bits).shape == (2, n_columns // 8)


def test_that_all_columns_are_kept_where_there_are_exactly_as_many_as_may_be() -> None:
    rows = SignRows(SPECS, InsightOptions(sign_columns=sum(SIZES)), np.float32)

    assert [(band.columns, band.size) for band in rows.bands] == [(size, size) for size in SIZES]
    assert SignRows(SPECS, InsightOptions(sign_columns=sum(SIZES) - 1), np.float32).bands[2].columns < 700


def test_that_a_new_row_can_be_opened_by_the_reader(tmp_path: Path) -> None:
    from collector import open_collection

    rows = SignRows(SPECS, InsightOptions(), np.float32)
    insight = schema.Insight(0, [1e-5], 1012, 1012, sign_interval=30, sign_columns=rows.n_columns, bands=rows.bands)
    run_of = schema.Run("2026-01-01T00:00:00+00:00", 10, 0)
    header = schema.Header(schema.FORMAT, schema.VERSION, run_of, [], insight=insight)
    log = RunLog(tmp_path / "run.json", header, overwrite=True)
    own = gradients()
    own[0][:5] = np.nan  # type: ignore[index]
    rows.write(log, 0, own)
    log.close()

    with open_collection(tmp_path / "run.json") as collection:
        found = collection.signs.columns(0, 0, rows.n_columns)
        expected = [class_of(each) for each in own[0]]  # type: ignore[union-attr]
        assert list(found[5:300]) == expected[5:]
        assert len(collection.signs) == 1
