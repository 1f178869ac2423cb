"""Reads IDX, the file format of MNIST and Fashion-MNIST (http://yann.lecun.com/exdb/mnist).

Read here rather than by torchvision because a broken file must be named, in words, and because a local copy
then needs none of the two seconds that importing torchvision takes. Two zero bytes, a type (8: unsigned
bytes), the number of dimensions, the size of each as big-endian 32 bits, then the values in row-major order.
"""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError

_UNSIGNED_BYTES = 8


def find_idx(folder: Path, stem: str) -> Path | None:
    """The file `stem` in `folder`, unpacked or as it was downloaded (`.gz`); None where there is neither."""
    for candidate in (folder / stem, folder / f"{stem}.gz"):
        if candidate.is_file():
            return candidate
    return None


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array in the file, which must have this many dimensions.

    Raises DataError, naming the file, if it cannot be read, is no IDX file, or is cut off.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({error}). {_WAY_OUT}") from error
    header_size = 4 + 4 * dimensions
    if len(content) < header_size or content[:4] != bytes([0, 0, _UNSIGNED_BYTES, dimensions]):
        raise DataError(f"{path} is not an IDX file of {dimensions}-dimensional bytes. {_WAY_OUT}")
    shape = np.frombuffer(content, ">u4", dimensions, offset=4).tolist()
    held = len(content) - header_size
    if held != prod(shape):
        raise DataError(
            f"{path} is cut off or damaged: it announces {prod(shape):,} values, and holds {held:,}. {_WAY_OUT}"
        )
    return np.frombuffer(content, np.uint8, offset=header_size).reshape(shape)


_WAY_OUT = "Delete it to have it downloaded again, or put a whole copy in its place."
