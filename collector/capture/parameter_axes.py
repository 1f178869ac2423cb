"""Which positions of a parameter are kept, dimension by dimension, where it is not simply one of units by inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from collector.capture.units import Units, choose_units
from collector.storage import schema

MOST_VALUES = 2**16
"""Kept of one parameter, unless all units are: of many dimensions each `neuron_cap` would be far too many."""


@dataclass
class Axis:
    """A dimension of a parameter; see `schema.Axis`."""

    size: int
    kept: np.ndarray
    parts: Sequence[str] = ()
    heads: int = 0
    units_of: str = ""

    def to_schema(self) -> schema.Axis:
        """As the header has it."""
        return schema.Axis(self.size, self.kept, list(self.parts), self.heads, self.units_of)  # type: ignore[arg-type]


@dataclass(frozen=True)
class KnownUnits:
    """Units that are known to lie along a dimension.

    Attributes:
        units: which of them are kept.
        of: the layer whose they are, or ``input``; empty: not known.
    """

    units: Units
    of: str = ""


def axis_of(known: KnownUnits, parts: Sequence[str] = (), heads: int = 0) -> Axis:
    """A dimension along which these units lie, once in each of its parts."""
    n_parts, total = max(1, len(parts)), known.units.total
    kept = (np.arange(n_parts)[:, None] * total + known.units.kept).ravel()
    heads = heads if heads and total % heads == 0 else 0
    return Axis(n_parts * total, kept, parts, heads, known.of)


def spread_axes(shape: Sequence[int], cap: int, known: Mapping[int, Axis] | None = None) -> list[Axis]:
    """Dimensions of which evenly spread positions are kept, but for those that are known.

    Of each at most ``cap``, and of all together no more than `MOST_VALUES`, the longest ones shortened first; a ``cap``
    of 0 keeps all.
    """
    axes = known or {}
    kept = [len(axes[number].kept) if number in axes else min(size, cap or size) for number, size in enumerate(shape)]
    while cap and prod(kept) > MOST_VALUES:
        free = [number for number in range(len(shape)) if number not in axes and kept[number] > 1]
        if not free:
            break
        longest = max(free, key=kept.__getitem__)
        kept[longest] = (kept[longest] + 1) // 2
    return [axes.get(number) or Axis(size, choose_units(size, kept[number]).kept) for number, size in enumerate(shape)]


def rows_by_use(counts: np.ndarray, cap: int) -> np.ndarray:
    """Rows of an embedding that are kept: half of them those that the probe uses most, the others evenly spread.

    Args:
        counts: how often the probe uses each row, int ``[rows]``.
        cap: at most so many; 0 keeps all.
    """
    n_rows = len(counts)
    if cap == 0 or n_rows <= cap:
        return np.arange(n_rows)
    most_used = np.argsort(-counts, kind="stable")[: cap // 2]
    most_used = most_used[counts[most_used] > 0]
    others = np.setdiff1d(np.arange(n_rows), most_used)
    spread = others[choose_units(len(others), cap - len(most_used)).kept]
    return np.sort(np.concatenate([most_used, spread]))


def reduce_axes(array: np.ndarray, axes: Sequence[Axis]) -> np.ndarray:
    """The kept positions of an array; a copy, unless all are."""
    for number, axis in enumerate(axes):
        if len(axis.kept) < axis.size:
            array = array.take(axis.kept, number)
    return array
