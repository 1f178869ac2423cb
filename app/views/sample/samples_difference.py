"""What two networks make of the same samples.

`N` samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from collector.comparing.samples import changed_samples, cross_entropies

if TYPE_CHECKING:
    from app.analysis.samples_view import SamplesView
    from app.replay.comparing import Comparing
    from app.replay.frame import Frame, SampleView
    from app.views.sample.analysis.shown_output import ShownOutput
    from collector.storage.passes import Pass

OTHER_SAMPLES = "the two were measured on other samples"


@dataclass(frozen=True, eq=False)
class SamplesDifference:
    """How the predictions of A and B differ.

    Attributes:
        is_same: whether all logits are the same bits.
        changed: numbers of the samples taken for other classes, of the largest cross entropy in B first, int.
        losses: cross entropy of each sample of A and of B in nats, float ``[N]``; None where it cannot be told.
        outputs: what B gives for the sample, where it is no class.
        why_not: why nothing is compared, in words; empty where it is.
    """

    is_same: bool = False
    changed: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    losses: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
    outputs: ShownOutput | None = None
    why_not: str = ""

    def loss_of(self, sample: int) -> tuple[float, float] | None:
        """Cross entropy of a sample of A and of B; None where one of them has none."""
        a, b = self.losses
        if a is None or b is None or not sample < min(len(a), len(b)) or not np.isfinite([a[sample], b[sample]]).all():
            return None
        return float(a[sample]), float(b[sample])


@dataclass(frozen=True, eq=False)
class Beside:
    """What stands beside a sample of A.

    Attributes:
        names: what A and B are called.
        sample: the same one of B.
        samples: what B makes of all samples.
        difference: of both.
    """

    names: tuple[str, str]
    sample: SampleView
    samples: SamplesView
    difference: SamplesDifference

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to compare."""
        return not self.difference.why_not


def subtract(comparing: Comparing, a: Frame, b: Frame) -> SamplesDifference:
    """What differs between two passes; for `app.view.ViewSpec`."""
    if not _are_same_samples(comparing, a.taken, b.taken):
        return SamplesDifference(why_not=OTHER_SAMPLES)
    labels = b.samples.labels
    given, other = (_output_of(each) for each in (a, b))
    are_alike = a.task.kind == b.task.kind
    changed = changed_samples(a.taken, b.taken, labels, a.task) if are_alike else []
    return SamplesDifference(
        is_same=given is not None and _are_same_bits(given, other),
        changed=np.array([each.sample for each in changed], np.int64),
        losses=(_losses(a), _losses(b)),
        outputs=b.prepared.get("sample") if a.task.kind == b.task.kind else None,  # type: ignore[arg-type]
    )


def _output_of(frame: Frame) -> np.ndarray | None:
    taken = frame.taken
    if taken.token_logits is not None:
        return taken.token_logits.values
    return taken.outputs if taken.logits is None else taken.logits


def _losses(frame: Frame) -> np.ndarray | None:
    is_of_classes = frame.samples.predicted is not None
    return cross_entropies(frame.taken, frame.samples.labels, frame.task) if is_of_classes else None


def _are_same_samples(comparing: Comparing, a: Pass, b: Pass) -> bool:
    """Whether both passes were measured on the same ones: a pass can have samples of its own."""
    if a.probe is None and b.probe is None:
        return comparing.pair.has_same_probe
    own = [each.probe or opened.collection.probe for each, opened in ((a, comparing.a), (b, comparing.b))]
    return all(own) and _are_same_bits(*(None if each is None else each.inputs for each in own))


def _are_same_bits(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    return a is not None and b is not None and np.array_equal(a, b, equal_nan=True)
