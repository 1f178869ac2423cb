"""Where the numbers of a run stopped being numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.scalar_names import WHOLE_MODEL, parse
from collector.storage.states import NOT_A_NUMBER

if TYPE_CHECKING:
    from collector.storage import Collection

_INPUT = "NaN or Inf in the input"
_COUNTS = {
    "not_finite_input": _INPUT,
    "nan": "NaN in a gradient",
    "plus_inf": "+Inf in a gradient",
    "minus_inf": "−Inf in a gradient",
    "not_finite_weight": "NaN or Inf in a weight",
    "not_finite_update": "NaN or Inf in an update",
    "not_finite_activation": "NaN or Inf in an activation",
}
"""Metrics that count what is not finite, by layer (of the input by argument), and what they count."""

_NORMS = {"weight_norm": "NaN or Inf in a weight", "update_norm": "NaN or Inf in an update"}
"""Norms that tell the same in files without such counts."""

_LOSS = "loss"
MOST_KINDS = len(_COUNTS) + 1


@dataclass(frozen=True)
class FirstNotFinite:
    """What was first no number, at a step; in no layer where it was the loss."""

    kind: str
    step: int
    layers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """As ``First NaN in a gradient: step 123, layer fc2``."""
        if not self.layers:
            return f"First {self.kind}: step {self.step:,}"
        more = f" and {len(self.layers) - 1} more" if len(self.layers) > 1 else ""
        place = "argument" if self.kind == _INPUT else "layer"
        return f"First {self.kind}: step {self.step:,}, {place} {self.layers[0]}{more}"


def first_not_finite(collection: Collection) -> list[FirstNotFinite]:
    """The first of each kind in the input, gradients, weights, updates, activations and the loss, the earliest first.

    It is the first step that was looked at: what happened between measured steps is not known.
    """
    firsts: dict[str, dict[str, int]] = {}
    for kind, layer, steps in _places(collection):
        by_layer = firsts.setdefault(kind, {})
        by_layer[layer] = min(by_layer.get(layer, int(steps[0])), int(steps[0]))
    found = []
    for kind, by_layer in firsts.items():
        step = min(by_layer.values())
        order = [name for name in (*collection.layers, *by_layer) if name and by_layer.get(name) == step]
        found.append(FirstNotFinite(kind, step, tuple(dict.fromkeys(order))))
    return sorted(found, key=lambda each: each.step)


def not_finite_steps(collection: Collection, layer: str) -> np.ndarray:
    """Steps at which anything of a layer was not finite, rising; of the whole model anything at all."""
    bad = [steps for _, own, steps in _places(collection) if layer in (WHOLE_MODEL, own)]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *bad]))


def _places(collection: Collection) -> Iterator[tuple[str, str, np.ndarray]]:
    """Kind, layer and steps, at least one, of everything that was not finite."""
    series = collection.series
    for text in series:
        name = parse(text)
        if name.metric in _COUNTS and name.layer not in ("", WHOLE_MODEL):
            steps, counts = series.recorded(text)
            kind, bad = _COUNTS[name.metric], steps[counts > 0]
        elif name.metric in _NORMS and name.layer not in ("", WHOLE_MODEL) and not name.is_error:
            steps, values = series.recorded(text)
            kind, bad = _NORMS[name.metric], steps[~np.isfinite(values)]
        elif text == _LOSS:
            steps, states = series.states(text)
            kind, bad = "loss that is NaN or Inf", steps[states == NOT_A_NUMBER]
        else:
            continue
        if len(bad):
            yield kind, name.layer, bad
