"""What the linear layers give for one sample, a strip for each, up to the logits.

`U` kept units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.views.features.analysis.feature_history import FeatureHistory, dead_units
from app.views.features.analysis.feature_stages import FeatureStage

if TYPE_CHECKING:
    from collector.storage.passes import Pass

BEFORE, AFTER = "before activation", "after activation"


@dataclass(frozen=True, eq=False)
class Strip:
    """The units of one linear layer.

    Attributes:
        stage: its name.
        shown: the layer whose output this is.
        units: true numbers, int ``[U]``.
        n_units: how many the layer really has.
        values: float32 ``[U]``; None where they were not recorded.
        dead: bool ``[U]``; None where a unit cannot be dead, or that is not known.
        since: the step since which each is dead, int ``[U]``, −1: not; ``[0]`` where that is not known.
        reason: why there are no values.
    """

    stage: str
    shown: str
    units: np.ndarray
    n_units: int
    values: np.ndarray | None
    dead: np.ndarray | None
    since: np.ndarray
    reason: str = ""


_NEEDS_PROBE = "they need a probe: Collector(…, probe=(images, labels))"


def activation_strips(
    pass_: Pass, stages: Sequence[FeatureStage], sample: int, moment: str, history: FeatureHistory
) -> list[Strip]:
    """A strip for each linear layer, the first on top; ``moment`` is `BEFORE` or `AFTER`."""
    strips = []
    for stage in stages:
        if stage.is_convolution:
            continue
        layer = stage.after if moment == AFTER else stage.layer
        recorded = pass_.layers[layer.name].activation if layer.name in pass_.layers else None
        values = recorded[sample] if recorded is not None and 0 <= sample < len(recorded) else None
        name = stage.rectifier
        strips.append(
            Strip(
                stage=stage.name,
                shown=layer.name,
                units=np.asarray(stage.layer.kept),
                n_units=stage.layer.units,
                values=values,
                dead=None if name is None else dead_units(pass_, name),
                since=np.zeros(0, np.int64) if name is None else history.dead_since(name, pass_.step),
                reason=pass_.why_missing(layer, "activation") or _NEEDS_PROBE,
            )
        )
    return strips
