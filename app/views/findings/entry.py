"""Findings as they stand in the list: of one run, or of two with whose they are."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from app.analysis.row import Row
from app.views.findings.analysis.finding_text import (
    Section,
    counted_text,
    finding_row,
    judged_text,
    lacking_items,
    since_text,
)
from collector.comparing.findings import SidedFindings
from collector.findings import Evidence, Finding, Report

if TYPE_CHECKING:
    from app.replay.comparing import Comparing


class Whose(Enum):
    """Which of two runs has a finding. The values are words of a table."""

    ONE = ""
    """There is one run."""
    B = "b"
    A = "a"
    BOTH = "both"


_WORDS = {Whose.ONE: "", Whose.A: "only A", Whose.B: "only B", Whose.BOTH: "both"}
"""Whose a finding is, in the list, where the names of runs have no room."""


@dataclass(frozen=True)
class Entry:
    """A finding in the list.

    Attributes:
        finding: that of A where both have it. Where it is of B, the places in it are those of A next to them.
        whose: which run has it.
        beside: that of B, where both have it.
    """

    finding: Finding
    whose: Whose = Whose.ONE
    beside: Finding | None = None

    def row(self) -> Row:
        """It in the list; what both have is no difference, and matters less."""
        row = finding_row(self.finding, beside=self.beside, whose=_WORDS[self.whose])
        return replace(row, is_faint=row.is_faint or self.whose is Whose.BOTH)

    def sections(self, names: tuple[str, str]) -> list[Section]:
        """What is to be read of it beyond what is read of a finding of one run."""
        if self.beside is None:
            return []
        return [Section(f"In {names[1]}", (f"Since step {since_text(self.beside)}: {self.beside.title}",))]


@dataclass(frozen=True)
class TwoReports:
    """What the rules say of two runs.

    Attributes:
        names: what A and B are called.
        found: the findings of both; None while the rules are being put to B.
        of_b: all that they say of B.
    """

    names: tuple[str, str]
    found: SidedFindings | None = None
    of_b: Report | None = None

    @property
    def entries(self) -> list[Entry]:
        """What only B has, then what only A has, then what both have."""
        if self.found is None:
            return []
        told = [Entry(each, Whose.B) for each in self.found.only_b]
        told += [Entry(each, Whose.A) for each in self.found.only_a]
        return told + [Entry(one, Whose.BOTH, other) for one, other in self.found.both]

    def summary(self, muted: Names[str]) -> str:
        """How many there are of each side, in a line."""
        if self.found is None:
            return f"Of {self.names[0]}; the rules are being put to {self.names[1]}"
        told = [each for each in self.entries if each.finding.rule not in muted]
        n_muted = len(self.entries) - len(told)
        where = {Whose.B: f"only in {self.names[1]}", Whose.A: f"only in {self.names[0]}", Whose.BOTH: "in both"}
        counts = {whose: counted_text([each.finding for each in told if each.whose is whose]) for whose in where}
        words = [f"{counts[whose]} {each}" for whose, each in where.items() if counts[whose]]
        return "; ".join(words or ["Nothing is found in either"]) + f", {n_muted:,} muted" * bool(n_muted)

    def judged_sections(self) -> list[Section]:
        """What was looked at in B, and what could not be."""
        if self.of_b is None:
            return []
        return [Section(f"In {self.names[1]}", (judged_text(self.of_b),), lacking_items(self.of_b))]


def placed_on_a(found: Sequence[Finding], comparing: Comparing) -> list[Finding]:
    """Findings of B with the places of A that lie next to theirs; what A has not is left out of a place."""
    return [msgspec.structs.replace(each, evidence=_places(each, comparing)) for each in found]


def _places(finding: Finding, comparing: Comparing) -> list[Evidence]:
    least = Evidence(step=finding.since, layer=next(iter(finding.layers), None))
    turned, places = comparing.pair.turned, []
    for each in finding.evidence or [least]:
        step, layer = comparing.place_on_a(each.step, each.layer)
        series = None if each.series is None else turned.name_in_b(each.series)
        places.append(msgspec.structs.replace(each, step=step, layer=layer, series=series))
    return places
