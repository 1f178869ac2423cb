"""What is said of a finding, and of a run in which nothing is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.analysis.figures import true_signs
from app.analysis.health import severity_text
from app.analysis.row import Row
from collector.findings import Evidence, Finding, Report, Rule
from collector.findings.layer_words import layer_words, layers_words

_MOST_LAYERS = 5


@dataclass(frozen=True)
class Section:
    """A heading with lines below it; a line may be an item of a list.

    Attributes:
        heading: empty: none.
        lines: sentences, each a paragraph.
        items: each behind a dot.
    """

    heading: str = ""
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = field(default=())


def finding_row(finding: Finding, *, beside: Finding | None = None, whose: str = "") -> Row:
    """A finding in a list: since when, which rule's it follows from, in which layer, and its title.

    The layer, which may be long, stands last: of what there is no room for the end is cut.

    Args:
        finding: the finding.
        beside: that of B, where both of two runs have it.
        whose: in words, which of two runs has it.
    """
    severity = "" if finding.follows_from else severity_text(finding.severity)
    since = f"since step {since_text(finding)}"
    if beside is not None and beside.since != finding.since:
        since += f" (B: {since_text(beside)})"
    follows = f"↳ {finding.follows_from}" if finding.follows_from else ""
    above = " · ".join(filter(None, (severity, since, whose, follows, layers_words(finding.layers[:1]))))
    tip = "\n".join(filter(None, (finding.title, finding.why, _cause(finding))))
    return Row(above, unbroken(_without_layer(finding)), finding.severity, bool(finding.follows_from), tip)


def unbroken(text: str) -> str:
    """It with each sign of percent on the line of its number."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _without_layer(finding: Finding) -> str:
    """The title below a line that has named the layer, which may be long."""
    before, named, rest = finding.title.partition(": ")
    is_named = bool(named) and before == layers_words(finding.layers[:1])
    return rest[:1].upper() + rest[1:] if is_named else finding.title


def since_text(finding: Finding) -> str:
    """``150``, or ``150–300`` where it is over."""
    return f"{finding.since:,}" if finding.until is None else f"{finding.since:,}–{finding.until:,}"


def summary_text(findings: Sequence[Finding], n_muted: int = 0) -> str:
    """How many there are, in a line; of a healthy run that it is one, as far as could be judged."""
    words = counted_text(findings)
    if all(each.severity == "note" for each in findings):
        words = "; ".join(filter(None, ("Nothing is wrong as far as can be judged", words)))
    return words + f", {n_muted} muted" * bool(n_muted)


def counted_text(findings: Sequence[Finding]) -> str:
    """How many there are, and of them how many are notes; empty for none."""
    n_notes = sum(each.severity == "note" for each in findings)
    counts = ((len(findings) - n_notes, "finding"), (n_notes, "note"))
    return ", ".join(_counted(n, what) for n, what in counts if n)


def judged_text(report: Report) -> str:
    """How many rules were put to the run."""
    words = f"{_counted(len(report.judged), 'rule')} judged"
    return words + f", {len(report.not_judged)} could not be" * bool(report.not_judged)


def finding_sections(finding: Finding) -> list[Section]:
    """What is to be read of a finding at first: what it does, what it suffers from, and what may have led to it."""
    told = [finding.why, _cause(finding)]
    if finding.layers[1:]:
        told.append(f"In {layers_words(finding.layers, _MOST_LAYERS)}.")
    if finding.affected:
        told.append(f"Suffer from it: {layers_words(finding.affected, _MOST_LAYERS)}.")
    if finding.confidence == "estimate":
        told.append(f"An estimate. {finding.why_estimate}")
    causes = tuple(f"{each.text} Look at: {each.check}" for each in finding.causes)
    figures = tuple(f"{name}: {_number(value)}" for name, value in finding.rests_on.figures.items())
    sections = [Section(lines=tuple(filter(None, map(str.strip, told))))]
    sections += [Section("What may have led to it", items=causes)] if causes else []
    return sections + ([Section("Found here", items=figures)] if figures else [])


def rule_sections(finding: Finding, rule: Rule | None) -> list[Section]:
    """What a finding is: what its rule looks for, from where on it is told, after whom, and what it is not."""
    rests = finding.rests_on
    known = rule or Rule(finding.rule, "", lambda _: (), rests.formula, rests.threshold, rests.source)
    told = {
        "What is computed": rests.formula,
        "Told from": rests.threshold,
        "After": rests.source,
        "Looks like it and is healthy": known.stays_silent,
        "How often it was wrong": known.alarms,
    }
    heading = Section(f"What is {finding.rule}?", (known.title,) if known.title else ())
    return [heading, *(Section(heading, (text,)) for heading, text in told.items() if text)]


def judged_sections(report: Report, rules: Mapping[str, Rule]) -> list[Section]:
    """What was looked at in a run, what could not be, with what would have to be recorded, and what moved alike."""
    sections = [Section(lines=(judged_text(report), *report.remarks))]
    if report.global_events:
        events = tuple(f"step {each.step:,}: {each.text}" for each in report.global_events)
        sections.append(Section("What moved all layers at once", items=events))
    if report.not_judged:
        sections.append(Section("Could not be judged", items=lacking_items(report)))
    sections.append(Section("Judged", items=tuple(_titled(each, rules) for each in report.judged)))
    return sections


def lacking_items(report: Report) -> tuple[str, ...]:
    """What would have to be recorded, each behind the rules that could say nothing for want of it."""
    return tuple(f"{', '.join(rules)}: {why}" for why, rules in report.lacking().items())


def evidence_text(evidence: Evidence) -> str:
    """Where it leads, as ``Optimizer · step 150 · fc1``."""
    parts = [evidence.tab.capitalize() if evidence.tab else ""]
    parts.append("" if evidence.step is None else f"step {evidence.step:,}")
    parts.append(layer_words(evidence.layer or ""))
    parts.append("" if evidence.unit is None else f"unit {evidence.unit}")
    parts.append("" if evidence.sample is None else f"sample {evidence.sample + 1}")
    return " · ".join(filter(None, parts))


def _cause(finding: Finding) -> str:
    return f"Probably a consequence of {finding.follows_from}." if finding.follows_from else ""


def _titled(name: str, rules: Mapping[str, Rule]) -> str:
    title = rules[name].title if name in rules else ""
    return f"{name}: {_small(title)}" if title else name


def _small(title: str) -> str:
    """A title behind a colon: ``NaN`` and the like stay as they are."""
    word = title.partition(" ")[0]
    return title if word[1:].lower() != word[1:] else title[:1].lower() + title[1:]


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _number(value: float | int | str) -> str:
    return value if isinstance(value, str) else true_signs(f"{value:,.4g}")
