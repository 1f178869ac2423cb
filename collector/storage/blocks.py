"""Arrays inside JSON: short ones as plain lists that a person can read, long ones as base64 blocks.

A block is ``{"dtype":"<f4","shape":[24,576],"base64":"…"}``, optionally with ``"codec":"zlib"``. Its bytes are
the array in C order and little-endian, so a float32 costs 5.4 bytes of file and NaN and Inf survive, which plain
JSON numbers cannot express.
"""

import math
import zlib
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

try:
    # Several times faster than the standard library; the format is the same.
    from pybase64 import b64decode, b64encode
except ImportError:
    from base64 import b64decode, b64encode

PLAIN_LIMIT = 64
"""Arrays up to this many values are written as plain lists."""

MAX_BLOCK_BYTES = 2**32
"""A block that claims more bytes than this is refused before anything is allocated."""

DType = Literal["<f4", "<f2", "<f8", "<i4", "<i8", "<i2", "|i1", "|u1", "|b1"]
DTYPES: frozenset[str] = frozenset(DType.__args__)  # type: ignore[attr-defined]

Dimension = Annotated[int, msgspec.Meta(ge=0)]


class Block(msgspec.Struct, omit_defaults=True):
    """An array as base64 text."""

    dtype: DType
    shape: Annotated[list[Dimension], msgspec.Meta(max_length=8)]
    base64: str
    codec: Literal["zlib"] | None = None


Array = Block | list[Any]
"""How an array stands in the file: a block, or (nested) plain lists of numbers."""


class BlockError(ValueError):
    """The block's text does not hold what its shape and type promise."""


def is_plain(array: np.ndarray) -> bool:
    """Whether the array is written as lists: 1 to 64 values, at least one dimension, all of them finite.

    An empty array goes into a block, because lists would lose its shape.
    """
    if not 0 < array.size <= PLAIN_LIMIT or array.ndim == 0:
        return False
    return array.dtype.kind in "iu" or (array.dtype.kind == "f" and bool(np.isfinite(array).all()))


def little_endian(array: np.ndarray) -> np.ndarray:
    """The same values, contiguous and little-endian, in a type the format knows.

    Raises:
        BlockError: the type (complex, object, text …) has no place in a collection.
    """
    array = np.asarray(array)
    array = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    if array.dtype.str not in DTYPES:
        raise BlockError(f"arrays of type {array.dtype} cannot be stored; use one of {sorted(DTYPES)}")
    return array


def block_pieces(array: np.ndarray) -> tuple[bytes, bytes, bytes]:
    """The JSON text of a block in three pieces, so that the long one is never copied."""
    array = little_endian(array)
    shape = ",".join(map(str, array.shape))
    opening = f'{{"dtype":"{array.dtype.str}","shape":[{shape}],"base64":"'.encode()
    return opening, b64encode(memoryview(array).cast("B") if array.size else b""), b'"}'


def to_block(array: np.ndarray, *, compress: bool = False) -> Block:
    """The block of an array; ``compress`` pays for arrays of few different values."""
    array = little_endian(array)
    content = array.tobytes()
    codec: Literal["zlib"] | None = None
    if compress:
        content, codec = zlib.compress(content, 1), "zlib"
    dtype: Any = array.dtype.str
    return Block(dtype=dtype, shape=list(array.shape), base64=b64encode(content).decode(), codec=codec)


def to_array(value: Array, dtype: str = "<f4") -> np.ndarray:
    """The array that a block or plain list stands for.

    Args:
        value: what the file holds.
        dtype: the type of a plain list; a block says its own.

    Raises:
        BlockError: wrong length, broken base64 or zlib, ragged or non-numeric lists. Sizes are compared before
            anything is decoded.
    """
    if isinstance(value, Block):
        return _decode(value)
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise BlockError("a plain array holds something that is not a number")
        return array.astype(dtype)
    except (ValueError, OverflowError) as error:
        raise BlockError(f"a plain array cannot be read: {error}") from None


def _decode(block: Block) -> np.ndarray:
    n_bytes = math.prod(block.shape) * np.dtype(block.dtype).itemsize
    if n_bytes > MAX_BLOCK_BYTES:
        raise BlockError(f"a block of shape {block.shape} would need {n_bytes:,} bytes")
    if block.codec is None and len(block.base64) != 4 * -(-n_bytes // 3):
        raise BlockError(f"a block of shape {block.shape} holds {len(block.base64)} characters of base64")
    try:
        content = b64decode(block.base64, validate=True)
        if block.codec == "zlib":
            content = _inflate(content, n_bytes)
    except (ValueError, zlib.error) as error:
        raise BlockError(f"a block of shape {block.shape} cannot be decoded: {error}") from None
    if len(content) != n_bytes:
        raise BlockError(f"a block of shape {block.shape} holds {len(content):,} bytes, not {n_bytes:,}")
    return np.frombuffer(content, block.dtype).reshape(block.shape)


def _inflate(content: bytes, n_bytes: int) -> bytes:
    """Never more than the shape promises, whatever the compressed text would grow to."""
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(content, n_bytes + 1)
    if not inflater.eof and len(inflated) <= n_bytes:
        raise BlockError("the compressed text is cut off")
    return inflated
