"""Reads picture files into one array of square RGB pictures."""

import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

# What Pillow is known to raise for files that are no pictures, cut off, or too large to be true.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def read_pictures(paths: list[Path], side: int) -> tuple[torch.Tensor, list[Path]]:
    """The readable ones, uint8 `[N, 3, side, side]`, in the order of `paths`, and the paths that are not.

    A picture is turned as its camera says, cut to a square about its centre and resized bilinearly.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        results = [_read_picture(path, side) for path in paths]
    readable = [picture for picture in results if picture is not None]
    broken = [path for path, picture in zip(paths, results, strict=True) if picture is None]
    stacked = np.stack(readable) if readable else np.empty((0, side, side, 3), np.uint8)
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous(), broken


def _read_picture(path: Path, side: int) -> NDArray[np.uint8] | None:
    """uint8 `[side, side, 3]`, or None if the file holds no picture that can be read."""
    try:
        with Image.open(path) as picture:
            # A large JPEG is decoded at a fraction of its size, which is many times faster.
            picture.draft("RGB", (2 * side, 2 * side))
            upright = (ImageOps.exif_transpose(picture) if picture.getexif() else picture).convert("RGB")
    except _UNREADABLE:
        return None
    if upright.size != (side, side):
        upright = ImageOps.fit(upright, (side, side), Image.Resampling.BILINEAR)
    return np.asarray(upright)
