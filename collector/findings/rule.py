"""What a rule is. Ours and strangers' (entry points ``strobe.rules``) are alike."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

import numpy as np

from collector.findings.finding import Finding, RestsOn
from collector.findings.recording import Recording

Need = Callable[[Recording], str]
"""Asks a recording for something: empty where it has it, else what would have to be recorded, as a sentence."""


class Judge(Protocol):
    """Looks at a recording that has what the rule needs."""

    def __call__(self, recording: Recording, /) -> Iterable[Finding]: ...


class NotJudgedError(Exception):
    """Raised by a rule that finds out in the middle that it can say nothing; the text says why."""


@dataclass(frozen=True)
class Rule:
    """One thing to look for.

    Attributes:
        name: in the field's words, joined by hyphens: ``dead-units``.
        title: what it looks for, in one line.
        judge: yields what it finds.
        needs: asked one after the other; where one is lacking the rule is not judged, and says what lacks.
        formula: what is computed, in words or symbols.
        threshold: from where on it is a finding.
        source: of formula and threshold: a paper, a tool, or a measurement of ours.
        stays_silent: what looks like it and is healthy.
        alarms: how often it was wrong, and on what that was measured.
        explains: names of rules whose findings, begun no earlier, are probably consequences of one of this rule's.
    """

    name: str
    title: str
    judge: Judge
    formula: str
    threshold: str
    source: str
    needs: Sequence[Need] = ()
    stays_silent: str = ""
    alarms: str = ""
    explains: frozenset[str] = frozenset()

    def lacks(self, recording: Recording) -> str:
        """What the recording does not have and the rule needs; empty where nothing lacks."""
        return next((str(why) for need in self.needs if (why := need(recording))), "")

    def finding(self, *, figures: dict[str, float | int | str], **fields: Any) -> Finding:
        """A finding of this rule; fields as those of `Finding`.

        Args:
            figures: by name; NumPy's numbers too. What is not finite becomes ``nan``, ``inf`` or ``-inf``: JSON has no
                such numbers.
        """
        told = {name: _told(value) for name, value in figures.items()}
        rests_on = RestsOn(self.formula, self.threshold, self.source, told)
        return Finding(rule=self.name, rests_on=rests_on, **fields)


def _told(figure: float | int | str) -> float | int | str:
    if isinstance(figure, np.generic):
        figure = figure.item()
    return str(figure) if isinstance(figure, float) and not isfinite(figure) else figure
