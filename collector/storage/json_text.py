"""JSON text to typed values, with one error for all the ways in which text can be wrong."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


class JsonTextError(ValueError):
    """The text is not JSON, or its values are not of the promised types."""


def decode(text: bytes, kind: type[T]) -> T:
    """The value that the text stands for. Fields that ``kind`` does not have are passed over.

    Raises:
        JsonTextError: cut off, not UTF-8, nested too deeply, a wrong type or range.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError:
        raise JsonTextError("JSON is nested too deeply") from None
    except ValueError as error:
        # msgspec's errors and a failed UTF-8 decoding are both a ValueError.
        raise JsonTextError(str(error)) from None
