"""What the plots over the measurements of a run show of a pair of layers.

`E` measurements, `M` lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.figures import signed
from app.views.correlations.analysis.matrix_picture import MatrixPicture

NO_NUMBER = "no number"


@dataclass(frozen=True, eq=False)
class Lines:
    """A plot.

    Attributes:
        names: of the lines.
        values: float ``[M, E]``.
        chosen: numbers of the strong ones.
        labels: what each of these is called where there is little room.
        decimals: of the numbers that are told.
        band: what chance would give for the first strong one, float ``[E, 2]``; None: not known.
        nothing: what is said where no line has a number.
        is_of_two: whether the second strong one is of another network.
    """

    names: Sequence[str]
    values: np.ndarray
    chosen: Sequence[int]
    labels: Sequence[str]
    decimals: int = 2
    band: np.ndarray | None = None
    nothing: str = NO_NUMBER
    is_of_two: bool = False

    def figures(self, number: int) -> list[str]:
        """Of the strong ones at a measurement."""
        values = [float(self.values[each, number]) for each in self.chosen]
        return [signed(value, self.decimals) if np.isfinite(value) else "–" for value in values]


@dataclass(frozen=True, eq=False)
class Evolution:
    """All of it.

    Attributes:
        steps: of the measurements, rising, int ``[E]``.
        pairs: how alike two layers are, with others thin behind them.
        ranks: effective ranks.
        title, about: what the first plot is of.
        numbers: a name of each measurement for where there is little room.
        numbers_are: what these count, in words.
        places: where in the run each was measured.
        picture_of: the matrix of a measurement by its number.
    """

    steps: np.ndarray
    pairs: Lines
    ranks: Lines
    title: str
    about: str
    numbers: Sequence[str]
    numbers_are: str
    places: Sequence[str]
    picture_of: Callable[[int], MatrixPicture]


def numbered(epochs: np.ndarray, steps: np.ndarray) -> tuple[list[str], str]:
    """Names of measurements by the epochs that had ended, or where several lie in one by step; and which it is."""
    is_by_epoch = len(set(epochs.tolist())) == len(epochs)
    names = [f"{each:,}" if each >= 0 else "?" for each in (epochs if is_by_epoch else steps).tolist()]
    return names, "by epochs that had ended" if is_by_epoch else "by step"
