"""Many points painted as discs into one array, and found again in it. `N` points."""

from __future__ import annotations

import numpy as np

LEVELS = 8
"""Steps in which the rim of a disc fades."""


def point_codes(places: np.ndarray, order: np.ndarray, radius: float, width: int, height: int) -> np.ndarray:
    """Which point covers each pixel, and how far: ``number * 8 + level + 1``, 0 where there is none.

    Args:
        places: of the points in pixels, float ``[N, 2]``, x to the right and y down.
        order: numbers of the points that are painted, int; the last lies on top.
        radius: of the discs, in pixels.

    Returns:
        int32 ``[height, width]``.
    """
    far = int(np.ceil(radius))
    edge = 2 * far  # a point may lie outside as far as it reaches, and reaches as far again
    wide, high = width + 2 * edge, height + 2 * edge
    codes = np.zeros(wide * high, np.int32)
    at = np.rint(places[order]).astype(np.int64) + edge
    is_seen = ((at >= far) & (at < (wide - far, high - far))).all(axis=1)
    base = at[is_seen, 1] * wide + at[is_seen, 0]
    own = order[is_seen].astype(np.int32) * LEVELS + 1
    # Rims first, then what is whole; in each, point by point, so that the last point lies on top.
    for offsets in _disc(radius):
        steps, levels = offsets[:, 1] * wide + offsets[:, 0], offsets[:, 2].astype(np.int32)
        codes[np.add.outer(base, steps).ravel()] = (own[:, None] + levels).ravel()
    return codes.reshape(high, wide)[edge : edge + height, edge : edge + width]


def painted(codes: np.ndarray, colours: np.ndarray, ground: tuple[int, int, int]) -> np.ndarray:
    """The picture of some codes, uint32 ``[H, W]`` as ``0xffRRGGBB``.

    Args:
        colours: of the points, uint8 ``[N, 3]``.
        ground: the colour where there is no point.
    """
    shares = (np.arange(1, LEVELS + 1) / LEVELS)[None, :, None]
    below = np.array(ground, float)
    mixed = below + (colours[:, None].astype(float) - below) * shares
    table = np.concatenate([[_argb(below)], _argb(np.rint(mixed)).ravel()])
    return np.take(table, codes)


def _argb(colours: np.ndarray) -> np.ndarray:
    """Colours ``[…, 3]`` as uint32 ``[…]``."""
    red, green, blue = colours.astype(np.uint32).T
    return np.asarray((0xFF000000 | red << 16 | green << 8 | blue).T)


def is_inside(places: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Which points lie in a closed polygon, by the even-odd rule, bool ``[N]``.

    Args:
        places: float ``[N, 2]``.
        corners: float ``[M, 2]``.
    """
    x, y = places[:, 0], places[:, 1]
    inside = np.zeros(len(places), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            inside ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


def nearest_point(places: np.ndarray, shown: np.ndarray, x: float, y: float, reach: float) -> int | None:
    """Number of the shown point nearest to a place and within reach of it; None where there is none."""
    distances = np.where(shown, np.hypot(*(places - (x, y)).T), np.inf)
    if not len(distances):
        return None
    nearest = int(np.argmin(distances))
    return nearest if distances[nearest] <= reach else None


def next_point(places: np.ndarray, shown: np.ndarray, at: int, dx: int, dy: int) -> int | None:
    """Number of the next shown point to one side of a point, within 45° of it; None where there is none.

    Of points at the same place each is next to the one before it.

    Args:
        places: float ``[N, 2]``, x to the right and y down.
        shown: bool ``[N]``.
        at: number of the point.
        dx, dy: one of them is 1 or -1, the other 0.
    """
    away = places - places[at]
    along, aside = away @ (dx, dy), np.abs(away @ (dy, dx))
    later = np.multiply(np.arange(len(places)) - at, dx + dy)
    is_next = shown & np.where((along == 0) & (aside == 0), later > 0, aside <= along)
    found = np.flatnonzero(is_next)
    if not len(found):
        return None
    return int(found[np.lexsort((np.abs(later[found]), along[found] + aside[found]))[0]])


def _disc(radius: float) -> tuple[np.ndarray, np.ndarray]:
    """dx, dy and level of the pixels of a disc's rim, and of those that it covers as a whole, int ``[P, 3]`` each."""
    far = int(np.ceil(radius))
    dx, dy = (each.ravel() for each in np.meshgrid(np.arange(-far, far + 1), np.arange(-far, far + 1)))
    levels = np.minimum(np.rint((radius + 0.5 - np.hypot(dx, dy)) * LEVELS).astype(int), LEVELS) - 1
    pixels = np.stack([dx, dy, levels], axis=1)
    return pixels[(levels >= 0) & (levels < LEVELS - 1)], pixels[levels == LEVELS - 1]
