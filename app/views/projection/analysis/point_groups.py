"""Which points belong together, by what, and in which colours. `N` points, `G` groups."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from enum import Enum

import numpy as np

from app.views.projection.analysis.point_run import UNKNOWN, PointRun

_FIRST = (
    (0x4E, 0x9B, 0xE8), (0xF2, 0x8E, 0x2B), (0x4F, 0xB3, 0x5B), (0xE5, 0x53, 0x55), (0xA8, 0x7C, 0xE0),
    (0xB0, 0x7A, 0x5A), (0xF0, 0x84, 0xC4), (0x8E, 0x95, 0x9E), (0xC9, 0xB8, 0x2A), (0x2F, 0xBD, 0xC6),
)  # fmt: skip
_RIGHT, _WRONG, _NEITHER = (0x43, 0xC4, 0x78), (0xF2, 0x64, 0x5A), (0x8E, 0x95, 0x9E)
_GOLDEN = 0.61803398875


class Colouring(Enum):
    """What the colour of a point tells."""

    CLASS = "class"
    PREDICTION = "prediction"
    RIGHT = "right or wrong"


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


def point_groups(run: PointRun, colouring: Colouring, number: int | None) -> PointGroups:
    """The points in groups; ``number`` is the record whose predictions count."""
    predicted, labels = run.predicted(number), run.labels
    if colouring is Colouring.RIGHT and predicted is not None and labels is not None:
        groups = np.where(predicted == UNKNOWN, 2, predicted != labels).astype(int)
        n_groups = 3 if (groups == 2).any() else 2
        of_three = np.array([_RIGHT, _WRONG, _NEITHER], np.uint8)
        return _grouped(groups, ("right", "wrong", "no prediction")[:n_groups], of_three[:n_groups])
    classes = labels if colouring is Colouring.CLASS else predicted
    if classes is None:
        what = "no labels" if colouring is Colouring.CLASS else "no predictions"
        return _grouped(np.zeros(len(run), int), (what,), np.array([_NEITHER], np.uint8))
    numbers = run.classes  # of all epochs, so that colours stay while the playhead moves
    places = np.searchsorted(numbers, classes)
    names: tuple[str, ...] = tuple(run.name_of(int(each)) for each in numbers)
    colours = class_colours(len(numbers))
    if (classes == UNKNOWN).any():
        places = np.where(classes == UNKNOWN, len(numbers), places)
        names, colours = (*names, "no prediction"), np.concatenate([colours, np.array([_NEITHER], np.uint8)])
    return _grouped(places, names, colours)


def class_colours(n_classes: int) -> np.ndarray:
    """A colour for each class, uint8 ``[n, 3]``: ten that are easily told apart, beyond them any number of hues."""
    if n_classes <= len(_FIRST):
        return np.array(_FIRST[:n_classes], np.uint8).reshape(-1, 3)
    hues = [(number * _GOLDEN % 1, 0.45 + 0.2 * (number % 3 == 0), 0.75) for number in range(n_classes)]
    return np.array([[round(255 * part) for part in colorsys.hls_to_rgb(*each)] for each in hues], np.uint8)


def selection_text(run: PointRun, selected: np.ndarray, *, most: int = 4) -> str:
    """A selection by the counts of its classes, as ``214 points: 180 of 4, 30 of 9, 4 of others``.

    Args:
        selected: bool ``[N]``.
    """
    n_selected = int(selected.sum())
    told = f"{n_selected:,} point{'s' * (n_selected != 1)}"
    if run.labels is None or not n_selected:
        return told
    numbers, counts = np.unique(run.labels[selected], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    parts = [f"{counts[at]:,} of {run.name_of(int(numbers[at]))}" for at in order[:most]]
    rest = int(counts[order[most:]].sum())
    return f"{told}: {', '.join([*parts, *([f'{rest:,} of others'] if rest else [])])}"


def _grouped(groups: np.ndarray, names: tuple[str, ...], colours: np.ndarray) -> PointGroups:
    return PointGroups(groups, names, colours, np.bincount(groups, minlength=len(names)))
