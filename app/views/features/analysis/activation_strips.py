"""What the linear layers give for one sample, a strip for each, up to the logits.

`U` kept units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.scales import largest
from app.views.features.analysis.feature_history import dead_units
from app.views.features.analysis.feature_stages import FeatureStage
from collector.comparing.subtracted import PassDifference

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
        rectifier: the layer behind which a unit can be dead; None where none can.
        dead: bool ``[U]``; None where a unit cannot be dead, or that is not known.
        reason: why there are no values.
        sides: the strips of A and of B where the values are B less A; ``dead`` are those that are so in either then.
    """

    stage: str
    shown: str
    units: np.ndarray
    n_units: int
    values: np.ndarray | None
    rectifier: str | None
    dead: np.ndarray | None
    reason: str = ""
    sides: tuple[Strip, Strip] | None = None

    @property
    def is_same(self) -> bool:
        """Whether there is no difference at all."""
        return self.sides is not None and self.values is not None and not self.values.any()


@dataclass(frozen=True, eq=False)
class Strips:
    """A strip for each linear layer, the first on top.

    Attributes:
        largest: the largest magnitude of all their values.
    """

    rows: tuple[Strip, ...]
    largest: float

    @property
    def dead_words(self) -> str:
        """How many units are dead, of those that can be, as ``3 of 40 dead``; of none empty."""
        known = [strip.dead for strip in self.rows if strip.dead is not None]
        n_dead = sum(int(dead.sum()) for dead in known)
        return f"{n_dead:,} of {sum(map(len, known)):,} dead" if n_dead else ""


_NOT_IN_BOTH = "A or B has none of this sample"
_NEEDS_PROBE = "they need a probe: Collector(…, probe=(images, labels))"


def activation_strips(pass_: Pass, stages: Sequence[FeatureStage], sample: int, moment: str) -> Strips:
    """The strips of a sample; ``moment`` is `BEFORE` or `AFTER`."""
    rows = tuple(_strip(pass_, stage, sample, moment) for stage in stages if stage.is_linear)
    highest = max((largest(strip.values) for strip in rows), default=0.0)
    return Strips(rows, highest)


def _strip(pass_: Pass, stage: FeatureStage, sample: int, moment: str) -> Strip:
    if not isinstance(pass_, PassDifference):
        return _strip_of_one(pass_, stage, sample, moment)
    a, b = (_strip_of_one(each, stage, sample, moment) for each in (pass_.a, pass_.b))
    made = _strip_of_one(pass_, stage, sample, moment)
    dead = None if a.dead is None or b.dead is None else a.dead | b.dead
    reason = pass_.why_missing(stage.after if moment == AFTER else stage.layer, "activation") or _NOT_IN_BOTH
    return replace(made, dead=dead, reason=reason, sides=(a, b))


def _strip_of_one(pass_: Pass, stage: FeatureStage, sample: int, moment: str) -> Strip:
    layer = stage.after if moment == AFTER else stage.layer
    recorded = pass_.layers[layer.name].activation if layer.name in pass_.layers else None
    return Strip(
        stage=stage.name,
        shown=layer.name,
        units=stage.layer.kept,
        n_units=stage.layer.units,
        values=recorded[sample] if recorded is not None and 0 <= sample < len(recorded) else None,
        rectifier=stage.rectifier,
        dead=None if stage.rectifier is None else dead_units(pass_, stage.rectifier),
        reason=pass_.why_missing(layer, "activation") or _NEEDS_PROBE,
    )
