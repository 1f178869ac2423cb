"""What a rule says of a recording, as it is shown, printed and written as JSON."""

from typing import Literal

import msgspec

FORMAT = "strobe.findings"
VERSION = 1

Severity = Literal["note", "warning", "critical"]

SEVERITIES: tuple[Severity, ...] = ("note", "warning", "critical")
"""From harmless to worst. ``note``: odd, or harmless so far. ``warning``: it harms. ``critical``: something is not
finite, or nothing can be learnt any more."""


class Evidence(msgspec.Struct, omit_defaults=True, frozen=True):
    """Where in the recording it can be seen; what does not matter is None."""

    tab: str | None = None
    """Name of the view, as ``gradients``."""
    step: int | None = None
    layer: str | None = None
    unit: int | None = None
    sample: int | None = None
    series: str | None = None
    """Name of the scalar, as ``gradient_norm/fc1``."""
    stories: tuple[int, ...] = ()
    """Samples whose stories tell it, by their places among those of the run, the clearest first."""


class Cause(msgspec.Struct, frozen=True):
    """What may have led to it."""

    text: str
    check: str
    """What would confirm it."""


class RestsOn(msgspec.Struct, omit_defaults=True, frozen=True):
    """Why it is said."""

    formula: str
    threshold: str
    source: str
    figures: dict[str, float | int | str] = {}
    """What was found, by name."""


class Finding(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """One thing that is wrong or odd: in which layers, since when, and why."""

    rule: str
    severity: Severity
    title: str
    """One line, with the layer and the figures."""
    why: str = ""
    """One line: what it does to the training."""
    layers: list[str] = []
    """The cause first; empty where it is of the whole training."""
    affected: list[str] = []
    """Layers that only suffer from it."""
    since: int
    """The first recorded step at which it holds."""
    since_range: tuple[int, int]
    """It began behind the first of these recorded steps and not behind the second."""
    until: int | None = None
    """The last recorded step at which it holds; None: at the recording's end it still does."""
    causes: list[Cause] = []
    """Candidates, likeliest first."""
    evidence: list[Evidence] = []
    """The first is gone to by a click."""
    rests_on: RestsOn
    confidence: Literal["measured", "estimate"] = "measured"
    why_estimate: str = ""
    """Why it could not be measured."""
    follows_from: str = ""
    """The rule of the finding whose consequence this probably is."""


class GlobalEvent(msgspec.Struct, omit_defaults=True, frozen=True):
    """Something that moved all layers at once, as a change of the learning rate or a hard batch."""

    step: int
    text: str


class NotJudged(msgspec.Struct, frozen=True):
    """A rule that could say nothing here."""

    rule: str
    why: str
    """What would have to be recorded for it."""


class Report(msgspec.Struct, omit_defaults=False):
    """All that the rules say of a recording."""

    collection: str
    findings: list[Finding]
    """Worst first, then by the step at which it began."""
    global_events: list[GlobalEvent]
    judged: list[str]
    """The rules that had what they need."""
    not_judged: list[NotJudged]
    format: str = FORMAT
    version: int = VERSION
    remarks: list[str] = []
    """What was left out, a sentence each."""

    def lacking(self) -> dict[str, list[str]]:
        """What would have to be recorded → the rules that could say nothing for want of it."""
        found: dict[str, list[str]] = {}
        for each in self.not_judged:
            found.setdefault(each.why, []).append(each.rule)
        return found

    def at_least(self, severity: Severity) -> list[Finding]:
        """The findings of this severity and above."""
        least = SEVERITIES.index(severity)
        return [each for each in self.findings if SEVERITIES.index(each.severity) >= least]
