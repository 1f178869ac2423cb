"""Arrays inside JSON: short ones as plain lists that a person can read, long ones as base64 blocks.

A block is ``{"dtype":"<f4","shape":[24,576],"base64":"…"}``, optionally with ``"codec":"zlib"``. Its bytes are
the array in C order and little-endian, so a float32 costs 5⅓ bytes of file and NaN and Inf survive, which plain
JSON numbers cannot express.
"""

import math
import zlib
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, get_args

import msgspec
import numpy as np

from collector.storage.errors import BlockError
from collector.storage.plain_lists import MAX_DIMENSIONS, plain_array

try:
    # Several times faster than the standard library; the format is the same.
    from pybase64 import b64decode, b64encode
except ImportError:
    from base64 import b64decode, b64encode  # type: ignore[assignment]

MAX_BLOCK_BYTES = 2**31
"""A block that claims more bytes than this is refused before anything is allocated."""

MAX_INFLATED_BYTES = 2**28
"""The same for a compressed block, whose text may be a thousand times smaller than what it claims."""

MAX_EMPTY = 2**20
"""An array without values may still have a shape, as ``[24, 0]``: of no more than so many things."""

MAX_COUNT = 2**53 - 1
"""The largest whole number that every JSON reader reads exactly."""

DType = Literal["<f4", "<f2", "<f8", "<i4", "<i8", "<i2", "|i1", "|u1", "|b1"]
DTYPES: frozenset[str] = frozenset(get_args(DType))
ITEM_BYTES = {dtype: np.dtype(dtype).itemsize for dtype in DTYPES}

Dimension = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]


class Block(msgspec.Struct, omit_defaults=True):
    """An array as base64 text."""

    dtype: DType
    shape: Annotated[list[Dimension], msgspec.Meta(max_length=MAX_DIMENSIONS)]
    base64: str
    """Of a record that is decoded part by part, where its letters stand; see `pass_text.Letters`."""
    codec: Literal["zlib"] | None = None


Array = Block | list[Any]
"""How an array stands in the file: a block, or (nested) plain lists of numbers."""


def little_endian(array: np.ndarray) -> np.ndarray:
    """The same values, contiguous and little-endian, in a type the format knows.

    Raises:
        BlockError: the type (complex, object, text …) or the size has no place in a collection.
    """
    array = np.asarray(array)
    is_as_written = array.dtype.str in DTYPES and array.flags.c_contiguous
    if not is_as_written and array.dtype.newbyteorder("<").str not in DTYPES:
        raise BlockError(f"arrays of type {array.dtype} cannot be stored; use one of {sorted(DTYPES)}")
    if array.ndim > MAX_DIMENSIONS or array.nbytes > MAX_BLOCK_BYTES:
        raise BlockError(f"an array of shape {array.shape} is larger than a reader takes")
    return array if is_as_written else array.astype(array.dtype.newbyteorder("<"), order="C")


def block_pieces(array: np.ndarray) -> tuple[bytes, bytes, bytes]:
    """The JSON text of a block in three pieces, so that the long one is never copied."""
    array = little_endian(array)
    shape = ",".join(map(str, array.shape))
    opening = f'{{"dtype":"{array.dtype.str}","shape":[{shape}],"base64":"'.encode()
    return opening, b64encode(array.data), b'"}'


def to_block(array: np.ndarray, *, compress: bool = False) -> Block:
    """The block of an array; ``compress`` pays for arrays of few different values."""
    array = little_endian(array)
    content = array.tobytes()
    codec: Literal["zlib"] | None = None
    if compress and len(content) <= MAX_INFLATED_BYTES:
        content, codec = zlib.compress(content, 1), "zlib"
    dtype: Any = array.dtype.str
    return Block(dtype=dtype, shape=list(array.shape), base64=b64encode(content).decode(), codec=codec)


CheckShape = Callable[[tuple[int, ...]], None]
"""Raises a `BlockError` where an array of this shape has no place there."""


def exactly(*wanted: int | None) -> CheckShape:
    """Only this shape, in which a length of None may be any."""

    def check(shape: tuple[int, ...]) -> None:
        if len(shape) != len(wanted) or any(b not in (None, a) for a, b in zip(shape, wanted, strict=True)):
            raise BlockError(f"it has shape {shape}, not {wanted}")

    return check


def one_for_each(n: int | None) -> CheckShape:
    """Any shape that begins with this length; with None, any length."""

    def check(shape: tuple[int, ...]) -> None:
        if not shape or n not in (None, shape[0]):
            raise BlockError(f"it has shape {shape}, of which the first length is not {n}")

    return check


def to_array(value: Array, dtype: str = "<f4", check: CheckShape = lambda shape: None) -> np.ndarray:
    """The array that a block or plain list stands for; it cannot be written to.

    Args:
        value: what the file holds.
        dtype: the type of a plain list; a block says its own.
        check: what shape it may have. A block is asked for its shape before it is decoded: a compressed one takes a
            thousand times the memory of its text.

    Raises:
        BlockError: wrong length, broken base64 or zlib, ragged or non-numeric lists. Sizes are compared before
            anything is decoded.
    """
    if isinstance(value, Block):
        check(tuple(value.shape))
        array = _decode(value)
    else:
        array = plain_array(value, dtype)
        check(array.shape)
    array.flags.writeable = False
    return array


