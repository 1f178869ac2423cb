"""How many columns and rows equal cells need so that they become as large as their room allows."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Grid:
    """Equal cells in rows and columns.

    Attributes:
        columns: number of columns; the cells fill them one after another.
        rows: number of rows in each column.
        pitch: height of a cell in px; its width is ``pitch * aspect``.
        aspect: width of a cell ÷ its height.
    """

    columns: int
    rows: int
    pitch: float
    aspect: float = 1.0

    @property
    def width(self) -> float:
        """Width of all columns, px."""
        return self.columns * self.pitch * self.aspect

    @property
    def height(self) -> float:
        """Height of all rows, px."""
        return self.rows * self.pitch


def fit_grid(cells: int, width: float, height: float, largest: float, aspect: float = 1.0) -> Grid:
    """The grid with the largest cells that fits; of those nearly as large the one with the fewest left empty.

    Args:
        cells: how many there are, at least 1.
        width: room in px.
        height: room in px.
        largest: largest height of a cell in px.
        aspect: width of a cell ÷ its height.
    """
    few = np.arange(1, math.isqrt(cells) + 2)
    columns = np.concatenate([few, np.flip(-(-cells // few))])  # of every number of rows the fewest that do
    rows = -(-cells // columns)
    pitches = np.minimum(np.minimum(width / (columns * aspect), height / rows), largest)
    nearly = pitches >= 0.92 * pitches.max()
    best = int(np.argmin(np.where(nearly, columns * rows, np.inf)))
    return Grid(int(columns[best]), int(rows[best]), float(pitches[best]), aspect)


def cell_centres(grid: Grid, cells: int, *, by_rows: bool = False) -> np.ndarray:
    """Centres of the cells from the top left corner of the grid, px ``[cells, 2]``; columns fill one after another."""
    number = np.arange(cells)
    if by_rows:
        row, column = np.divmod(number, grid.columns)
    else:
        column, row = np.divmod(number, grid.rows)
    return np.stack([(column + 0.5) * grid.pitch * grid.aspect, (row + 0.5) * grid.pitch], axis=1)
