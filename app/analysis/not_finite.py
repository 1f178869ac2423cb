"""Where the numbers of a run stopped being numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.scalar_names import WHOLE_MODEL
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


@dataclass(frozen=True, eq=False)
class NotFinitePlace:
    """Steps, at least one, at which something of a layer was not finite; of no layer where it was the loss."""

    kind: str
    layer: str
    steps: np.ndarray


def not_finite_places(collection: Collection) -> list[NotFinitePlace]:
    """Everything that was not finite in the input, gradients, weights, updates, activations and the loss."""
    series, found = collection.series, []
    for text in series:
        metric, _, layer = text.partition("/")
        is_of_layer = layer not in ("", WHOLE_MODEL)
        if metric in _COUNTS and is_of_layer:
            steps, counts = series.recorded(text)
            kind, bad = _COUNTS[metric], counts > 0
        elif metric in _NORMS and is_of_layer:
            steps, values = series.recorded(text)
            kind, bad = _NORMS[metric], ~np.isfinite(values)
        elif text == _LOSS:
            steps, states = series.states(text)
            kind, bad = "loss that is NaN or Inf", states == NOT_A_NUMBER
        else:
            continue
        if bad.any():
            found.append(NotFinitePlace(kind, layer, steps[bad]))
    return found


def first_not_finite(places: Iterable[NotFinitePlace], layers: Iterable[str]) -> list[FirstNotFinite]:
    """The first of each kind, the earliest first.

    It is the first step that was looked at: what happened between measured steps is not known.

    Args:
        places: of the run.
        layers: its names, in order of execution.
    """
    firsts: dict[str, dict[str, int]] = {}
    for place in places:
        by_layer, first = firsts.setdefault(place.kind, {}), int(place.steps[0])
        by_layer[place.layer] = min(by_layer.get(place.layer, first), first)
    found, names = [], tuple(layers)
    for kind, by_layer in firsts.items():
        step = min(by_layer.values())
        order = [name for name in (*names, *by_layer) if name and by_layer.get(name) == step]
        found.append(FirstNotFinite(kind, step, tuple(dict.fromkeys(order))))
    return sorted(found, key=lambda each: each.step)


def not_finite_steps(places: Iterable[NotFinitePlace], layer: str) -> np.ndarray:
    """Steps at which anything of a layer was not finite, rising; of the whole model anything at all."""
    bad = [place.steps for place in places if layer in (WHOLE_MODEL, place.layer)]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *bad]))
