"""Rules and findings that are made up."""

from collector.findings import Finding, Rule


def rule(name: str = "odd", judge=None, **fields) -> Rule:
    given = {"title": "", "formula": "f", "threshold": "t", "source": "s"} | fields
    return Rule(name, judge=judge or (lambda recording: [found(name)]), **given)


def found(name: str, severity: str = "warning", since: int = 5, **fields) -> Finding:
    maker = rule(name, lambda recording: [])
    return maker.finding(figures={}, severity=severity, title=name, since=since, since_range=(since, since), **fields)
