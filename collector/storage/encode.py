"""Records to bytes. A record becomes pieces, and the long pieces (base64 text) are never copied into one line.

Joining them first was measured at several times the cost of everything else: it is all page faults.
"""

from typing import Any

import msgspec
import numpy as np

from collector.storage.blocks import block_pieces, little_endian
from collector.storage.errors import BlockError
from collector.storage.plain_lists import plain_list

_MARK = b"\x00"
"""Stands where a block goes. JSON text never holds a NUL byte: inside strings it is written ``\\u0000``."""


def encode(record: msgspec.Struct) -> list[bytes]:
    """The JSON text of a record, whose array fields may hold NumPy arrays, as pieces to be written in order.

    Raises:
        BlockError: an array of a type the format does not know, or what is neither JSON nor NumPy, as a tensor.
    """
    blocks: list[tuple[bytes, bytes, bytes]] = []

    def stand_in(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            value = little_endian(value)
            if (plain := plain_list(value)) is not None:
                return plain
            blocks.append(block_pieces(value))
            return msgspec.Raw(_MARK)
        number = value.item() if isinstance(value, np.generic) else value
        if isinstance(number, bool | int | float | str):
            return number
        raise BlockError(f"{type(value).__name__} cannot be stored in a collection")

    text = msgspec.json.encode(record, enc_hook=stand_in).split(_MARK)
    pieces = [text[0]]
    for block, following in zip(blocks, text[1:], strict=True):
        pieces += [*block, following]
    return pieces
