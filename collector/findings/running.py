"""What looks back only is worked out once for each row, however often a recording has grown since."""

from collections.abc import Callable

import numpy as np

Work = Callable[[np.ndarray, int], tuple[np.ndarray, ...]]
"""Values ``[R, L]`` and a row: results ``[R - row, …]`` of the rows from this one on."""


class Running:
    """Keeps results row by row, and works out those of new or changed rows alone.

    Whether rows are new is told from the values themselves, so that what it gives is always what the work would give
    for all of them.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[np.ndarray, tuple[np.ndarray, ...]]] = {}

    def __call__(self, name: str, values: np.ndarray, work: Work, *, ahead: int = 0) -> tuple[np.ndarray, ...]:
        """The results for all rows.

        Args:
            name: of what is worked out, of which metric.
            values: ``[R, L]``.
            work: the result of a row depends on this row and those before it, and on ``ahead`` rows behind it.
        """
        seen, results = self._kept.get(name, (values[:0], ()))
        if seen.shape[1:] != values.shape[1:]:  # a layer has come, or gone
            seen, results = values[:0], ()
        n = len(values) if seen is values else _same_rows(seen, values)
        if n < len(values) or n < len(seen):
            start = max(0, n - ahead)
            fresh = work(values, start)
            kept = results or tuple(each[:0] for each in fresh)
            results = tuple(np.concatenate([old[:start], new]) for old, new in zip(kept, fresh, strict=True))
            self._kept[name] = values, results
        return results or work(values, 0)


def _same_rows(one: np.ndarray, other: np.ndarray) -> int:
    """How many rows at the start are the same in both."""
    n = min(len(one), len(other))
    is_same = (one[:n] == other[:n]) | (np.isnan(one[:n]) & np.isnan(other[:n]))
    rows = is_same.all(axis=1)
    return n if rows.all() else int(np.argmin(rows))
