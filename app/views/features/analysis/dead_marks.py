"""Which units are marked as dead, and what is said of them: at a pass, or at two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.views.features.analysis.feature_history import FeatureHistory, dead_units
from app.views.features.analysis.feature_stages import FeatureStage
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    import numpy as np

    from app.views.features.analysis.activation_strips import Strips
    from collector.storage.passes import Pass


@dataclass(frozen=True)
class DeadMarks:
    """Units by their true numbers.

    Attributes:
        words: dead unit → what is said of it.
        only_in: of two passes, unit that is dead in one of them alone → ``A`` or ``B``.
    """

    words: Mapping[int, str] = field(default_factory=dict)
    only_in: Mapping[int, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """How many there are, as ``3 dead``, of two passes as ``dead: 2 in A (\\), 1 in B (/), 4 in both``."""
        if not self.only_in:
            return f"{len(self.words):,} dead" if self.words else ""
        of = {side: list(self.only_in.values()).count(side) for side in "AB"}
        return _counted(of["A"], of["B"], len(self.words) - of["A"] - of["B"])


NO_MARKS = DeadMarks()


def dead_marks(pass_: Pass, stage: FeatureStage, history: FeatureHistory) -> DeadMarks:
    """The dead units of a stage; of one pass with the step since which they are."""
    if stage.rectifier is None:
        return NO_MARKS
    if isinstance(pass_, PassDifference):
        a, b = (dead_units(each, stage.rectifier) for each in (pass_.a, pass_.b))
        return NO_MARKS if a is None or b is None else marks_of_two(stage.layer.kept, a, b)
    dead = dead_units(pass_, stage.rectifier)
    if dead is None:
        return NO_MARKS
    since = history.dead_since(stage.rectifier, pass_.step)
    words = {}
    for place in dead.nonzero()[0].tolist():
        known = f"dead since the pass at step {int(since[place]):,}" if len(since) else "dead at this pass"
        words[int(stage.layer.kept[place])] = known
    return DeadMarks(words)


def marks_of_two(kept: np.ndarray, a: np.ndarray, b: np.ndarray) -> DeadMarks:
    """Those of units of which is known whether they are dead in A and in B, each bool ``[U]``."""
    words, only_in = {}, {}
    for unit, in_a, in_b in zip(kept.tolist(), a.tolist(), b.tolist(), strict=True):
        if in_a and in_b:
            words[unit] = "dead in A and B"
        elif in_a or in_b:
            only_in[unit] = "A" if in_a else "B"
            words[unit] = f"dead in {only_in[unit]} alone"
    return DeadMarks(words, only_in)


def n_dead_of_two(strips: Strips) -> str:
    """How many units of strips of two passes are dead, as `DeadMarks.summary`."""
    known = [(a.dead, b.dead) for a, b in (strip.sides for strip in strips.rows if strip.sides is not None)]
    both = [(a, b) for a, b in known if a is not None and b is not None]
    return _counted(
        *(sum(int(part.sum()) for part in of) for of in zip(*((a & ~b, b & ~a, a & b) for a, b in both), strict=True))
    )


def _counted(in_a: int = 0, in_b: int = 0, in_both: int = 0) -> str:
    told = [f"{n:,} {words}" for n, words in ((in_a, "in A (\\)"), (in_b, "in B (/)"), (in_both, "in both")) if n]
    return f"dead: {', '.join(told)}" if told else ""
