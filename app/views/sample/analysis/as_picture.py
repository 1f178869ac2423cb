"""Arrays as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage.probe import Probe

MASK_COLOURS = np.array(
    [
        (0.12, 0.13, 0.15),
        (0.90, 0.62, 0.00),
        (0.34, 0.71, 0.91),
        (0.00, 0.62, 0.45),
        (0.94, 0.89, 0.26),
        (0.00, 0.45, 0.70),
        (0.84, 0.37, 0.00),
        (0.80, 0.47, 0.65),
    ]
)
"""Of class 0, the background, and the others in turn; Okabe and Ito's, which nobody confuses."""


def as_picture(values: np.ndarray, probe: Probe | None = None, like: np.ndarray | None = None) -> np.ndarray | None:
    """float ``[H, W]`` or ``[H, W, 3]`` in 0…1 of ``[H, W]``, ``[C, H, W]``; None where it is no picture.

    Brightness is that of the picture beside it: by the probe's mean and deviation where these are known, else with
    black and white as in ``like``.
    """
    planes = values.astype(float)
    planes = planes[None] if planes.ndim == 2 else planes
    if planes.ndim != 3 or planes.shape[0] not in (1, 3) or not planes.size:
        return None
    if probe is not None and len(probe.mean) == len(probe.std) == planes.shape[0]:
        planes = planes * probe.std[:, None, None] + probe.mean[:, None, None]
    else:
        known = planes if like is None else like
        known = known[np.isfinite(known)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        planes = (planes - low) / (high - low) if high > low else np.zeros_like(planes)
    planes = np.clip(np.nan_to_num(planes), 0, 1)
    return planes[0] if len(planes) == 1 else planes.transpose(1, 2, 0)


def difference_picture(one: np.ndarray, other: np.ndarray) -> np.ndarray | None:
    """Size of the difference of each pixel, float ``[H, W]`` in 0…1 of the largest; of several channels the mean."""
    apart = np.abs(one.astype(float) - other)
    apart = apart if apart.ndim == 2 else apart.mean(axis=0) if apart.ndim == 3 else apart
    if apart.ndim != 2:
        return None
    largest = float(np.nanmax(apart, initial=0))
    return np.nan_to_num(apart / largest) if largest > 0 else np.zeros_like(apart)
