"""What is said of a finding, and of a run in which nothing is wrong."""

from collector.findings import Evidence, Finding, NotJudged, Report

_WORDS = {"critical": "Critical", "warning": "Warning", "note": "Note"}


def severity_text(finding: Finding) -> str:
    """Its severity as a word."""
    return _WORDS[finding.severity]


def since_text(finding: Finding) -> str:
    """``150``, or ``150–300`` where it is over."""
    return f"{finding.since:,}" if finding.until is None else f"{finding.since:,}–{finding.until:,}"


def summary_text(report: Report, n_muted: int = 0) -> str:
    """How many there are, in a line; of a healthy run that it is one, as far as could be judged."""
    serious, notes = report.at_least("warning"), len(report.findings) - len(report.at_least("warning"))
    judged = f"{len(report.judged)} rule{'s' * (len(report.judged) != 1)} judged"
    if report.not_judged:
        judged += f", {len(report.not_judged)} could not be"
    if serious:
        words = f"{len(serious)} finding{'s' * (len(serious) != 1)}"
    else:
        words = "Nothing is wrong, as far as can be judged"
    if notes:
        words += f", {notes} note{'s' * (notes != 1)}"
    if n_muted:
        words += f", {n_muted} muted"
    return f"{words} ({judged})"


def finding_text(finding: Finding) -> str:
    """All that is to be read of it: why, what may have led to it, and what it rests on."""
    parts = [finding.title, finding.why]
    if finding.follows_from:
        parts.append(f"Probably a consequence of {finding.follows_from}.")
    if finding.affected:
        parts.append(f"Suffer from it: {_listed(finding.affected)}.")
    if finding.causes:
        parts.append(
            "What may have led to it\n" + "\n".join(f"• {each.text} — {each.check}" for each in finding.causes)
        )
    rests = finding.rests_on
    figures = "\n".join(f"• {name}: {_number(value)}" for name, value in rests.figures.items())
    is_sure = "Measured." if finding.confidence == "measured" else f"An estimate. {finding.why_estimate}"
    told = [
        f"What is this? {finding.rule}",
        f"Computed: {rests.formula}",
        f"Told from: {rests.threshold}",
        f"After: {rests.source}",
        f"Found here\n{figures}" if figures else "",
        is_sure.strip(),
    ]
    return "\n\n".join(filter(None, [*parts, *told]))


def evidence_text(evidence: Evidence) -> str:
    """Where it leads, as ``Optimizer · step 150 · fc1``."""
    parts = [evidence.tab.capitalize() if evidence.tab else ""]
    parts.append("" if evidence.step is None else f"step {evidence.step:,}")
    parts.append(evidence.layer or "")
    parts.append("" if evidence.sample is None else f"sample {evidence.sample}")
    return " · ".join(filter(None, parts))


def not_judged_text(lacking: list[NotJudged]) -> str:
    """What could not be judged, and what would have to be recorded for it."""
    return "\n".join(["Not judged", *(f"• {each.rule}: {each.why}" for each in lacking)]) if lacking else ""


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _number(value: float | int | str) -> str:
    return value if isinstance(value, str) else f"{value:,.4g}"
