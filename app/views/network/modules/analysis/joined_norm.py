"""The gradient norm of many layers together, over a run: a frame may hold hundreds, and is painted at every pass.

`R` steps at which layers were measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.analysis.curve import Measured


@dataclass(frozen=True, eq=False)
class _SameSteps:
    """Layers that were measured at the same steps.

    Attributes:
        steps: rising, int ``[R]``.
        squares: of the norms of those that had a gradient, their sum, float64 ``[R]``.
        n_there: how many had one, int ``[R]``.
        n_missing: how many had none, int ``[R]``.
    """

    steps: np.ndarray
    squares: np.ndarray
    n_there: np.ndarray
    n_missing: np.ndarray

    def add(self, norm: Measured) -> None:
        """One more layer."""
        is_missing = norm.is_missing if len(norm.is_missing) else np.zeros(len(norm.steps), bool)
        with np.errstate(over="ignore", invalid="ignore"):
            self.squares[:] += np.where(is_missing, 0, np.square(norm.values))
        self.n_there[:] += ~is_missing
        self.n_missing[:] += is_missing


class JoinedNorm:
    """√Σ‖g‖² of some layers, of each the last value at or before a step."""

    def __init__(self, groups: tuple[_SameSteps, ...]) -> None:
        self._groups = groups

    def at(self, step: int) -> tuple[float | None, bool]:
        """The norm at a step, and whether there is none because no layer had a gradient there."""
        squares, n_there, n_missing = 0.0, 0, 0
        for group in self._groups:
            at = int(np.searchsorted(group.steps, step, side="right")) - 1
            if at >= 0:
                squares += float(group.squares[at])
                n_there += int(group.n_there[at])
                n_missing += int(group.n_missing[at])
        return (float(np.sqrt(squares)), False) if n_there else (None, n_missing > 0)


def joined_norm(norms: Iterable[Measured]) -> JoinedNorm:
    """The norms of several layers as one."""
    groups: dict[bytes, _SameSteps] = {}
    for norm in norms:
        key = norm.steps.tobytes()
        if key not in groups:
            n = len(norm.steps)
            groups[key] = _SameSteps(norm.steps, np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64))
        groups[key].add(norm)
    return JoinedNorm(tuple(groups.values()))
