"""Which units are dead since which pass, and the largest values of a run, read pass by pass.

`P` passes read, `U` kept units, `N` probe samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        n_unreadable: passes that could not be read.
    """

    n_passes: int = 0
    steps: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    dead: Mapping[str, np.ndarray] = field(default_factory=dict)
    scales: Mapping[tuple[str, str], float] = field(default_factory=dict)
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
    """The largest magnitudes at a pass: of ``weight``, ``feature_maps`` and ``activation`` of each layer."""
    found = {}
    for stage in stages:
        for layer in (stage.layer, *stage.carriers):
            arrays = pass_.layers.get(layer.name)
            kinds = ("feature_maps", "weight") if stage.is_convolution else ("activation",)
            for kind in kinds if arrays is not None else ():
                found[layer.name, kind] = largest(getattr(arrays, kind))
    return found


def feature_history(
    passes: Sequence[Pass],
    stages: Sequence[FeatureStage],
    progress: Callable[[int, int], bool] | None = None,
    known: FeatureHistory | None = None,
) -> FeatureHistory:
    """Read every pass. Slow: for a background job.

    Args:
        passes: of the run; read one by one and not kept.
        stages: what to look at.
        progress: told ``(passes read, passes in all)`` after each; where it says False, reading ends there.
        known: a history of the run when it had fewer passes; only the passes since are read.
    """
    known = known or FeatureHistory()
    rectifiers = [stage.rectifier for stage in stages if stage.rectifier is not None]
    steps: list[int] = []
    dead: dict[str, list[np.ndarray]] = {name: [] for name in rectifiers}
    scales = dict(known.scales)
    total, number, n_unreadable = len(passes), known.n_passes, known.n_unreadable
    spread = set(np.linspace(0, total - 1, SCALE_PASSES).round().astype(int).tolist())
    while number < total:
        try:
            pass_ = passes[number]
            at_pass = {name: dead_units(pass_, name) for name in rectifiers}
            if number in spread:
                for key, value in measured(pass_, stages).items():
                    scales[key] = max(scales.get(key, 0.0), value)
        except CollectionError:
            n_unreadable += 1
        else:
            steps.append(pass_.step)
            for name, flags in at_pass.items():
                width = _width(stages, name)
                dead[name].append(np.zeros(width, bool) if flags is None else flags)
        number += 1
        if progress is not None and not progress(number, total):
            break
    joined = {}
    for name, rows in dead.items():
        parts = [known.dead[name]] if name in known.dead else []
        parts += [np.stack(rows)] if rows else []
        joined[name] = np.concatenate(parts) if parts else np.zeros((0, _width(stages, name)), bool)
    all_steps = np.concatenate([known.steps, np.array(steps, np.int64)])
    return FeatureHistory(number, all_steps, joined, scales, n_unreadable)


def _width(stages: Sequence[FeatureStage], rectifier: str) -> int:
    return next(len(stage.layer.kept) for stage in stages if stage.rectifier == rectifier)
