"""Rules over a collection: what is wrong, in which layer, since which step, and why.

`findings` puts all of them to a collection; a `Rule` of another package comes in by an entry point ``strobe.rules``.
"""

from collector.findings.engine import findings, judge
from collector.findings.finding import Cause, Evidence, Finding, GlobalEvent, NotJudged, Report
from collector.findings.first_movers import FirstMovers, Mover, SharedMove, first_movers
from collector.findings.recording import Recording, Table
from collector.findings.rule import NotJudgedError, Rule

__all__ = [
    "Cause",
    "Evidence",
    "Finding",
    "FirstMovers",
    "GlobalEvent",
    "Mover",
    "NotJudged",
    "NotJudgedError",
    "Recording",
    "Report",
    "Rule",
    "SharedMove",
    "Table",
    "findings",
    "first_movers",
    "judge",
]
