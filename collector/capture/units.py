"""The unit plan: which units of a layer are kept, and how its arrays are reduced to them.

One plan of a layer serves its activations, the rows of its weight and the columns of the next layer's weight, so
that an edge of the file joins the two units that it joins in the network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RULES = ("spread", "group_mean")
MOST_INPUTS = 4096
"""Inputs of the network (pixels) kept for a linear layer, whatever the cap: a picture with holes shows nothing."""


@dataclass(frozen=True)
class Units:
    """The kept units of one layer.

    Attributes:
        total: true number of units.
        kept: int ``[U]``; under ``group_mean`` the first unit of each group.
        rule: ``spread`` keeps real units at even distances; ``group_mean`` keeps the means of contiguous groups, as
            the original visualizer did (FACTS A1), in which opposite signs cancel.
    """

    total: int
    kept: np.ndarray
    rule: str = "spread"

    @property
    def is_whole(self) -> bool:
        """Whether every unit is kept as it is."""
        return len(self.kept) == self.total

    def reduce(self, array: np.ndarray, axis: int) -> np.ndarray:
        """The array with ``total`` entries along ``axis`` reduced to ``U``; a copy, unless everything is kept."""
        if self.is_whole:
            return array
        if self.rule == "spread":
            return array.take(self.kept, axis)
        sizes = np.diff(self.kept, append=self.total)
        shape = [1] * array.ndim
        shape[axis] = -1
        sums: np.ndarray = np.add.reduceat(array, self.kept, axis, dtype=array.dtype)
        return sums / sizes.astype(array.dtype).reshape(shape)


def check_plan(cap: int, rule: str) -> None:
    """Whether there is such a plan.

    Raises:
        ValueError: unknown rule or negative cap.
    """
    if rule not in RULES:
        raise ValueError(f"unit_rule is {rule!r}; choose one of {', '.join(RULES)}")
    if cap < 0:
        raise ValueError(f"neuron_cap is {cap}; it must be 0 (keep all) or more")


def choose_units(total: int, cap: int, rule: str = "spread") -> Units:
    """The kept units of a layer of ``total`` units; ``cap`` 0 keeps all of them.

    Raises:
        ValueError: unknown rule or negative cap.
    """
    check_plan(cap, rule)
    if cap == 0 or total <= cap:
        return Units(total, np.arange(total), rule)
    if rule == "spread":
        return Units(total, np.linspace(0, total - 1, cap).round().astype(np.int64), rule)
    # Group sizes differ by at most one, the longer groups first.
    size, longer = divmod(total, cap)
    return Units(total, np.cumsum([0] + [size + (group < longer) for group in range(cap - 1)]), rule)


def units_of_stages(stages: Sequence[str], units: Mapping[str, Units], *, is_joined: bool) -> Units | None:
    """The units that lie along the axis where the outputs of ``stages`` were concatenated, or else added.

    None where they are not known: a stage is no layer, as the network's input, or differs in size from those it was
    added to.
    """
    if any(stage not in units for stage in stages):
        return None
    parts = [units[stage] for stage in stages]
    if is_joined:
        return join_units(parts)
    return parts[0] if all(part.total == parts[0].total for part in parts) else None


def join_units(parts: Sequence[Units]) -> Units:
    """The units of several layers, one after the other, as when their outputs are concatenated."""
    starts = np.cumsum([0] + [part.total for part in parts])
    kept = np.concatenate([part.kept + start for part, start in zip(parts, starts, strict=False)])
    return Units(int(starts[-1]), kept, parts[0].rule)


def reduce_weight(weight: np.ndarray, units: Units, inputs: Units, block: int = 1) -> np.ndarray:
    """A weight under the plans of both its sides.

    Args:
        weight: ``[total, inputs.total * block]`` of a linear layer, ``[total, inputs.total, …]`` of a convolution.
        units: plan of the layer.
        inputs: plan of what it reads.
        block: columns for each input unit, as when channels were flattened.

    Returns:
        ``[U, U_in * block]`` or ``[U, U_in, …]``.
    """
    rows = units.reduce(weight, 0)
    if block == 1:
        return inputs.reduce(rows, 1)
    blocks = rows.reshape(len(rows), inputs.total, block)
    return inputs.reduce(blocks, 1).reshape(len(rows), -1)