def to_rows(
    value: Array, start: int, stop: int, dtype: str = "<f4", check: CheckShape = lambda shape: None
) -> np.ndarray:
    """``to_array(value)[start:stop]`` for 0 ≤ start ≤ stop; of a block no more than these rows is decoded.

    Raises:
        BlockError: as in `to_array`, but for damage in other rows.
    """
    if not isinstance(value, Block) or value.codec is not None or not value.shape:
        return to_array(value, dtype, check)[start:stop]
    check(tuple(value.shape))
    _check_size(value)
    kind = np.dtype(value.dtype)
    stop = min(stop, value.shape[0])
    start = min(start, stop)
    row_bytes = math.prod(value.shape[1:]) * kind.itemsize
    first, last = start * row_bytes // 3, -(-stop * row_bytes // 3)
    content = decode_base64(value.base64[4 * first : 4 * last])[start * row_bytes - 3 * first :]
    wanted = (stop - start) * row_bytes
    if len(content) < wanted:
        raise BlockError(f"a block of shape {value.shape} does not hold the {wanted:,} bytes that it should")
    array = _from_bytes(content[:wanted], kind, (stop - start, *value.shape[1:]))
    array.flags.writeable = False
    return array


def to_whole_numbers(value: Array, check: CheckShape = lambda shape: None) -> np.ndarray:
    """The int64 array that a block or plain list stands for; see `to_array`.

    Raises:
        BlockError: as in `to_array`, and where the numbers are not whole.
    """
    array = to_array(value, "<i8", check)
    if array.dtype.kind not in "iu":
        raise BlockError(f"an array of type {array.dtype} stands where whole numbers belong")
    return array.astype(np.int64, copy=False)


class MemoryTaken:
    """Bytes that arrays of a record take at most, by what they say of themselves, with texts of their own.

    Attributes:
        n_bytes: of all so far.
    """

    def __init__(self) -> None:
        self.n_bytes = self._inflated = 0

    def add(self, values: Iterable[Array]) -> None:
        """More arrays of the record.

        Raises:
            BlockError: its compressed blocks claim more than a reader takes of one record.
        """
        for value in values:
            if isinstance(value, Block):
                claimed = math.prod(value.shape) * ITEM_BYTES[value.dtype]
                self.n_bytes += claimed + (len(value.base64) if isinstance(value.base64, str) else 0)
                self._inflated += claimed if value.codec else 0
            else:
                self.n_bytes += _LISTED_BYTES * _n_numbers(value)
        if self._inflated > MAX_INFLATED_BYTES:
            raise BlockError(f"its compressed blocks would take {self._inflated:,} bytes of memory")


_LISTED_BYTES = 40
"""Of a number in a list: itself, its place, and its copy in an array."""


def _n_numbers(value: list[Any]) -> int:
    """In lists within lists, as deep as they go."""
    n, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        inner = [one for one in each if type(one) is list] if list in map(type, each) else []
        n += len(each) - len(inner)
        waiting += inner
    return n


def decode_base64(text: str | bytes) -> bytes:
    """The bytes that a text of base64 stands for.

    Raises:
        BlockError: it is no base64.
    """
    try:
        content: bytes = b64decode(text, validate=True)
    except ValueError as error:
        raise BlockError(f"its text cannot be decoded: {error}") from None
    return content


def _check_size(block: Block) -> int:
    """The bytes that its shape promises, which a reader takes and its text can hold."""
    dtype = np.dtype(block.dtype)
    n_bytes = math.prod(block.shape) * dtype.itemsize
    # One dimension of 0 must not hide that the others are beyond what NumPy can count.
    claimed = n_bytes or math.prod(max(1, length) for length in block.shape) * dtype.itemsize
    if claimed > (MAX_BLOCK_BYTES if block.codec is None else MAX_INFLATED_BYTES):
        raise BlockError(f"a block of shape {block.shape} is larger than a reader takes")
    if not n_bytes and claimed > MAX_EMPTY * dtype.itemsize:
        raise BlockError(f"a block of shape {block.shape} has no values, but claims more than a reader takes")
    if block.codec is None and len(block.base64) != 4 * -(-n_bytes // 3):
        raise BlockError(f"a block of shape {block.shape} holds {len(block.base64):,} characters of base64")
    return n_bytes


def _decode(block: Block) -> np.ndarray:
    n_bytes = _check_size(block)
    try:
        content = b64decode(block.base64[:], validate=True)  # of letters that stand elsewhere the checked text
        if block.codec == "zlib":
            content = _inflate(content, n_bytes)
    except (ValueError, zlib.error) as error:
        raise BlockError(f"a block of shape {block.shape} cannot be decoded: {error}") from None
    if len(content) != n_bytes:
        raise BlockError(f"a block of shape {block.shape} does not hold the {n_bytes:,} bytes that it should")
    return _from_bytes(content, np.dtype(block.dtype), tuple(block.shape))


def _from_bytes(content: bytes, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    if dtype.kind == "b":
        # NumPy trusts that a truth value is the byte 0 or 1.
        return (np.frombuffer(content, np.uint8) != 0).reshape(shape)
    return np.frombuffer(content, dtype).reshape(shape)


def _inflate(content: bytes, n_bytes: int) -> bytes:
    """At most one byte more than the shape promises, whatever the compressed text would grow to."""
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(content, n_bytes + 1)
    if not inflater.eof and len(inflated) <= n_bytes:
        raise BlockError("the compressed text is cut off")
    return inflated
