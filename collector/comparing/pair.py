"""Two recordings, their layers paired and their steps on one clock: what everything else here is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from collector.comparing.clocks import Alignment, Clock
from collector.comparing.comparison import NotCompared
from collector.comparing.pairing import Pairing, paired
from collector.findings.recording import Recording
from collector.storage.reader import Collection

TOLERANCE = 1e-6

OF_CHECKSUMS = {
    "output_crc32": "inputs and outputs of modules in training, bit by bit",
    "weights_crc32": "all weights and gradients, bit by bit",
}
"""Metric → what its checksums tell of."""


@dataclass(frozen=True)
class Column:
    """A scalar of both runs where they lie on one another.

    Attributes:
        steps_a, steps_b: int ``[R]``.
        a, b: float64 ``[R]``.
        is_exact: whether they lie at just the same place of the clock, bool ``[R]``.
    """

    steps_a: np.ndarray
    steps_b: np.ndarray
    a: np.ndarray
    b: np.ndarray
    is_exact: np.ndarray

    def exact(self) -> "Column":
        """Only what lies at the same place."""
        here = self.is_exact
        return Column(self.steps_a[here], self.steps_b[here], self.a[here], self.b[here], self.is_exact[here])


@dataclass(frozen=True)
class Pair:
    """Two recordings; nothing is read of them before it is asked for.

    Attributes:
        a, b: the recordings.
        layers: which layer is which.
        alignment: which step lies on which.
        tolerance: a share of a value up to which a difference is rounding.
    """

    a: Collection
    b: Collection
    layers: Pairing
    alignment: Alignment
    tolerance: float = TOLERANCE

    @cached_property
    def recordings(self) -> tuple[Recording, Recording]:
        """Both, as rules look at them."""
        return Recording(self.a), Recording(self.b)

    @cached_property
    def partner(self) -> Mapping[str, str]:
        """Layer of A → layer of B."""
        return {each.a: each.b for each in self.layers.pairs}

    @cached_property
    def is_bitwise(self) -> bool:
        """Whether the same training gives the same bits in both: not where they are of two frameworks."""
        families = {each.run.framework.partition(" ")[0] for each in (self.a, self.b)}
        return len(families) == 1

    @cached_property
    def has_same_probe(self) -> bool:
        """Whether both were measured on the same samples."""
        one, other = self.a.probe, self.b.probe
        return one is not None and other is not None and np.array_equal(one.inputs, other.inputs, equal_nan=True)

    @cached_property
    def turned(self) -> "Pair":
        """The same with B in A's place."""
        return Pair(self.b, self.a, self.layers.turned, self.alignment.turned, self.tolerance)

    @staticmethod
    def has_checksums(collection: Collection, metric: str) -> bool:
        """Whether a recording tells bit by bit what is the same; see `OF_CHECKSUMS`."""
        return any(name.startswith(f"{metric}/") for name in collection.series)

    def name_in_b(self, name: str) -> str:
        """What B calls a scalar of A; empty where that is of a layer that has no partner."""
        front, stroke, layer = name.partition("/")
        other = self.partner.get(layer, "" if layer in self.a.layers else layer)
        return f"{front}{stroke}{other}" if other or not layer else ""

    def column(self, name: str) -> Column | None:
        """A scalar of A and the same of B; None where one of them has none, or nothing lies on anything."""
        other = self.name_in_b(name)
        if name not in self.a.series or other not in self.b.series:
            return None
        steps_a, a = self.a.series.recorded(name)
        steps_b, b = self.b.series.recorded(other)
        aligned = self.alignment.of(steps_a, steps_b)
        if not len(aligned.a):
            return None
        own = a[np.searchsorted(steps_a, aligned.a)], b[np.searchsorted(steps_b, aligned.b)]
        return Column(aligned.a, aligned.b, *own, aligned.is_exact)

    @cached_property
    def passes(self) -> list[tuple[int, int]]:
        """Numbers of the passes of A and B that lie on one another, in order."""
        aligned = self.alignment.of(self.a.passes.steps, self.b.passes.steps)
        place_a = {int(step): number for number, step in enumerate(self.a.passes.steps)}
        place_b = {int(step): number for number, step in enumerate(self.b.passes.steps)}
        return [(place_a[int(one)], place_b[int(other)]) for one, other in zip(*aligned.exact, strict=True)]

    def not_compared(self) -> list[NotCompared]:
        """What the two do not allow to compare."""
        found = []
        if self.a.probe is not None and self.b.probe is not None and not self.has_same_probe:
            what = "activations, feature maps, logits, dead units and similarities of layers"
            found.append(NotCompared(what, "the two were measured on other samples (their probes differ)"))
        elif self.a.probe is None or self.b.probe is None:
            found.append(NotCompared("activations and logits of the probe", "a recording has no probe"))
        for name, collection in (("A", self.a), ("B", self.b)):
            if not any(each.startswith("weights_crc32/") for each in collection.series):
                why = f"{name} has no checksums of them: what is not kept in its passes may differ unseen"
                found.append(
                    NotCompared("inputs and outputs of modules, and all weights and gradients, bit by bit", why)
                )
        if not self.is_bitwise:
            found.append(NotCompared("bits", "the recordings are of two frameworks; values are compared"))
        if not self.passes:
            found.append(NotCompared("passes", "none of A lies on one of B on this clock"))
        return found


def pair_of(
    a: Collection,
    b: Collection,
    *,
    clock: Clock = "step",
    offset: float = 0,
    tolerance: float = TOLERANCE,
    layers: Mapping[str, str | None] | None = None,
) -> Pair:
    """Two recordings, ready to be compared.

    Args:
        clock, offset: see `Alignment`.
        layers: pairs made by hand, see `paired`.

    Raises:
        ClockError: a run does not tell what the clock goes by.
        ValueError: ``layers`` names what there is not.
    """
    return Pair(a, b, paired(a.layers, b.layers, layers), Alignment(a, b, clock, offset), tolerance)
