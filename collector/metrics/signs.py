"""The sign raster: which gradients are near zero, and on which side of it, in two bits a parameter."""

import numpy as np

GROUP = 256
"""Columns that the overview sums up in one."""

_WORDS = GROUP // 64
_CHUNK = 262_144  # whose four truth values a parameter stay in the processor's cache; a multiple of 8


def sign_bits(flat: np.ndarray, threshold: float) -> np.ndarray:
    """Each gradient's class in a bit of two planes.

    Args:
        flat: float32 or float64 ``[D]``.
        threshold: near zero is |x| ≤ threshold, in the precision of the values.

    Returns:
        uint8 ``[2, ⌈D/8⌉]``, the first column in the highest bit: near zero and not positive, near zero and not
        negative. Both: exactly zero, of either sign. Neither: larger, or no number. The bits that fill the last
        byte are 0.
    """
    limit = flat.dtype.type(threshold)
    bits = np.empty((2, -(-flat.size // 8)), np.uint8)
    for start in range(0, flat.size, _CHUNK):
        part = flat[start : start + _CHUNK]
        to = slice(start // 8, start // 8 + -(-part.size // 8))
        # a comparison with NaN is False, without a warning
        bits[0, to] = np.packbits((part <= 0) & (part >= -limit))
        bits[1, to] = np.packbits((part >= 0) & (part <= limit))
    return bits


def not_finite_bits(flat: np.ndarray) -> np.ndarray | None:
    """Which gradients are NaN or Inf, uint8 ``[⌈D/8⌉]`` like a plane of `sign_bits`; None: none is."""
    is_finite = np.isfinite(flat)
    return None if is_finite.all() else np.packbits(~is_finite)


def sign_overview(bits: np.ndarray, n_columns: int) -> np.ndarray:
    """The shares of negative, positive and exactly zero among each 256 columns.

    Args:
        bits: uint8 ``[2, ⌈n_columns/8⌉]`` as `sign_bits` makes them.
        n_columns: number of columns.

    Returns:
        uint8 ``[3, ⌈n_columns/256⌉]``, see `shares`.
    """
    not_positive, not_negative = bits
    zero = not_positive & not_negative
    return np.stack([shares(plane, n_columns) for plane in (not_positive ^ zero, not_negative ^ zero, zero)])


def shares(plane: np.ndarray, n_columns: int) -> np.ndarray:
    """The share of set bits among each 256 columns of a plane, uint8 ``[⌈n_columns/8⌉]``.

    Returns:
        uint8 ``[⌈n_columns/256⌉]`` in 255ths of the group's columns, rounded up, so that a single one is not 0.
    """
    n_groups = -(-n_columns // GROUP)
    padded = np.zeros(n_groups * GROUP // 8, np.uint8)
    padded[: plane.size] = plane
    counts = np.bitwise_count(padded.view(np.uint64)).reshape(-1, _WORDS).sum(axis=1, dtype=np.uint32)
    sizes = np.full(n_groups, GROUP, np.uint32)
    if n_groups:
        sizes[-1] = n_columns - (n_groups - 1) * GROUP
    return ((counts * np.uint32(255) + sizes - np.uint32(1)) // sizes).astype(np.uint8)
