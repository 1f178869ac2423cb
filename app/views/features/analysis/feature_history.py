"""Which units are dead since which pass, and the largest values of a run, read pass by pass.

`P` passes read, `U` kept units, `N` probe samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.scales import largest
from app.views.features.analysis.feature_stages import FeatureStage
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from collector.storage.passes import Pass

SCALE_PASSES = 9
"""The largest values are those of so many passes, spread over the run."""


@dataclass(frozen=True, eq=False)
class FeatureHistory:
    """What the passes tell together.

    Attributes:
        n_passes: so many passes were looked at.
        steps: of those that could be read, int ``[P]``.
        dead: rectifier → whether each unit is dead at each of them, bool ``[P, U]``.
        scales: ``(layer, kind)`` → the largest magnitude; see `measured`.
        chosen: layer → the share of each expert among all that its router chose, ``[P, E]``; NaN: not recorded.
        n_unreadable: passes that could not be read.
    """

    n_passes: int = 0
    steps: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    dead: Mapping[str, np.ndarray] = field(default_factory=dict)
    scales: Mapping[tuple[str, str], float] = field(default_factory=dict)
    chosen: Mapping[str, np.ndarray] = field(default_factory=dict)
    n_unreadable: int = 0

    def dead_since(self, layer: str, step: int) -> np.ndarray:
        """The step since which each unit is dead without a break up to ``step``, int ``[U]``.

        −1 for a unit that is not dead there; nothing, ``[0]``, where that pass has not been read.
        """
        at = int(np.searchsorted(self.steps, step))
        dead = self.dead.get(layer)
        if dead is None or at >= len(self.steps) or self.steps[at] != step:
            return np.zeros(0, np.int64)
        alive = ~dead[: at + 1]
        last_alive = np.where(alive.any(axis=0), at - alive[::-1].argmax(axis=0), -1)
        return np.where(dead[at], self.steps[np.minimum(last_alive + 1, at)], -1)


def dead_units(pass_: Pass, layer: str) -> np.ndarray | None:
    """Units of a rectifier that are exactly 0 for the whole probe, bool ``[U]``; None where that was not recorded.

    The mean over positions of what is never negative is 0 only where everything is.
    """
    activation = pass_.layers[layer].activation if layer in pass_.layers else None
    return None if activation is None else (activation == 0).all(axis=0)


def measured(pass_: Pass, stages: Sequence[FeatureStage]) -> dict[tuple[str, str], float]:
    """The largest magnitudes at a pass: of weights, feature maps, activations and sequences of each layer."""
    found = {}
    for stage in stages:
        for layer in (stage.layer, *stage.carriers):
            arrays = pass_.layers.get(layer.name)
            kinds = ("feature_maps", "weight") if stage.is_convolution else ("activation", "sequence")
            for kind in kinds if arrays is not None else ():
                found[layer.name, kind] = largest(getattr(arrays, kind))
    return found


class FeatureHistoryReader:
    """Gathers what all passes of a run tell together, see `app.replay.scan.PassReader`.

    Args:
        stages: what to look at.
        n_passes: passes that the run has, over which those are spread that the largest values are taken from.
        known: a history of the run when it had fewer passes; only the passes since are to be read.

    Attributes:
        n_passes: so many passes it has seen, from the first on.
    """

    def __init__(self, stages: Sequence[FeatureStage], n_passes: int, known: FeatureHistory | None = None) -> None:
        self._known = known or FeatureHistory()
        self.n_passes = self._known.n_passes
        self._stages = stages
        self._widths = {stage.rectifier: len(stage.layer.kept) for stage in stages if stage.rectifier is not None}
        self._spread = set(np.linspace(0, n_passes - 1, SCALE_PASSES).round().astype(int).tolist())
        self._steps: list[int] = []
        self._dead: dict[str, list[np.ndarray]] = {name: [] for name in self._widths}
        self._experts = {layer.name: layer.experts for stage in stages for layer in stage.routing}
        self._chosen: dict[str, list[np.ndarray]] = {name: [] for name in self._experts}
        self._scales = dict(self._known.scales)
        self._n_unreadable = self._known.n_unreadable

    def take(self, pass_: Pass | None) -> None:
        """See the next pass; None: it cannot be read."""
        number, self.n_passes = self.n_passes, self.n_passes + 1
        try:
            if pass_ is not None:
                self._take(pass_, is_measured=number in self._spread)
        except CollectionError:
            pass_ = None
        self._n_unreadable += pass_ is None

    def _take(self, pass_: Pass, *, is_measured: bool) -> None:
        dead = {name: dead_units(pass_, name) for name in self._dead}
        chosen = {name: pass_.layers[name].chosen if name in pass_.layers else None for name in self._experts}
        for key, value in (measured(pass_, self._stages) if is_measured else {}).items():
            self._scales[key] = max(self._scales.get(key, 0.0), value)
        self._steps.append(pass_.step)
        for name, flags in dead.items():
            self._dead[name].append(np.zeros(self._widths[name], bool) if flags is None else flags)
        for name, shares in chosen.items():
            self._chosen[name].append(np.full(self._experts[name], np.nan, "f4") if shares is None else shares)

    def result(self) -> FeatureHistory:
        """What the passes seen tell."""
        dead = _joined(self._known.dead, self._dead, self._widths, bool)
        chosen = _joined(self._known.chosen, self._chosen, self._experts, np.float32)
        steps = np.concatenate([self._known.steps, np.array(self._steps, np.int64)])
        return FeatureHistory(self.n_passes, steps, dead, self._scales, chosen, self._n_unreadable)


def _joined(
    known: Mapping[str, np.ndarray], rows: Mapping[str, list[np.ndarray]], widths: Mapping[str, int], kind: type
) -> dict[str, np.ndarray]:
    """What is known, and below it the rows that were read since, of each layer."""
    joined = {}
    for name, width in widths.items():
        parts = [known[name]] if name in known else []
        parts += [np.stack(rows[name])] if rows[name] else []
        joined[name] = np.concatenate(parts) if parts else np.zeros((0, width), kind)
    return joined
