"""A pass in the making."""

from dataclasses import dataclass, field

import numpy as np

from collector.storage.schema import LayerRecord, PassRecord, TopLogits


@dataclass
class PassDraft:
    """What was taken of a pass so far.

    Attributes:
        layers: layer → its arrays.
        logits: float32 ``[N, K]``.
        top_logits: what is kept of them where they are very many.
        scalars: name → number.
        histograms: layer → ``weight``, ``gradient``, ``update`` → counts ``[129]``.
        not_finite: series of `collector.capture.not_finite` → layer → how many values are not finite.
        has_histograms: whether the spread of all values is wanted, where it is taken at all.
    """

    layers: dict[str, LayerRecord]
    logits: np.ndarray | None = None
    top_logits: TopLogits | None = None
    scalars: dict[str, float] = field(default_factory=dict)
    histograms: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    not_finite: dict[str, dict[str, int]] = field(default_factory=dict)
    has_histograms: bool = True

    def to_record(self, step: int) -> PassRecord:
        """The pass as the file holds it."""
        return PassRecord(
            number=0,
            step=step,
            logits=self.logits,  # type: ignore[arg-type]
            top_logits=self.top_logits,
            layers=self.layers,
            histograms=self.histograms,  # type: ignore[arg-type]
        )
