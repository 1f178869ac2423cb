"""Where findings begin, and which of them have one mark together because theirs would overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis.health import severity_text
from collector.findings import Finding
from collector.findings.finding import SEVERITIES

_MOST_TOLD = 5


@dataclass(frozen=True)
class Onset:
    """A mark.

    Attributes:
        at: its place in px: where the worst one begins.
        findings: that begin there, the worst first.
    """

    at: float
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """What began, a line each."""
        told = [
            f"{severity_text(each.severity)}, since step {each.since:,}: {each.title}"
            for each in self.findings[:_MOST_TOLD]
        ]
        n_more = len(self.findings) - len(told)
        return "\n".join(told + ([f"and {n_more} more"] if n_more else []))

    def next_to(self, chosen: Finding | None) -> Finding:
        """The one that a click goes to: the worst, or that behind the chosen one."""
        at = self.findings.index(chosen) + 1 if chosen in self.findings else 0
        return self.findings[at % len(self.findings)]


def onsets(findings: Sequence[Finding], places: Sequence[float], apart: float) -> list[Onset]:
    """Marks for findings, from left to right, that lie so far apart.

    Args:
        findings: in any order.
        places: where each begins, in px.
        apart: px between two marks, at least.
    """
    groups: list[list[tuple[float, Finding]]] = []
    for place, finding in sorted(zip(places, findings, strict=True), key=lambda each: each[0]):
        if groups and place - groups[-1][0][0] < apart:
            groups[-1].append((place, finding))
        else:
            groups.append([(place, finding)])
    return [_together(group) for group in groups]


def _together(group: list[tuple[float, Finding]]) -> Onset:
    worst = sorted(group, key=lambda each: (-SEVERITIES.index(each[1].severity), each[0]))
    return Onset(worst[0][0], tuple(finding for _, finding in worst))
