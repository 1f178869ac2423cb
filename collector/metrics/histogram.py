"""How many values there are of each sign and power of two."""

from collections.abc import Hashable, Mapping, Sequence
from math import gcd, prod
from typing import TypeVar

import numpy as np

from collector.storage.schema import N_HISTOGRAM_BINS

Key = TypeVar("Key", bound=Hashable)

MOST_COUNTED = 2**20
"""Of a parameter with more values than this, evenly spread ones are counted, about so many."""
MOST_OF_MODEL, LEAST_COUNTED = 2**21, 2**12
"""Of a model with more values than the first evenly spread ones are counted, about so many in all, and of each
parameter as many as the second, if it has them."""

_ZERO = N_HISTOGRAM_BINS // 2
_LEAST = -48
"""2⁻⁴⁸: what is smaller counts as zero."""

_HEADS = {4: (np.uint32, 23, 127), 8: (np.uint64, 52, 1023)}
"""Bytes of a number → the whole number of so many, the bits of its fraction, and its exponent of 1."""


def histogram(array: np.ndarray) -> np.ndarray:
    """Counts of float32 or float64 values by sign and power of two, int64 ``[129]``, of an array of any shape.

    Bin 64 counts |x| < 2⁻⁴⁸; bin 65 + e counts 2^(e−48) ≤ x < 2^(e−47), bin 63 − e the same of −x; the first and the
    last bin also count all that lies beyond them, and what is not finite is in none.
    """
    whole, fraction, one = _HEADS[array.dtype.itemsize]
    bits = array.ravel().view(whole)
    # A number begins with its sign and its exponent.
    n_exponents = 2 * one + 2
    of_heads = np.bincount((bits >> whole(fraction)).astype(np.int16), minlength=2 * n_exponents)
    counts = np.zeros(N_HISTOGRAM_BINS, np.int64)
    for of_exponents, sign in ((of_heads[:n_exponents], 1), (of_heads[n_exponents:], -1)):
        counts[_ZERO] += of_exponents[: one + _LEAST].sum()
        kept = of_exponents[one + _LEAST : n_exponents - 1]  # the last is what NaN and Inf have
        kept[_ZERO - 1] += kept[_ZERO:].sum()
        counts[_ZERO + sign : None if sign > 0 else -1 - N_HISTOGRAM_BINS : sign] = kept[:_ZERO]
    return counts


def counting_step(shape: Sequence[int], of_model: int = 0) -> int:
    """Each how manieth value of a parameter is counted; it shares no factor with a dimension, so that all rows and
    columns have their part.

    Args:
        of_model: values of the whole model.
    """
    n = prod(shape)
    most = MOST_COUNTED
    if of_model > MOST_OF_MODEL:
        most = min(most, max(LEAST_COUNTED, n * MOST_OF_MODEL // of_model))
    step = -(-n // most)
    while step > 1 and any(gcd(step, n) > 1 for n in shape):
        step += 1
    return max(1, step)


def spread_histogram(array: np.ndarray, step: int) -> np.ndarray:
    """The same of each so manieth value, each counted for as many."""
    return histogram(array) if step == 1 else step * histogram(array.ravel()[::step].copy())


def summed_by_layer(counts: Mapping[Key, np.ndarray], layers: Mapping[str, Sequence[Key]]) -> dict[str, np.ndarray]:
    """Layer → the counts ``[129]`` of its parameters together; a layer without any is left out.

    Args:
        counts: of each parameter that has any, as `histogram` gives them.
        layers: layer → its parameters. One that several layers share counts in each.
    """
    present = {layer: [counts[key] for key in keys if key in counts] for layer, keys in layers.items()}
    return {layer: np.sum(own, axis=0) for layer, own in present.items() if own}
