"""A pass in the making."""

from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from collector.pytorch.bringing import Bringing
from collector.storage.schema import LayerRecord, PassRecord


@dataclass
class Taken:
    """What was taken of a pass so far. It is whole when `bringing` has fetched what lies on other devices."""

    layers: dict[str, LayerRecord]
    logits: np.ndarray | None = None
    scalars: dict[str, float] = field(default_factory=dict)
    before: dict[Tensor, Tensor] = field(default_factory=dict)
    """Parameter → its values before the step."""
    counts: dict[str, dict[Tensor, np.ndarray]] = field(default_factory=dict)
    """``weight``, ``gradient``, ``update`` → parameter → how its values are spread, counts ``[129]``."""
    squares: dict[str, dict[Tensor, float]] = field(default_factory=dict)
    """``weight_norm``, ``gradient_norm``, ``update_norm`` → parameter → the sum of squares of what belongs to it."""
    without_gradient: list[str] | None = None
    """Layers that could learn, but have no gradient; None: gradients were not taken."""
    histograms: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    """Layer → ``weight``, ``gradient``, ``update`` → the same of all its parameters."""
    has_histograms: bool = True
    norms_are_known: bool = False
    """Whether the norms of this step come from elsewhere."""
    bringing: Bringing = field(default_factory=Bringing)

    def to_record(self, step: int) -> PassRecord:
        """The pass as the file holds it."""
        return PassRecord(
            number=0,
            step=step,
            logits=self.logits,  # type: ignore[arg-type]
            layers=self.layers,
            histograms=self.histograms,  # type: ignore[arg-type]
        )
