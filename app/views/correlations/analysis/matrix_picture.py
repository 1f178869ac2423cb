"""A matrix as it is drawn: its values, its colours, what stands along its sides.

`R` rows, `C` columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.views.correlations.analysis.matrix_colours import MatrixScale


@dataclass(frozen=True)
class Group:
    """Neighbours that belong together: the places ``first`` ≤ place < ``stop`` of a side."""

    name: str
    first: int
    stop: int


@dataclass(frozen=True)
class Side:
    """What stands along one side, place by place.

    Attributes:
        names: of each row or column.
        title: what they are, for all of them.
        groups: where neighbours belong together; their names stand in place of those of the places.
        is_pictured: whether a picture of each place is to be had, and stands in place of its name.
    """

    names: Sequence[str]
    title: str = ""
    groups: tuple[Group, ...] = ()
    is_pictured: bool = False


@dataclass(frozen=True, eq=False)
class MatrixPicture:
    """A matrix ready to be painted.

    Attributes:
        values: float ``[R, C]``; NaN where there is none.
        numbers: uint8 ``[R, C]``, of the colours in the scale's table.
        scale: what the colours mean.
        rows: along the left side.
        columns: along the lower side.
        tell: what a cell is, in words, by row and column.
        hatched: bool ``[R, C]``, cells that are marked; None: none are.
        hatched_means: what the mark says, in a few words.
        decimals: of the values that are written in the cells.
        absent_means: why a cell has no value, in two words.
    """

    values: np.ndarray
    numbers: np.ndarray
    scale: MatrixScale
    rows: Side
    columns: Side
    tell: Callable[[int, int], str]
    hatched: np.ndarray | None = None
    hatched_means: str = ""
    decimals: int = 2
    absent_means: str = "no variance"


def picture_of(
    values: np.ndarray,
    scale: MatrixScale,
    rows: Side,
    columns: Side,
    tell: Callable[[int, int], str],
    *,
    hatched: np.ndarray | None = None,
    hatched_means: str = "",
    decimals: int = 2,
    absent_means: str = "no variance",
) -> MatrixPicture:
    """A matrix with its colours."""
    numbers = np.ascontiguousarray(scale.numbers(values))
    return MatrixPicture(values, numbers, scale, rows, columns, tell, hatched, hatched_means, decimals, absent_means)
