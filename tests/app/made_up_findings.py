"""Findings made up for tests of what shows them, so that no threshold of a rule decides what is seen."""

from collector.findings import Cause, Evidence, Finding, GlobalEvent, NotJudged, Report
from collector.findings.finding import RestsOn


def finding(rule: str, severity: str, layers: list[str], since: int, **given: object) -> Finding:
    """A finding of which only what matters is given."""
    fields = {
        "title": f"{rule} of {', '.join(layers) or 'the training'}",
        "why": "It does not learn.",
        "since_range": (max(since - 1, 0), since),
        "rests_on": RestsOn("a formula", "a threshold", "a paper", {"share": 0.75}),
        "evidence": [Evidence(tab="optimizer", step=since, layer=next(iter(layers), None))],
    }
    return Finding(rule=rule, severity=severity, layers=layers, since=since, **(fields | given))


DEAD = finding(
    "dead-units",
    "critical",
    ["fc1", "relu2"],
    6,
    affected=["conv1"],
    causes=[Cause("The rate is too high.", "Try a tenth of it.")],
    evidence=[
        Evidence(tab="features", step=6, layer="fc1", unit=8, sample=2),
        Evidence(tab="gradients", step=9, layer="fc1"),
    ],
)
SPIKE = finding("loss-spike", "note", [], 3)
LARGE = finding("update-too-large", "warning", ["conv1"], 9)


def report(*findings: Finding) -> Report:
    """What the rules say, where they say just this."""
    return Report(
        "run.json",
        list(findings),
        [GlobalEvent(4, "The updates of all layers are 10 times smaller than before.")],
        ["dead-units", "loss-spike"],
        [NotJudged("norm-statistics", "there is no batches_tracked/LAYER")],
    )
