"""Shares of classes of gradients in groups of columns and rows of the sign raster.

The classes are negative, positive, exactly zero, not finite, and no gradient; the rest is larger than the threshold.

Shares are uint8 in 255ths, rounded up, so that a single value among any number is never 0.
"""

from collections.abc import Iterable

import numpy as np

N_CLASSES = 5


def shares_of_bits(bits: np.ndarray, level: int, n_columns: int) -> np.ndarray:
    """The shares of each ``2**level`` columns.

    Args:
        bits: uint8 ``[R, 4, B]`` of rows: the two planes of `schema.SignBitsRecord`, what is not finite, and what has
            no gradient.
        level: 0 to 7, so that no count is above 128.
        n_columns: true number of columns, at most 8·B; the last group may be short.

    Returns:
        uint8 ``[5, R, ⌈n_columns / 2**level⌉]``.
    """
    zero = bits[:, 0] & bits[:, 1]
    classes = [bits[:, 0] ^ zero, bits[:, 1] ^ zero, zero]
    if bits[:, 2:].any():  # hardly ever
        classes += [bits[:, 2], bits[:, 3]]
    planes = np.stack(classes)
    if level >= 3:
        counts = _folded(np.bitwise_count(planes), level - 3)
    else:
        counts = _folded(np.unpackbits(planes, axis=-1, count=n_columns), level)
    n_groups = -(-n_columns >> level)
    shares = np.zeros((N_CLASSES, len(bits), n_groups), np.uint8)
    shares[: len(planes)] = _in_255ths(counts[..., :n_groups], 255, _sizes(n_columns, level))
    return shares


def bits_of_spans(spans: Iterable[tuple[int, int]], start: int, stop: int) -> np.ndarray:
    """The bytes ``start`` ≤ byte < ``stop`` whose bits are set in spans ``first`` ≤ column < ``last``, uint8."""
    is_inside = np.zeros(8 * (stop - start), bool)
    for first, last in spans:
        is_inside[max(0, first - 8 * start) : max(0, last - 8 * start)] = True
    return np.packbits(is_inside)


def shares_of_spans(spans: Iterable[tuple[int, int]], level: int, n_columns: int) -> np.ndarray:
    """The share of each ``2**level`` columns that lies in spans, none of which overlap, uint8 ``[G]``."""
    borders = np.minimum(np.arange(-(-n_columns >> level) + 1, dtype=np.int64) << level, n_columns)
    counts = np.zeros(len(borders) - 1, np.int64)
    for first, last in spans:
        counts += np.diff(np.clip(borders, first, last))
    return _in_255ths(counts, 255, _sizes(n_columns, level))


def pooled_columns(shares: np.ndarray, level: int) -> np.ndarray:
    """The shares of each ``2**level`` groups together, uint8 ``[5, R, ⌈G / 2**level⌉]`` of uint8 ``[5, R, G]``."""
    if level == 0:
        return shares
    return _in_255ths(_folded(shares.astype(np.uint32), level), 1, _sizes(shares.shape[-1], level))


def pooled_rows(shares: np.ndarray, is_readable: np.ndarray, level: int) -> tuple[np.ndarray, np.ndarray]:
    """The shares of each ``2**level`` rows together, as far as they could be read.

    Args:
        shares: uint8 ``[5, R, G]``.
        is_readable: bool ``[R]``.

    Returns:
        uint8 ``[5, ⌈R / 2**level⌉, G]`` and bool ``[⌈R / 2**level⌉]``, whether any row of the group could be read.
    """
    if level == 0:
        return shares, is_readable
    starts = np.arange(0, shares.shape[1], 2**level)
    sizes = np.add.reduceat(is_readable.astype(np.uint32), starts)
    sums = np.add.reduceat(shares, starts, axis=1, dtype=np.uint32)
    return _in_255ths(sums, 1, np.maximum(sizes, 1)[:, None]), sizes > 0


def counts_of_bits(bits: np.ndarray, start: int, stop: int) -> np.ndarray:
    """How many columns are larger, and of each class, int ``[6]``.

    Args:
        bits: uint8 ``[4, B]`` as in `shares_of_bits`; their first bit is that of column ``start`` rounded down to a
            multiple of 8.
        start: first column to count.
        stop: the column behind the last.
    """
    planes = bits.copy()
    planes[:, :1] &= np.uint8(0xFF >> start % 8)
    if stop % 8:
        planes[:, -1:] &= np.uint8(0xFF << (8 - stop % 8) & 0xFF)
    zero = planes[0] & planes[1]
    classes = (planes[0] ^ zero, planes[1] ^ zero, zero, planes[2], planes[3])
    counts = [int(np.bitwise_count(plane).sum(dtype=np.int64)) for plane in classes]
    return np.array([stop - start - sum(counts), *counts])


def _folded(counts: np.ndarray, level: int) -> np.ndarray:
    """Sums of each ``2**level`` along the last axis. By halves: many times faster than a sum over a short axis."""
    for _ in range(level):
        if counts.shape[-1] % 2:
            counts = np.concatenate([counts, np.zeros_like(counts[..., :1])], axis=-1)
        counts = counts[..., 0::2] + counts[..., 1::2]
    return counts


def _sizes(n: int, level: int) -> np.ndarray:
    """How many of ``n`` fall into each group of ``2**level``, uint32."""
    sizes = np.full(-(-n >> level), 2**level, np.uint32)
    if n:
        sizes[-1] = n - (len(sizes) - 1) * 2**level
    return sizes


def _in_255ths(sums: np.ndarray, factor: int, sizes: np.ndarray) -> np.ndarray:
    """⌈sums · factor / sizes⌉, at most 255 whatever a file holds behind its last column."""
    shares = (sums.astype(np.uint32) * np.uint32(factor) + sizes - np.uint32(1)) // sizes
    return np.minimum(shares, 255).astype(np.uint8)
