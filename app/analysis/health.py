"""How each layer is, by what the rules say of a run: what its badge tells, wherever the layer is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from collector.findings import Finding, Report
from collector.findings.finding import SEVERITIES, Severity

_WORDS: Mapping[Severity, str] = {"critical": "Critical", "warning": "Warning", "note": "Note"}
_MOST_TOLD = 4


@dataclass(frozen=True)
class Health:
    """What is found of a layer, or of several together.

    Attributes:
        findings: one at least, the worst first.
    """

    findings: tuple[Finding, ...]

    @property
    def severity(self) -> Severity:
        """That of the worst."""
        return self.findings[0].severity

    @property
    def words(self) -> str:
        """How it is in a word or two, as ``Critical`` or ``2 warnings``."""
        n = sum(each.severity == self.severity for each in self.findings)
        word = severity_text(self.severity)
        return word if n == 1 or self.severity == "critical" else f"{n} {word.lower()}s"

    @property
    def lines(self) -> list[str]:
        """What is found, a line each, for a tooltip."""
        told = [f"{severity_text(each.severity)}: {each.title}" for each in self.findings[:_MOST_TOLD]]
        n_more = len(self.findings) - len(told)
        return told + ([f"and {n_more} more"] if n_more else [])


def severity_text(severity: Severity) -> str:
    """A severity as a word."""
    return _WORDS[severity]


def rank(health: Health | None) -> int:
    """How bad it is: 0 where nothing is found, 3 for what is critical."""
    return 0 if health is None else SEVERITIES.index(health.severity) + 1


def health_of(findings: Iterable[Finding]) -> dict[str, Health]:
    """Layer → how it is, of the layers that a finding names as its cause; those that only suffer from one have none."""
    found: dict[str, list[Finding]] = {}
    for each in findings:
        for layer in dict.fromkeys(each.layers):
            found.setdefault(layer, []).append(each)
    return {layer: Health(_worst_first(each)) for layer, each in found.items()}


def together(healths: Iterable[Health | None]) -> Health | None:
    """How several layers are that are drawn as one; None where nothing is found of any."""
    found: list[Finding] = []
    for health in healths:
        found += [each for each in ([] if health is None else health.findings) if each not in found]
    return Health(_worst_first(found)) if found else None


def without(report: Report, muted: Collection[str]) -> Report:
    """The same without the findings of some rules, by their names."""
    return msgspec.structs.replace(report, findings=[each for each in report.findings if each.rule not in muted])


def is_same(one: Finding, other: Finding) -> bool:
    """Whether it is the same finding of a run that has grown."""
    return (one.rule, one.layers[:1]) == (other.rule, other.layers[:1])


def next_finding(findings: Iterable[Finding], chosen: Finding | None, step: int, n_places: int) -> Finding:
    """The finding so many places behind the chosen one in the order of steps, or before it; around at the end.

    Args:
        findings: one at least.
        chosen: where it is none of them, the way begins at the step.
        step: of the playhead.
        n_places: 1 or -1.
    """
    found = sorted(findings, key=lambda each: each.since)
    n_before = sum(each.since < step for each in found)
    at = found.index(chosen) if chosen in found else n_before - (n_places == 1)
    return found[(at + n_places) % len(found)]


def _worst_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda each: (-SEVERITIES.index(each.severity), each.since)))
