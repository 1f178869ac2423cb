"""Says where numbers are none: series of how many they are, and a note of the first of each kind."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from math import isfinite, isnan
from typing import TypeVar

import numpy as np

from collector.capture.far_values import FarNumber
from collector.capture.wording import listed
from collector.metrics.not_finite import KINDS

Key = TypeVar("Key", bound=Hashable)

ACTIVATION, INPUT = "not_finite_activation", "not_finite_input"
WORDS = {
    "nan": "NaN in a gradient",
    "plus_inf": "+Inf in a gradient",
    "minus_inf": "-Inf in a gradient",
    "not_finite_weight": "NaN or Inf in the weights",
    "not_finite_update": "NaN or Inf in an update",
    ACTIVATION: "NaN or Inf in an activation of the probe",
    INPUT: "NaN or Inf in what the model was given in training",
}
"""Series → what it counts, in words."""


class NotFinite:
    """What of a run is not finite.

    Args:
        put: takes a scalar: name, step, value.
        note: takes a sentence for the file.
    """

    def __init__(self, put: Callable[[str, int, object], None], note: Callable[[str], None]) -> None:
        self._put, self._note = put, note
        self._looked: dict[str, int] = {}
        self._told: set[str] = set()
        self.inputs: Callable[[int], Mapping[str, int] | None] = lambda step: None
        """Argument → how many of its values are not finite in what the model was given at a step; None: unknown."""
        self.heard: Callable[[str, int, float], None] | None = None
        """Is given each scalar that the user logs, with its name and step, as soon as it is read."""

    def look(self, series: str, step: int, counts: Mapping[str, int]) -> None:
        """All values of one of the `WORDS` were looked at.

        Args:
            counts: layer → how many of them are not finite; those with none may be left out.
        """
        for layer in self._hit(series, step, counts):
            self._put(f"{series}/{layer}", step, int(counts[layer]))
            if series not in (ACTIVATION, INPUT):
                self.look_at_inputs(step)

    def look_at_inputs(self, step: int) -> None:
        """Look at what the model was given at a step, once; for steps of which anything else is not finite."""
        if self._looked.get(INPUT) != step and (counts := self.inputs(step)) is not None:
            self.look(INPUT, step, counts)

    def at_end(self, series: str, step: int, counts: Mapping[str, int]) -> dict[str, float]:
        """The same of the state after the last step: its scalars, ``series/layer`` → how many."""
        return {f"{series}/{layer}": float(counts[layer]) for layer in self._hit(series, step, counts)}

    def _hit(self, series: str, step: int, counts: Mapping[str, int]) -> list[str]:
        """The layers with any; the first time they are noted."""
        before = self._looked.get(series)
        self._looked[series] = step
        hit = [layer for layer, count in counts.items() if count]
        if hit and series not in self._told:
            self._told.add(series)
            came = "came" if before == step - 1 else "was seen"
            text = f"The first {WORDS[series]} {came} at step {step}, in {listed(hit)}"
            if before is not None and before < step - 1:
                text += f"; at step {before}, the last that was looked at before, there was none"
            self._note(f"{text}.")
        return hit

    def watched(self, name: str, step: int, value: object) -> object:
        """A scalar that the user logs, which is looked at when it is read: a tensor elsewhere is read late."""
        if isinstance(value, FarNumber):
            value.then(partial(self.logged, name, step))
            return value
        if not isinstance(value, float | int):
            return _Watched(self, name, step, value)
        self.logged(name, step, float(value))
        return value

    def logged(self, name: str, step: int, value: float) -> None:
        """A scalar that the user logs was read."""
        if self.heard is not None:
            self.heard(name, step, value)
        if isfinite(value):
            return
        self.look_at_inputs(step)
        if f"logged {name}" not in self._told:
            self._told.add(f"logged {name}")
            self._note(f"The first {_word(value)} in {name!r}, as it was logged, came at step {step}.")


def not_finite_by_layer(
    kind: str, counts: Mapping[Key, np.ndarray], layers: Mapping[str, Sequence[Key]]
) -> dict[str, dict[str, int]]:
    """Series → layer → how many values are not finite.

    Args:
        kind: ``gradient``, ``weight`` or ``update``.
        counts: of each parameter that has any, NaN, +∞ and −∞, int ``[3]``.
        layers: layer → its parameters.
    """
    none = np.zeros(3, np.int64)
    sums = {layer: np.sum([counts.get(key, none) for key in keys], axis=0) for layer, keys in layers.items()}
    if kind != "gradient":
        return {f"not_finite_{kind}": {layer: int(own.sum()) for layer, own in sums.items()}}
    return {name: {layer: int(own[n]) for layer, own in sums.items()} for n, name in enumerate(KINDS)}


class _Watched:
    """A number that is read when it is written."""

    __slots__ = ("_name", "_step", "_value", "_watcher")

    def __init__(self, watcher: NotFinite, name: str, step: int, value: object) -> None:
        self._watcher, self._name, self._step, self._value = watcher, name, step, value

    def __float__(self) -> float:
        number = float(self._value)  # type: ignore[arg-type]
        self._watcher.logged(self._name, self._step, number)
        return number


def _word(value: float) -> str:
    return "NaN" if isnan(value) else "+Inf" if value > 0 else "-Inf"
