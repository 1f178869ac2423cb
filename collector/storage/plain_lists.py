"""Arrays as (nested) lists of numbers, which a person can read."""

import math
from itertools import chain
from typing import Any

import numpy as np

from collector.storage.errors import BlockError

PLAIN_LIMIT = 64
"""The writer puts arrays of up to this many values into lists; a reader takes lists of any length."""

MAX_DIMENSIONS = 8

_WORDS = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}


def plain_list(array: np.ndarray) -> list[Any] | None:
    """The array as lists, if it is written so: 1 to 64 numbers, at least one dimension, all of them finite.

    An empty array goes into a block, because lists would lose its shape.
    """
    kind = array.dtype.kind
    if not 0 < array.size <= PLAIN_LIMIT or array.ndim == 0 or kind not in "iuf":
        return None
    values = array.tolist()
    flat = values if array.ndim == 1 else array.ravel().tolist()
    # NumPy takes three times as long to ask as few numbers.
    return values if kind != "f" or all(map(math.isfinite, flat)) else None


def plain_array(values: list[Any], dtype: str) -> np.ndarray:
    """The array that the lists stand for.

    Args:
        values: (nested) lists of numbers; ``"nan"``, ``"inf"`` and ``"-inf"`` are numbers of floating point.
        dtype: of the place where they stand. Floating-point numbers that it cannot hold exactly are float64.

    Raises:
        BlockError: ragged lists, something that is not a number, or a number that ``dtype`` cannot hold.
    """
    is_float = np.dtype(dtype).kind == "f"
    kinds = _kinds_of_values(values)
    if is_float and str in kinds:
        values = _worded(values)
        kinds.discard(str)
    if not kinds <= ({int, float} if is_float else {int}):
        raise BlockError("a plain array holds something that is not a number of its type")
    try:
        array = np.asarray(values, "<f8" if is_float else dtype)
    except (ValueError, ArithmeticError) as error:
        raise BlockError(f"a plain array cannot be read: {error}") from None
    if not is_float or array.dtype == dtype:
        return array
    with np.errstate(all="ignore"):
        narrow = array.astype(dtype)
    return narrow if np.array_equal(narrow, array, equal_nan=True) else array


def as_float32(array: np.ndarray) -> np.ndarray:
    """The numbers as float32.

    Raises:
        BlockError: one is too large for that.
    """
    try:
        with np.errstate(over="raise", under="ignore", invalid="ignore"):
            return array.astype(np.float32, copy=False)
    except FloatingPointError:
        raise BlockError("a plain array holds a number that is too large for its type") from None


def holds_whole_numbers(value: object) -> bool:
    """Whether these are lists of whole numbers, written without a point, and nothing else."""
    return isinstance(value, list) and _kinds_of_values(value) == {int}


def _worded(values: list[Any]) -> list[Any]:
    """The lists with numbers in place of the three words.

    Raises:
        BlockError: a text that is none of them.
    """
    if values and isinstance(values[0], list):
        return [_worded(each) for each in values]
    try:
        return [_WORDS[each] if isinstance(each, str) else each for each in values]
    except KeyError:
        raise BlockError("a plain array holds a text that is no number") from None


def _kinds_of_values(values: list[Any]) -> set[type]:
    """The types of the innermost values. NumPy is not asked, because it turns numbers next to one text into texts."""
    kinds = set(map(type, values))
    for _ in range(MAX_DIMENSIONS - 1):
        if kinds != {list}:
            break
        values = list(chain.from_iterable(values))
        kinds = set(map(type, values))
    return kinds
