"""Arrays as (nested) lists of numbers, which a person can read."""

from itertools import chain
from typing import Any

import numpy as np

from collector.storage.errors import BlockError

PLAIN_LIMIT = 64
"""The writer puts arrays of up to this many values into lists; a reader takes lists of any length."""

MAX_DIMENSIONS = 8


def is_plain(array: np.ndarray) -> bool:
    """Whether the array is written as lists: 1 to 64 values, at least one dimension, all of them finite.

    An empty array goes into a block, because lists would lose its shape.
    """
    if not 0 < array.size <= PLAIN_LIMIT or array.ndim == 0:
        return False
    return array.dtype.kind in "iu" or (array.dtype.kind == "f" and bool(np.isfinite(array).all()))


def plain_array(values: list[Any], dtype: str) -> np.ndarray:
    """The array that the lists stand for.

    Raises:
        BlockError: ragged lists, something that is not a number, or a number that ``dtype`` cannot hold.
    """
    allowed = {int, float} if np.dtype(dtype).kind == "f" else {int}
    if not _kinds_of_values(values) <= allowed:
        raise BlockError("a plain array holds something that is not a number of its type")
    try:
        with np.errstate(over="raise"):
            return np.asarray(values, dtype)
    except (ValueError, ArithmeticError) as error:
        raise BlockError(f"a plain array cannot be read: {error}") from None


def _kinds_of_values(values: list[Any]) -> set[type]:
    """The types of the innermost values. NumPy is not asked, because it turns numbers next to one text into texts."""
    kinds = set(map(type, values))
    for _ in range(MAX_DIMENSIONS - 1):
        if kinds != {list}:
            break
        values = list(chain.from_iterable(values))
        kinds = set(map(type, values))
    return kinds
