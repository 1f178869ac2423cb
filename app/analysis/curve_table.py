"""Curves as a table that other tools read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.analysis.dynamics import Measured

Row = tuple[int | float | None, ...]


def curve_table(curves: Sequence[Measured]) -> tuple[tuple[str, ...], list[Row]]:
    """Column names and a row for each step that any curve was measured at; None where one was not."""
    steps = np.unique(np.concatenate([np.zeros(0, np.int64), *(curve.steps for curve in curves)]))
    columns: list[list[int | float | None]] = [steps.tolist()]
    for curve in curves:
        column: list[int | float | None] = [None] * len(steps)
        for place, value in zip(np.searchsorted(steps, curve.steps).tolist(), curve.values.tolist(), strict=True):
            column[place] = value
        columns.append(column)
    return ("step", *(curve.name for curve in curves)), list(zip(*columns, strict=True))
