"""Which samples and which measurements of a picture are seen, and where they are painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PyQt6.QtCore import QRectF

_LEAST_ROWS, _LEAST_COLUMNS = 4.0, 2.0


@dataclass(frozen=True)
class RowRange:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right`` of so many."""

    n_rows: int
    n_columns: int
    top: float
    bottom: float
    left: float
    right: float

    @classmethod
    def whole(cls, n_rows: int, n_columns: int) -> RowRange:
        """All of them."""
        return cls(n_rows, n_columns, 0.0, float(max(n_rows, 1)), 0.0, float(max(n_columns, 1)))

    @property
    def is_whole(self) -> bool:
        """Whether everything is seen."""
        return self == RowRange.whole(self.n_rows, self.n_columns)

    def zoomed(self, row: float, column: float, rows: float, columns: float) -> RowRange:
        """So many times as many rows and columns, with a place where it was."""
        top, bottom = _zoomed(self.top, self.bottom, row, rows, min(_LEAST_ROWS, self.n_rows), self.n_rows)
        left, right = _zoomed(
            self.left, self.right, column, columns, min(_LEAST_COLUMNS, self.n_columns), self.n_columns
        )
        return replace(self, top=top, bottom=bottom, left=left, right=right)

    def moved(self, rows: float, columns: float) -> RowRange:
        """So many rows down and columns to the right, as far as there are any."""
        rows = min(max(rows, -self.top), self.n_rows - self.bottom)
        columns = min(max(columns, -self.left), self.n_columns - self.right)
        return replace(
            self, top=self.top + rows, bottom=self.bottom + rows, left=self.left + columns, right=self.right + columns
        )

    def showing(self, row: float) -> RowRange:
        """Moved no further than it takes to see a row."""
        return self.moved(min(row - self.top, 0.0) + max(row + 1 - self.bottom, 0.0), 0.0)

    def x(self, column: float, plot: QRectF) -> float:
        """Where a column lies in a plot, in pixels."""
        return plot.left() + (column - self.left) / (self.right - self.left) * plot.width()

    def y(self, row: float, plot: QRectF) -> float:
        """Where a row lies."""
        return plot.top() + (row - self.top) / (self.bottom - self.top) * plot.height()

    def column(self, x: float, plot: QRectF) -> float:
        """The column at a pixel."""
        return self.left + (x - plot.left()) / plot.width() * (self.right - self.left)

    def row(self, y: float, plot: QRectF) -> float:
        """The row at a pixel."""
        return self.top + (y - plot.top()) / plot.height() * (self.bottom - self.top)


def _zoomed(low: float, high: float, at: float, factor: float, least: float, n: int) -> tuple[float, float]:
    long = min(max((high - low) * factor, least), n)
    scale = long / (high - low)
    start = min(max(at - (at - low) * scale, 0.0), n - long)
    return start, start + long
