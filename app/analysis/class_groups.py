"""Samples in groups, each with a name and a colour. `N` samples, `G` groups."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

_FIRST = np.frombuffer(
    bytes.fromhex("4e9be8 f28e2b 4fb35b e55355 a87ce0 b07a5a f084c4 8e959e c9b82a 2fbdc6"), np.uint8
).reshape(-1, 3)
RIGHT, WRONG, NEITHER = (tuple(bytes.fromhex(each)) for each in ("43c478", "f2645a", "8e959e"))
_GOLDEN = 0.61803398875


@dataclass(frozen=True, eq=False)
class PointGroups:
    """Attributes:
    groups: of each point, int ``[N]`` in 0…G−1.
    names: of each group.
    colours: uint8 ``[G, 3]``.
    counts: int ``[G]``.
    """

    groups: np.ndarray
    names: tuple[str, ...]
    colours: np.ndarray
    counts: np.ndarray


def grouped(groups: np.ndarray, names: tuple[str, ...], colours: np.ndarray) -> PointGroups:
    """The same, counted."""
    return PointGroups(groups, names, colours, np.bincount(groups, minlength=len(names)))


def class_colours(n_classes: int) -> np.ndarray:
    """A colour for each class, uint8 ``[n, 3]``: ten that are easily told apart, beyond them any number of hues."""
    if n_classes <= len(_FIRST):
        return _FIRST[:n_classes].copy()
    hues = [(number * _GOLDEN % 1, 0.45 + 0.2 * (number % 3 == 0), 0.75) for number in range(n_classes)]
    return np.array([[round(255 * part) for part in colorsys.hls_to_rgb(*each)] for each in hues], np.uint8)
