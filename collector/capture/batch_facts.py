"""What a training's batches are: the same as before or not, and how large their values."""

from collections.abc import Iterable, Mapping
from math import gcd, sqrt

import numpy as np

from collector.storage.checksums import crc32

MOST_VALUES = 2**12
"""Of a larger argument evenly spread values are taken for what tells how large they are."""

MOST_BYTES, RUNS = 2**18, 64
"""Of an argument of more bytes the checksum is of so many evenly spread runs, which are as many bytes together. To look
for values one by one would take longer than to look at all."""

TARGETS = ("targets", "target", "labels", "label", "y_true")
"""Arguments of these names are what a network is to give, and no inputs."""

METRICS = ("input_mean", "input_std", "input_min", "input_max")


def batch_crc32(arrays: Iterable[np.ndarray]) -> int | None:
    """CRC-32 of the first argument of each call of a step, one behind the other; None where there is none."""
    crc = None
    for array in arrays:
        crc = array_crc32(array, crc or 0)
    return crc


def array_crc32(array: np.ndarray, crc: int) -> int:
    """CRC-32 of the values behind those of ``crc``, or of more than `MOST_BYTES` of them of `RUNS` parts."""
    if not array.flags.c_contiguous:
        array = np.ascontiguousarray(array)
    if array.nbytes <= MOST_BYTES:
        return crc32(array, crc) if array.size else crc
    data = array.data.cast("B")
    length = MOST_BYTES // RUNS
    last = len(data) - length
    for number in range(RUNS):
        start = last * number // (RUNS - 1)
        crc = crc32(data[start : start + length], crc)
    return crc


def input_statistics(inputs: Mapping[str, np.ndarray]) -> dict[str, float]:
    """`METRICS` of each argument of floating point that has values, by ``metric/argument``.

    Targets that a model is given to compute its loss itself are left out.
    """
    found: dict[str, float] = {}
    for name, array in inputs.items():
        if array.dtype.kind == "f" and array.size and name.partition("[")[0] not in TARGETS:
            values = some_values(array).astype(np.float64)
            with np.errstate(all="ignore"):
                mean = values.sum() / values.size
                apart = values - mean
                figures = mean, sqrt(apart.dot(apart) / values.size), values.min(), values.max()
            found |= {f"{metric}/{name}": float(each) for metric, each in zip(METRICS, figures, strict=True)}
    return found


def some_values(array: np.ndarray) -> np.ndarray:
    """All values, flat, or of many evenly spread ones, which come from every place of a sample."""
    flat = array.reshape(-1)
    stride = -(-flat.size // MOST_VALUES)
    if stride <= 1:
        return flat
    n_places = max(flat.size // len(array), 1)
    while gcd(stride, n_places) > 1:
        stride += 1
    return flat[::stride]
