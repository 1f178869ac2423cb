"""Samples in groups, each with a name and a colour. `N` samples, `G` groups."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

_FIRST = (
    (0x4E, 0x9B, 0xE8), (0xF2, 0x8E, 0x2B), (0x4F, 0xB3, 0x5B), (0xE5, 0x53, 0x55), (0xA8, 0x7C, 0xE0),
    (0xB0, 0x7A, 0x5A), (0xF0, 0x84, 0xC4), (0x8E, 0x95, 0x9E), (0xC9, 0xB8, 0x2A), (0x2F, 0xBD, 0xC6),
)  # fmt: skip
RIGHT, WRONG, NEITHER = (0x43, 0xC4, 0x78), (0xF2, 0x64, 0x5A), (0x8E, 0x95, 0x9E)
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
        return np.array(_FIRST[:n_classes], np.uint8).reshape(-1, 3)
    hues = [(number * _GOLDEN % 1, 0.45 + 0.2 * (number % 3 == 0), 0.75) for number in range(n_classes)]
    return np.array([[round(255 * part) for part in colorsys.hls_to_rgb(*each)] for each in hues], np.uint8)
