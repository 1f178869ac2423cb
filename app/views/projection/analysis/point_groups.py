"""Which points belong together, by what, and in which colours. `N` points, `G` groups."""

from __future__ import annotations

from enum import Enum

import numpy as np

from app.analysis.class_groups import NEITHER, RIGHT, WRONG, PointGroups, class_colours, grouped
from app.analysis.same_samples import UNKNOWN
from app.views.projection.analysis.point_run import PointRun


class Colouring(Enum):
    """What the colour of a point tells."""

    CLASS = "class"
    PREDICTION = "prediction"
    RIGHT = "right or wrong"


def point_groups(run: PointRun, colouring: Colouring, number: int | None) -> PointGroups:
    """The points in groups; ``number`` is the record whose predictions count."""
    predicted, labels = run.predicted(number), run.labels
    if colouring is Colouring.RIGHT and predicted is not None and labels is not None:
        groups = np.where(predicted == UNKNOWN, 2, predicted != labels).astype(int)
        n_groups = 3 if (groups == 2).any() else 2
        of_three = np.array([RIGHT, WRONG, NEITHER], np.uint8)
        return grouped(groups, ("right", "wrong", "no prediction")[:n_groups], of_three[:n_groups])
    classes = labels if colouring is Colouring.CLASS else predicted
    if classes is None:
        what = "no labels" if colouring is Colouring.CLASS else "no predictions"
        return grouped(np.zeros(len(run), int), (what,), np.array([NEITHER], np.uint8))
    numbers = run.classes  # of all epochs, so that colours stay while the playhead moves
    places = np.searchsorted(numbers, classes)
    names: tuple[str, ...] = tuple(run.name_of(int(each)) for each in numbers)
    colours = class_colours(len(numbers))
    if (classes == UNKNOWN).any():
        places = np.where(classes == UNKNOWN, len(numbers), places)
        names, colours = (*names, "no prediction"), np.concatenate([colours, np.array([NEITHER], np.uint8)])
    return grouped(places, names, colours)


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
