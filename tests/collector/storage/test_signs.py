"""The rows of the sign raster: any part of a row read by itself is that part of the whole."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.metrics.signs import sign_bits, sign_overview
from collector.storage import Collection, CollectionError, CollectionWriter, open_collection
from collector.storage.blocks import to_block
from collector.storage.checksums import PART
from collector.storage.schema import Band, Header, Insight, NoteRecord, SignBitsRecord, SignsRecord
from collector.storage.signs import NO_GRADIENT, NOT_FINITE
from tests.collector.storage.rewriting import plain

N_COLUMNS = 100_003


def gradients_of(step: int, n_columns: int = N_COLUMNS) -> np.ndarray:
    """Some gradients of a step: a third larger than the threshold, some exactly zero."""
    random = np.random.default_rng(step)
    return (random.normal(0, 1e-5, n_columns) * random.integers(0, 4, n_columns)).astype(np.float32)


def classes_of(flat: np.ndarray) -> np.ndarray:
    """The class of each gradient, looked at one by one."""
    return np.where(np.abs(flat) > np.float32(1e-5), 0, np.where(flat < 0, 1, np.where(flat > 0, 2, 3)))


def insight_of(n_columns: int) -> Insight:
    bands = [Band("fc", "weight", n_columns, 0, n_columns)]
    return Insight(
        1, [1e-5], parameters=n_columns, sample=n_columns, sign_interval=30, sign_columns=n_columns, bands=bands
    )


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory, make_header: Callable[..., Header]) -> Path:
    """A finished collection of rows at the steps 0, 30, 60 and 90, other records between them."""
    path = tmp_path_factory.mktemp("raster") / "run.json"
    with CollectionWriter(path, make_header(insight=insight_of(N_COLUMNS))) as writer:
        for step in range(0, 120, 30):
            bits = sign_bits(gradients_of(step), 1e-5)
            writer.write(SignsRecord(step, sign_overview(bits, N_COLUMNS)))
            writer.write(NoteRecord(step, "between the halves of a row"))
            writer.write(SignBitsRecord(step, bits))
    return path


@pytest.fixture(scope="module")
def whole(raster: Path) -> Collection:
    return open_collection(raster)


@given(row=st.integers(0, 3), start=st.integers(0, N_COLUMNS), length=st.integers(0, 3000))
def test_that_any_range_of_columns_is_that_part_of_the_row(
    whole: Collection, row: int, start: int, length: int
) -> None:
    part = whole.signs.columns(row, start, start + length)

    assert part.tolist() == classes_of(gradients_of(30 * row))[start : start + length].tolist()


@pytest.mark.parametrize(
    ("text", "other"), [(b'"no_gradient":[1]', b'"no_gradient":[0]'), (b'"step":30', b'"step":34')]
)
def test_that_what_stands_around_the_bits_of_a_row_is_checked_though_the_bits_are_read_in_parts(
    tmp_path: Path, make_header: Callable[..., Header], text: bytes, other: bytes
) -> None:
    path = tmp_path / "run.json"
    bands = [Band("fc", name, 40_000, first, 40_000) for name, first in (("weight", 0), ("bias", 40_000))]
    insight = Insight(1, [1e-5], 80_000, 80_000, sign_interval=30, sign_columns=80_000, bands=bands)
    with CollectionWriter(path, make_header(insight=insight)) as writer:
        for step in (0, 30):
            bits = sign_bits(gradients_of(step, 80_000), 1e-5)
            writer.write(SignsRecord(step, sign_overview(bits, 80_000), no_gradient=[1]))
            writer.write(SignBitsRecord(step, bits, no_gradient=[1]))
    content = path.read_bytes()
    line = content.rindex(b'{"record":"sign_bits"')
    path.write_bytes(content[:line] + content[line:].replace(text, other, 1))

    with open_collection(path) as collection, pytest.raises(CollectionError, match="sign raster"):
        collection.signs.columns(1, 0, 64)


@given(start=st.integers(0, N_COLUMNS // 8 + 9), length=st.integers(0, 100))
def test_that_any_range_of_bytes_is_that_part_of_both_planes(whole: Collection, start: int, length: int) -> None:
    part = whole.signs.bits(2, start, start + length)

    assert np.array_equal(part, sign_bits(gradients_of(60), 1e-5)[:, start : start + length])


def test_that_the_rows_have_their_steps_and_overviews(whole: Collection) -> None:
    assert whole.signs.steps.tolist() == [0, 30, 60, 90]
    assert (len(whole.signs), whole.signs.n_columns) == (4, N_COLUMNS)
    for row in range(4):
        overview = sign_overview(sign_bits(gradients_of(30 * row), 1e-5), N_COLUMNS)
        assert np.array_equal(whole.signs.overview(row), overview)


def test_that_a_few_columns_cost_a_few_bytes(raster: Path, bytes_read: Callable[[], int]) -> None:
    with open_collection(raster) as collection:
        collection.signs.columns(1, 0, 8)
        before = bytes_read()
        collection.signs.columns(1, 12_345, 12_445)
        assert bytes_read() - before <= 2 * 2 * PART


@pytest.mark.parametrize("kind", ["zlib", "plain lists", "other order of fields"])
def test_that_rows_of_another_writer_are_read_as_a_whole(
    kind: str, tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    n_columns = 100
    bits = sign_bits(gradients_of(7, n_columns), 1e-5)
    block = to_block(bits, compress=kind == "zlib")
    stored = bits.tolist() if kind == "plain lists" else msgspec.to_builtins(block)
    record: dict[str, object] = {"record": "sign_bits", "step": 7, "bits": stored}
    if kind == "other order of fields":
        record = {"step": 7, "bits": stored, "record": "sign_bits"}
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header(insight=insight_of(n_columns))) as writer:
        writer.write(SignsRecord(7, sign_overview(bits, n_columns)))
    written = plain(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(b"".join([*written[:-1], b",", msgspec.json.encode(record), b"\n"]))
    with open_collection(path) as collection:
        assert collection.signs.steps.tolist() == [7]
        assert collection.signs.columns(0, 3, 60).tolist() == classes_of(gradients_of(7, n_columns))[3:60].tolist()
        assert not collection.damaged


def test_that_a_raster_cut_at_any_byte_has_the_rows_of_which_both_records_are_whole(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    path = tmp_path / "run.json"
    ends: list[int] = []
    with CollectionWriter(path, make_header(insight=insight_of(70))) as writer:
        header_end = path.stat().st_size
        for step in (0, 30):
            bits = sign_bits(gradients_of(step, 70), 1e-5)
            writer.write(SignsRecord(step, sign_overview(bits, 70)))
            writer.write(SignBitsRecord(step, bits))
            ends.append(path.stat().st_size - 1)
    for size in range(ends[-1] + 1, header_end, -1):
        os.truncate(path, size)
        with open_collection(path) as collection:
            assert len(collection.signs) == sum(end <= size for end in ends), size
            for row in range(len(collection.signs)):
                classes = classes_of(gradients_of(30 * row, 70))
                assert collection.signs.columns(row, 0, 70).tolist() == classes.tolist()
            assert not collection.damaged


def test_that_rows_are_added_while_the_run_goes_on(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    path = tmp_path / "run.json"
    bits = sign_bits(gradients_of(0, 70), 1e-5)
    with CollectionWriter(path, make_header(insight=insight_of(70))) as writer, open_collection(path) as collection:
        for n_rows in range(1, 4):
            writer.write(SignsRecord(30 * n_rows, sign_overview(bits, 70)))
            collection.refresh()
            assert len(collection.signs) == n_rows - 1
            writer.write(SignBitsRecord(30 * n_rows, bits))
            collection.refresh()
            assert collection.signs.steps.tolist() == [30 * row for row in range(1, n_rows + 1)]


def spoiled(raster: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> Collection:
    """The file after a change of its bytes, opened."""
    path = tmp_path / "spoiled.json"
    path.write_bytes(spoil(raster.read_bytes()))
    return open_collection(path)


def test_that_a_damaged_row_is_refused_in_words_and_the_others_are_read(raster: Path, tmp_path: Path) -> None:
    bits = b'{"record":"sign_bits","step":30,'
    with spoiled(raster, tmp_path, lambda content: spoil_text(content, content.index(bits))) as collection:
        with pytest.raises(CollectionError, match=r"the row of step 30 of the sign raster, at byte .* cannot be read"):
            collection.signs.columns(1, 0, 100)
        assert collection.signs.columns(2, 0, 100).tolist() == classes_of(gradients_of(60))[:100].tolist()


def spoil_text(content: bytes, at: int) -> bytes:
    """Put letters into a block that are no base64."""
    text = content.index(b'"base64":"', at) + 10
    return content[: text + 8] + b"!!!!" + content[text + 12 :]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"signs","step":30,"overview":{"dtype":"|u1"', b'"signs","step":30,"overview":{"dtype":"|i1"'),
        (
            b'"signs","step":30,"overview":{"dtype":"|u1","shape":[3,',
            b'"signs","step":30,"overview":{"dtype":"|u1","shape":[9,',
        ),
        (b'"signs","step":30,"overview":{', b'"signs","step":30,"overview":['),
    ],
    ids=["another type", "another shape", "no JSON"],
)
def test_that_a_damaged_overview_is_refused_in_words(raster: Path, tmp_path: Path, before: bytes, after: bytes) -> None:
    with spoiled(raster, tmp_path, lambda content: content.replace(before, after)) as collection:
        with pytest.raises(CollectionError, match="the row of step 30 of the sign raster"):
            collection.signs.overview(1)
        assert collection.signs.overview(2).any()


def test_that_a_row_of_another_size_than_the_header_says_is_refused(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    path = tmp_path / "run.json"
    bits = sign_bits(gradients_of(0, 700), 1e-5)
    with CollectionWriter(path, make_header(insight=insight_of(300))) as writer:
        writer.write(SignsRecord(0, sign_overview(bits, 700)))
        writer.write(SignBitsRecord(0, bits))
    with open_collection(path) as collection:
        for read in (lambda: collection.signs.columns(0, 0, 8), lambda: collection.signs.overview(0)):
            with pytest.raises(CollectionError, match="has shape"):
                read()


def test_that_a_step_that_does_not_rise_is_told_and_passed_over(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    path = tmp_path / "run.json"
    bits = sign_bits(gradients_of(0, 70), 1e-5)
    with CollectionWriter(path, make_header(insight=insight_of(70))) as writer:
        for step in (30, 30):
            writer.write(SignsRecord(step, sign_overview(bits, 70)))
            writer.write(SignBitsRecord(step, bits))
    with open_collection(path) as collection:
        assert collection.signs.steps.tolist() == [30]
        assert "not above" in collection.damaged[0]


def test_that_a_run_without_a_raster_has_no_rows(finished: Path) -> None:
    with open_collection(finished) as collection:
        assert (len(collection.signs), collection.signs.n_columns) == (0, 0)
        assert collection.signs.steps.tolist() == []


@pytest.mark.parametrize("is_block", [True, False], ids=["many columns", "few columns"])
@pytest.mark.parametrize("is_checked", [True, False], ids=["with checksums", "without"])
def test_that_what_is_not_finite_and_what_has_no_gradient_are_classes_of_their_own(
    tmp_path: Path, make_header: Callable[..., Header], is_block: bool, is_checked: bool
) -> None:
    n_columns = 9_001 if is_block else 101
    flat = gradients_of(1, n_columns)
    random = np.random.default_rng(2)
    is_missing = random.random(n_columns) < 0.2
    flat[is_missing] = np.where(random.random(is_missing.sum()) < 0.5, np.nan, np.inf)
    expected = classes_of(flat)
    expected[is_missing] = NOT_FINITE
    thirds = [0, n_columns // 3, 2 * n_columns // 3, n_columns]
    for first, last in (thirds[:2], thirds[2:]):
        expected[first:last] = NO_GRADIENT
    bands = [Band("fc", str(at), b - a, a, b - a) for at, (a, b) in enumerate(itertools.pairwise(thirds))]
    insight = msgspec.structs.replace(insight_of(n_columns), bands=bands)
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header(insight=insight)) as writer:
        bits = sign_bits(flat, 1e-5)
        shares = np.full(-(-n_columns // 256), 51, np.uint8)
        writer.write(SignsRecord(0, sign_overview(bits, n_columns), shares, [0, 2]))
        writer.write(SignBitsRecord(0, bits, np.packbits(is_missing), [0, 2]))
        writer.write(SignsRecord(30, sign_overview(bits, n_columns)))
        writer.write(SignBitsRecord(30, bits))
    if not is_checked:
        path.write_bytes(plain(path.read_bytes()))
    with open_collection(path) as collection:
        signs = collection.signs
        for start in (0, 5, thirds[1] - 3, thirds[2] - 3, n_columns - 9):
            assert signs.columns(0, start, start + 30).tolist() == expected[start : start + 30].tolist()
        assert signs.columns(0, 0, n_columns).tolist() == expected.tolist()
        assert np.unpackbits(signs.not_finite(0, 0, n_columns))[:n_columns].tolist() == is_missing.tolist()
        assert signs.not_finite_overview(0).tolist() == shares.tolist()
        assert signs.no_gradient(0) == (0, 2)
        # An earlier Strobe tells of neither.
        assert (signs.columns(1, 0, n_columns) < NOT_FINITE).all()
        assert (signs.no_gradient(1), signs.not_finite(1, 0, 9).any(), signs.not_finite_overview(1).any()) == ((), 0, 0)
        assert not collection.damaged


def test_that_a_band_without_a_gradient_that_is_none_is_refused(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    path = tmp_path / "run.json"
    bits = sign_bits(gradients_of(0, 700), 1e-5)
    with CollectionWriter(path, make_header(insight=insight_of(700))) as writer:
        writer.write(SignsRecord(0, sign_overview(bits, 700)))
        writer.write(SignBitsRecord(0, bits, None, [1]))
    with open_collection(path) as collection, pytest.raises(CollectionError, match="none that the first line names"):
        collection.signs.columns(0, 0, 8)
