"""Curves as a table that other tools read."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np

from app.analysis.measured import NO_GRADIENT_WORDS, Measured
from collector.storage.states import error_name

Row = tuple[int | float | str | None, ...]


def curve_table(curves: Sequence[Measured]) -> tuple[tuple[str, ...], list[Row]]:
    """Column names and a row for each step that any curve was measured at; None where one was not.

    What had no gradient says so. An estimate says so in its heading, and its standard error follows it.
    """
    steps = np.unique(np.concatenate([np.zeros(0, np.int64), *(curve.steps for curve in curves)]))
    headings: list[str] = ["step"]
    columns: list[Sequence[int | float | str | None]] = [steps.tolist()]
    for curve in curves:
        places = np.searchsorted(steps, curve.steps).tolist()
        values: list[float | str] = curve.values.tolist()
        for place in np.flatnonzero(curve.is_missing).tolist():
            values[place] = NO_GRADIENT_WORDS
        headings.append(f"{curve.name} (estimate)" if curve.is_estimate else curve.name)
        columns.append(_placed(places, values, len(steps)))
        if curve.errors is not None:
            headings.append(error_name(curve.name))
            errors = [error if isfinite(error) else None for error in curve.errors.tolist()]
            columns.append(_placed(places, errors, len(steps)))
    return tuple(headings), list(zip(*columns, strict=True))


def _placed(places: Sequence[int], values: Sequence[float | str | None], length: int) -> list[float | str | None]:
    column: list[float | str | None] = [None] * length
    for place, value in zip(places, values, strict=True):
        column[place] = value
    return column
