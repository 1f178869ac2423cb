"""Records to bytes. A record becomes pieces, and the long pieces (base64 text) are never copied into one line.

Joining them first was measured at several times the cost of everything else: it is all page faults.
"""

from typing import Any

import msgspec
import numpy as np

from collector.storage.blocks import block_pieces, little_endian
from collector.storage.errors import BlockError
from collector.storage.plain_lists import PLAIN_LIMIT, plain_list
from collector.storage.schema import SignBitsRecord

APART = 2**14
"""Letters of base64 from which they are a piece of their own: to check and write fewer takes longer than to copy."""

_MARK = b"\x00"
"""Stands where a block goes. JSON text never holds a NUL byte: inside strings it is written ``\\u0000``."""


def encode(record: msgspec.Struct) -> list[bytes]:
    """The JSON text of a record, whose array fields may hold NumPy arrays, as pieces to be written in order.

    Every second piece is the base64 of a block and nothing else: of the long ones, and in a row of the sign raster,
    which is read in parts, of all.

    Raises:
        BlockError: an array of a type the format does not know, or what is neither JSON nor NumPy, as a tensor.
    """
    apart = 1 if isinstance(record, SignBitsRecord) else APART
    blocks: list[tuple[bytes, bytes, bytes]] = []

    def stand_in(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            if value.size <= PLAIN_LIMIT and (plain := plain_list(little_endian(value))) is not None:
                return plain
            blocks.append(block_pieces(value))
            return msgspec.Raw(_MARK)
        number = value.item() if isinstance(value, np.generic) else value
        if isinstance(number, bool | int | float | str):
            return number
        raise BlockError(f"{type(value).__name__} cannot be stored in a collection")

    first, *others = msgspec.json.encode(record, enc_hook=stand_in).split(_MARK)
    pieces: list[bytes] = []
    text = [first]
    for (opening, letters, closing), following in zip(blocks, others, strict=True):
        if len(letters) < apart:
            text += (opening, letters, closing, following)
        else:
            pieces += (b"".join((*text, opening)), letters)
            text = [closing, following]
    return [*pieces, b"".join(text)]
