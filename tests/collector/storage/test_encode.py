"""Records as text."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.storage.encode import encode
from collector.storage.errors import BlockError
from collector.storage.schema import LayerRecord, NoteRecord, PassRecord, SignBitsRecord


def text_of(record: NoteRecord | PassRecord) -> bytes:
    return b"".join(encode(record))


@given(st.text())
def test_that_every_text_comes_back_and_stays_on_its_line(text: str) -> None:
    line = text_of(NoteRecord(0, text))
    assert b"\n" not in line
    assert json.loads(line)["text"] == text


def test_that_blocks_stand_where_their_fields_are() -> None:
    long = np.arange(100, dtype=np.float32)
    record = PassRecord(
        number=1,
        step=2,
        layers={"a\0b": LayerRecord(weight=long, bias=long[:2], weight_update=long[:65]), "c": LayerRecord()},
    )
    layers = json.loads(text_of(record))["layers"]
    assert layers["a\0b"]["weight"]["shape"] == [100]
    assert layers["a\0b"]["bias"] == [0.0, 1.0]
    assert layers["a\0b"]["weight_update"]["shape"] == [65]
    assert layers["c"] == {}


def test_that_every_second_piece_is_long_base64_and_not_copied_and_short_ones_are_joined() -> None:
    long, short = np.zeros((100, 40), np.float32), np.zeros((100, 10), np.float32)
    pieces = encode(
        PassRecord(0, 0, logits=short, layers={"a": LayerRecord(long, long, short), "b": LayerRecord(short)})
    )
    assert [len(piece) for piece in pieces[1::2]] == [4 * -(-16_000 // 3)] * 2
    assert len(pieces) == 5


def test_that_a_row_of_the_sign_raster_has_all_its_base64_in_pieces_of_its_own() -> None:
    pieces = encode(SignBitsRecord(0, np.zeros((2, 100), np.uint8), np.zeros(100, np.uint8)))
    assert [len(piece) for piece in pieces[1::2]] == [268, 136]


@pytest.mark.parametrize(("number", "text"), [(np.int64(3), b"3"), (np.float32(0.5), b"0.5"), (np.True_, b"true")])
def test_that_numbers_of_numpy_are_numbers(number: np.generic, text: bytes) -> None:
    assert b'"step":' + text in text_of(NoteRecord(number, ""))


@pytest.mark.parametrize(
    "value", [object(), np.longdouble(1), np.complex64(1), np.zeros(3, complex), np.zeros(3, np.uint64)]
)
def test_that_what_has_no_place_in_the_format_is_refused(value: object) -> None:
    with pytest.raises(BlockError, match="cannot be stored"):
        encode(NoteRecord(0, value))
