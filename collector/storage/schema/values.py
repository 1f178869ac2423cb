"""Kinds of values in a collection's records."""

from math import isnan
from typing import Annotated, Literal

import msgspec

from collector.storage.blocks import MAX_COUNT

N_HISTOGRAM_BINS = 129

Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
Scalar = float | Literal["nan", "inf", "-inf"] | None
"""One number; JSON has no NaN or Inf, so those three are words. ``null`` means not recorded."""

Option = str | int | float | bool | None


def scalar(value: float | None) -> Scalar:
    """A number as the file holds it."""
    if value is None or float("-inf") < value < float("inf"):
        return value
    return "nan" if isnan(value) else "inf" if value > 0 else "-inf"


def number(value: Scalar) -> float | None:
    """The number a scalar of the file stands for; None where it was not recorded."""
    return None if value is None else float(value)
