"""Arrays as base64."""

import base64
import json
import subprocess
import sys
import zlib
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from collector.storage import blocks
from collector.storage.blocks import (
    DTYPES,
    MAX_BLOCK_BYTES,
    MAX_INFLATED_BYTES,
    Block,
    block_pieces,
    to_array,
    to_block,
    to_rows,
    to_whole_numbers,
)
from collector.storage.errors import BlockError

SHAPES = hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=9)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Any array that a collection can hold: every type, byte order, memory order and shape; NaN and Inf included."""
    dtype = np.dtype(draw(st.sampled_from(sorted(DTYPES)))).newbyteorder(draw(st.sampled_from("<>")))
    array = draw(hnp.arrays(dtype, draw(SHAPES)))
    if draw(st.booleans()):
        array = array.T
    if array.ndim and draw(st.booleans()):
        array = array[::-2]
    return array


@pytest.fixture(params=["pybase64", "base64"])
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which base64 text is made and read."""
    module = pytest.importorskip(request.param)
    monkeypatch.setattr(blocks, "b64encode", module.b64encode)
    monkeypatch.setattr(blocks, "b64decode", module.b64decode)


def as_text(array: np.ndarray) -> bytes:
    return b"".join(block_pieces(array))


def same(read: np.ndarray, written: np.ndarray) -> bool:
    """Same type, shape and bits."""
    return (
        read.dtype.str == written.dtype.newbyteorder("<").str
        and read.shape == written.shape
        and read.tobytes() == written.astype(written.dtype.newbyteorder("<")).tobytes()
    )


@given(arrays())
def test_that_every_array_comes_back_bit_for_bit(array: np.ndarray) -> None:
    assert same(to_array(msgspec.json.decode(as_text(array), type=Block)), array)


@given(arrays(), st.booleans())
def test_that_a_block_in_memory_is_the_block_in_the_file(array: np.ndarray, compress: bool) -> None:
    block = to_block(array, compress=compress)
    assert same(to_array(msgspec.json.decode(msgspec.json.encode(block), type=Block)), array)


@given(arrays())
def test_that_any_json_reader_understands_a_block(array: np.ndarray) -> None:
    block = json.loads(as_text(array))
    values = np.frombuffer(base64.b64decode(block["base64"]), block["dtype"]).reshape(block["shape"])
    assert same(values, array)


@pytest.mark.usefixtures("codec")
def test_that_both_base64_libraries_write_and_read_the_same() -> None:
    array = np.arange(1000, dtype=np.float32)
    assert base64.b64encode(array.tobytes()) in as_text(array)
    np.testing.assert_array_equal(to_array(to_block(array)), array)


@pytest.mark.usefixtures("codec")
@pytest.mark.parametrize("text", ["AAAA AA=", "AA=AAAA=", "AAAAA\nA=", "AAAAAA-_", "AAAAAAé=", "AAAAAAAA", "AAA====="])
def test_that_wrong_base64_is_refused(text: str) -> None:
    with pytest.raises(BlockError):
        to_array(Block("<f4", [1], text))


