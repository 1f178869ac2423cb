"""What a comparison of two recordings says, as it is shown, printed and written as JSON."""

from typing import Literal

import msgspec

from collector.storage.schema import Option

FORMAT = "strobe.comparison"
VERSION = 1

Phase = Literal["options", "data", "forward", "backward", "update"]
PHASES: tuple[Phase, ...] = ("options", "data", "forward", "backward", "update")

Verdict = Literal["options", "data", "computation", "noise"]
"""Why two runs part: they were asked for other things; they were given other samples; with the same of both something
else came out; or it is rounding, or what repeats of a run differ by as well."""


class FirstDifference(msgspec.Struct, kw_only=True, omit_defaults=False, frozen=True):
    """The first value that is not the same."""

    step: int
    """Of A; the first recorded step at which it is seen."""
    phase: Phase
    layer: str = ""
    """Of A; empty where it is of none, or where that cannot be told."""
    quantity: str
    """As ``gradient``."""
    verdict: Verdict | None
    """None: it cannot be told."""
    text: str
    """One line in a user's words."""
    equal_at: int | None = None
    """The last step before it at which the same was compared and found equal; it began behind this one."""
    size: float | None = None
    """Largest difference, as a share of the value; None: not known."""


class OptionDifference(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """Something the runs were told that is not the same."""

    kind: Literal["option", "data", "group", "layer", "version", "recording"]
    """``option``: of the training. ``group``: of an optimizer's parameters. ``layer``: what a module was made with.
    ``version``: of programs, and what they ran on. ``recording``: what is recorded, which changes no training."""
    name: str
    a: Option
    b: Option
    layer: str = ""
    step: int = 0
    """From which step on."""


class MeasureDifference(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """A scalar that is not the same in both runs."""

    name: str
    """In A."""
    compared: int
    """At so many steps."""
    since: int
    """The first of A's steps at which it differs by more than the tolerance."""
    largest: float
    """Largest difference, as a share of the value."""
    largest_at: int
    of_b: str = ""
    """Its name in B, where that is another one."""
    outside: int = 0
    """At so many steps it is outside of what repeats of A differ by; 0 where there are none."""


class NotCompared(msgspec.Struct, frozen=True):
    """What says nothing, and why."""

    what: str
    why: str


class ChangedSample(msgspec.Struct, frozen=True):
    """A sample of the probe that the two networks take for different classes."""

    sample: int
    label: int | None
    a: int
    b: int
    loss_a: float | None
    """Cross entropy, in nats; None without a label."""
    loss_b: float | None


class OneSided(msgspec.Struct, omit_defaults=True, frozen=True):
    """A finding that one of the runs has and the other has not."""

    rule: str
    severity: str
    title: str
    layers: list[str] = []
    since: int = 0


class LayerMatch(msgspec.Struct, frozen=True):
    """Layers that are compared with one another."""

    a: str
    b: str
    how: str
    """``name``, ``prefix`` (the same without it), ``order`` (by order, kind and shape) or ``given`` by hand."""


class Comparison(msgspec.Struct, kw_only=True, frozen=True):
    """Two recordings on one clock."""

    format: str = FORMAT
    version: int = VERSION
    a: str
    b: str
    clock: str
    offset: float = 0
    tolerance: float
    bitwise: bool
    """Whether equal means the same bits; else that it differs by no more than the tolerance."""
    identical_until: int | None
    """The last of A's steps up to which all that was compared is equal."""
    identical_passes: int = 0
    """So many passes of both were compared, or lie where everything is equal."""
    first_difference: FirstDifference | None
    beyond_tolerance: int | None = None
    """The first step at which anything differs by more than the tolerance; None: nothing does."""
    options: list[OptionDifference] = []
    measures: list[MeasureDifference] = []
    """Those that differ by more than the tolerance."""
    layers: list[LayerMatch] = []
    """Layers whose partner has another name."""
    only_a: list[str] = []
    only_b: list[str] = []
    changed_samples: list[ChangedSample] = []
    """At the last pass that both have, those of the largest loss in B first."""
    findings_a: list[OneSided] = []
    findings_b: list[OneSided] = []
    noise: str = ""
    """What the noise is estimated from, in words; empty: there is no estimate, and every difference counts."""
    not_compared: list[NotCompared] = []

    @property
    def differs(self) -> bool:
        """Whether anything differs by more than the tolerance."""
        return self.beyond_tolerance is not None
