"""Two passes array by array, as a table: a row for each layer, a column for each kind of array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.comparing.pass_differences import ArrayDifference
from collector.comparing.words import share
from collector.findings.percent import percent

KINDS = {
    "weight": "weight", "bias": "bias", "activation": "activation", "weight_gradient": "gradient",
    "bias_gradient": "bias gradient", "weight_update": "update", "bias_update": "bias update",
}  # fmt: skip
"""Kind of array → the heading of its column."""

_LOGITS = "logits"


@dataclass(frozen=True)
class PassRow:
    """A layer.

    Attributes:
        layer: its name in A; empty: the logits for the probe, which stand among the activations.
        arrays: kind → how it differs, of those that either has.
    """

    layer: str
    arrays: Mapping[str, ArrayDifference]

    def text(self, kind: str) -> str:
        """How an array differs: ``44 %``, ``the same``, ``only A``; empty where neither has it."""
        found = self.arrays.get(kind)
        if found is None:
            return ""
        if found.lacks:
            return "only B" if found.lacks == "a" else "only A"
        if not found.size:
            return "same"
        if not np.isfinite(found.size):
            return "not finite"
        return percent(found.size, int(found.size < 0.1)) if found.size >= 1e-3 else "<0.1 %"

    def tip(self, kind: str) -> str:
        """The same with all that is known of it."""
        found = self.arrays.get(kind)
        if found is None:
            return ""
        name = f"{self.layer}: {KINDS[kind]}" if self.layer else _LOGITS
        if found.lacks or not np.isfinite(found.distance):
            return f"{name}, {self.text(kind)}"
        ratio = "" if np.isnan(found.log_ratio) else f"\nnorm of B ÷ norm of A: {2.0**found.log_ratio:.4g}"
        return f"{name}\nlargest difference {found.distance:.4g}, largest value {found.largest:.4g}{ratio}"


def pass_rows(found: Sequence[ArrayDifference]) -> list[PassRow]:
    """A row for each layer, in order."""
    of_layers: dict[str, dict[str, ArrayDifference]] = {}
    for each in found:
        of_layers.setdefault(each.layer, {})["activation" if each.kind == _LOGITS else each.kind] = each
    return [PassRow(layer, arrays) for layer, arrays in of_layers.items()]


def columns_of(rows: Sequence[PassRow]) -> list[str]:
    """The kinds that any row has, in order."""
    return [kind for kind in KINDS if any(kind in row.arrays for row in rows)]


def pass_verdict(found: Sequence[ArrayDifference], names: tuple[str, str]) -> str:
    """Two passes in a sentence."""
    one, other = names
    if not found:
        return f"Nothing of {one} and of {other} can be compared."
    both = [each for each in found if not each.lacks]
    if not any(each.size for each in both):
        return f"{one[0].upper()}{one[1:]} and {other} are the same."
    largest = max(both, key=lambda each: each.size if np.isfinite(each.size) else -np.inf)
    n = len({each.layer for each in both if each.size and each.layer})
    most = KINDS.get(largest.kind, largest.kind) + (f" of {largest.layer}" if largest.layer else "")
    text = f"From {one} to {other} {n} layer{'s have' if n != 1 else ' has'} changed"
    return f"{text}; most the {most}: by {share(largest.size)} of the largest value."