def test_that_pybase64_is_not_needed() -> None:
    program = """
import sys
sys.modules["pybase64"] = None
import numpy as np
from collector.storage import blocks
import base64
assert blocks.b64decode is base64.b64decode
assert blocks.to_array(blocks.to_block(np.arange(100.0)))[99] == 99
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


@pytest.mark.parametrize("dtype", ["<u2", "<u8", "<c8", "O", "U3", "datetime64[s]", "longdouble"])
def test_that_types_without_a_place_in_the_format_are_refused(dtype: str) -> None:
    array = np.zeros(3, dtype)
    with pytest.raises(BlockError, match="cannot be stored"):
        block_pieces(array)
    with pytest.raises(BlockError, match="cannot be stored"):
        to_block(array)


def test_that_nine_dimensions_are_refused() -> None:
    with pytest.raises(BlockError, match="larger"):
        block_pieces(np.zeros((1,) * 9))


def test_that_arrays_that_were_read_cannot_be_written_to() -> None:
    for value in (to_block(np.zeros(3)), to_block(np.zeros(3, bool)), [1.0, 2.0]):
        with pytest.raises(ValueError, match="read-only"):
            to_array(value)[0] = 1


@pytest.mark.parametrize("wrong", [[2], [4], [0], [3, 1, 0], [2, 2]])
def test_that_a_shape_that_the_text_does_not_fill_is_refused_before_it_is_decoded(
    wrong: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    block = to_block(np.zeros(3, np.float64))
    block.shape = wrong
    monkeypatch.setattr(blocks, "b64decode", None)
    with pytest.raises(BlockError, match="32 characters of base64"):
        to_array(block)


def test_that_a_text_one_byte_longer_than_its_shape_is_refused() -> None:
    # Both lengths are the same in base64, which comes in threes.
    with pytest.raises(BlockError, match="does not hold the 1 bytes"):
        to_array(Block("|u1", [1], base64.b64encode(b"ab").decode()))


@pytest.mark.parametrize("shape", [[2**29 + 1], [2**40], [2**53 - 1] * 8, [0, 2**53 - 1], [0, 2**40, 2**40]])
@pytest.mark.parametrize("codec_name", [None, "zlib"])
def test_that_a_huge_shape_is_refused_before_memory_is_taken(shape: list[int], codec_name: Any) -> None:
    with pytest.raises(BlockError, match="larger"):
        to_array(Block("<f4", shape, "", codec_name))


@pytest.mark.parametrize("shape", ["[-1]", "[1.5]", "[9007199254740992]", "[1,1,1,1,1,1,1,1,1]", '["3"]', "3", "null"])
def test_that_a_shape_that_is_no_list_of_counts_is_refused_at_the_border(shape: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"dtype":"<f4","shape":{shape},"base64":""}}', type=Block)


@pytest.mark.parametrize("dtype", [">f4", "f4", "<c8", "|O", "<f16", ""])
def test_that_an_unknown_type_is_refused_at_the_border(dtype: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps({"dtype": dtype, "shape": [0], "base64": ""}), type=Block)


def test_that_a_compressed_block_never_grows_beyond_its_shape() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000), 9)).decode()
    with pytest.raises(BlockError, match="does not hold the 4 bytes"):
        to_array(Block("<f4", [1], bomb, "zlib"))
    limit = MAX_INFLATED_BYTES // 4
    with pytest.raises(BlockError, match="larger"):
        to_array(Block("<f4", [limit + 1], bomb, "zlib"))


def test_that_inflating_stops_one_byte_after_the_shape() -> None:
    assert len(blocks._inflate(zlib.compress(bytes(10_000_000)), 100)) == 101


@pytest.mark.parametrize("kept", [0, 1, 10, -1])
def test_that_a_cut_off_compressed_block_is_refused(kept: int) -> None:
    content = zlib.compress(np.arange(1000.0).tobytes())
    with pytest.raises(BlockError):
        to_array(Block("<f8", [1000], base64.b64encode(content[:kept]).decode(), "zlib"))


def test_that_a_damaged_compressed_block_is_refused() -> None:
    content = bytearray(zlib.compress(np.arange(1000.0).tobytes()))
    content[-1] ^= 1  # the last byte belongs to the checksum
    with pytest.raises(BlockError, match="cannot be decoded"):
        to_array(Block("<f8", [1000], base64.b64encode(content).decode(), "zlib"))


def test_that_an_array_too_large_to_be_inflated_is_not_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MAX_INFLATED_BYTES", 100)
    assert to_block(np.zeros(26, np.float32), compress=True).codec is None
    assert to_block(np.zeros(25, np.float32), compress=True).codec == "zlib"


def test_that_the_writer_refuses_an_array_that_no_reader_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_BLOCK_BYTES < 2**32
    monkeypatch.setattr(blocks, "MAX_BLOCK_BYTES", 100)
    with pytest.raises(BlockError, match="larger"):
        block_pieces(np.zeros(26, np.float32))


def test_that_truth_values_are_0_or_1_whatever_the_bytes_were() -> None:
    read = to_array(Block("|b1", [4], base64.b64encode(bytes([0, 1, 2, 255])).decode(), None))
    assert read.dtype == bool
    assert read.view(np.uint8).tolist() == [0, 1, 1, 1]


def test_that_whole_numbers_come_as_int64_and_floats_in_their_place_are_refused() -> None:
    assert to_whole_numbers(to_block(np.arange(3, dtype=np.int16))).dtype == np.int64
    assert to_whole_numbers([1, 2]).tolist() == [1, 2]
    for value in (to_block(np.zeros(3)), to_block(np.zeros(3, bool)), [0.5]):
        with pytest.raises(BlockError):
            to_whole_numbers(value)


def test_that_what_was_written_yesterday_is_not_too_large_today() -> None:
    assert (MAX_BLOCK_BYTES, blocks.MAX_INFLATED_BYTES) == (2**31, 2**28)


def test_that_an_array_of_exactly_the_largest_size_is_written_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MAX_BLOCK_BYTES", 100)
    monkeypatch.setattr(blocks, "MAX_INFLATED_BYTES", 100)
    array = np.arange(25, dtype=np.float32)

    for block in (to_block(array), to_block(array, compress=True)):
        np.testing.assert_array_equal(to_array(block), array)
        block.shape = [26]
        with pytest.raises(BlockError, match="larger than a reader takes"):
            to_array(block)


def test_that_eight_dimensions_are_written_and_read() -> None:
    array = np.arange(2.0**8).reshape((2,) * 8)

    np.testing.assert_array_equal(to_array(to_block(array)), array)


@given(
    st.sampled_from(["<f4", "<f2", "|u1", "|b1", "<f8"]),
    st.lists(st.integers(0, 5), min_size=1, max_size=3),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from(["block", "zlib", "list"]),
)
def test_that_rows_are_those_of_the_whole_array(dtype: str, shape: list[int], start: int, more: int, form: str) -> None:
    array = (np.arange(np.prod(shape)) % 7).astype(dtype).reshape(shape)
    value = (
        array.tolist() if form == "list" and array.size and dtype != "|b1" else to_block(array, compress=form == "zlib")
    )
    found = to_rows(value, start, start + more, dtype)
    np.testing.assert_array_equal(found, to_array(value, dtype)[start : start + more])
    assert found.dtype == np.dtype(dtype) and not found.flags.writeable


def test_that_damage_in_other_rows_is_not_met_and_in_the_rows_it_is() -> None:
    block = to_block(np.zeros((4, 30), np.float32))
    block.base64 = "?" + block.base64[1:]
    assert (to_rows(block, 1, 4) == 0).all()
    with pytest.raises(BlockError, match="decoded"):
        to_rows(block, 0, 1)
    block.base64 = block.base64[4:]
    with pytest.raises(BlockError, match="characters"):
        to_rows(block, 1, 2)
