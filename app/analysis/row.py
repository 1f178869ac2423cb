"""A row of a list that leads somewhere: a line in small letters, and a text below it."""

from dataclasses import dataclass

from collector.findings.finding import Severity


@dataclass(frozen=True)
class Row:
    """What stands in a row.

    Attributes:
        above: the line in small letters.
        text: as many lines as it takes.
        severity: whose mark stands before it; None: none does.
        is_faint: it matters less than the others, as what only follows from one of them.
        tip: what the tooltip says.
    """

    above: str
    text: str
    severity: Severity | None = None
    is_faint: bool = False
    tip: str = ""
