"""``python main.py findings FILE``; without the rest of Strobe ``python -m collector.findings.command FILE``."""

import argparse
import sys
import textwrap
from collections.abc import Iterator

import msgspec

from collector.findings.engine import findings
from collector.findings.finding import SEVERITIES, Finding, Report
from collector.findings.first_movers import FirstMovers, first_movers
from collector.findings.recording import Recording
from collector.storage.errors import CollectionError, UnreachableError
from collector.storage.opening import open_whole
from collector.storage.paths import located

NOTHING, WRONG_USE, FOUND = 0, 2, 3

MOST_MOVERS = 10

_WIDTH = 100
_FAR = 1e12


def findings_command(arguments: list[str], program: str = "findings") -> int:
    """Say what is wrong in a recording; 0: nothing as bad as was asked for, 3: something, 2: wrong use."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="What is wrong in a recording: which layer, since which step, and why.",
        epilog="exit code: 0, or 3 where there is a finding of the severity of --fail-on or above; 2 for wrong use",
    )
    parser.add_argument("collection", type=located, help="the collection (*.json)")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of words")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="end with 3 where there is one of this severity or above")
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="only these rules, as dead-units")
    parser.add_argument("--at", type=int, metavar="STEP", help="only which layers moved first around this step")
    chosen = parser.parse_args(arguments)
    if chosen.at is not None and (chosen.fail_on or chosen.rules):
        parser.error("--at asks no rule: it goes with neither --fail-on nor --rules")
    code = NOTHING
    try:
        with open_whole(chosen.collection) as collection:
            if chosen.at is not None:
                told: Report | FirstMovers = first_movers(Recording(collection), chosen.at)
            else:
                told = report = findings(collection, rules=chosen.rules)
                if chosen.fail_on and report.at_least(chosen.fail_on):
                    code = FOUND
    except (CollectionError, UnreachableError, ValueError) as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    words = movers_in_words(told) if isinstance(told, FirstMovers) else in_words(told)
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n" if chosen.json else "\n".join(words) + "\n")
    return code


def summary(report: Report) -> str:
    """One line: how many there are, and of what severity."""
    n_rules = f"{len(report.judged)} rule{'s' * (len(report.judged) != 1)} judged"
    if len(report.not_judged):
        n_rules += f", {len(report.not_judged)} could not be"
    counts = [(name, len([each for each in report.findings if each.severity == name])) for name in SEVERITIES[::-1]]
    serious = [f"{n} {name}" for name, n in counts if n and name != "note"]
    notes = dict(counts)["note"]
    if not serious:
        return f"Nothing is wrong as far as can be judged ({n_rules}{f'; {notes} noted' * (notes > 0)})."
    n = sum(n for name, n in counts if name != "note")
    return f"{n} finding{'s' * (n != 1)}: {', '.join(serious)} ({n_rules}{f'; {notes} noted' * (notes > 0)})."


def in_words(report: Report) -> Iterator[str]:
    """The report as lines for a terminal."""
    yield summary(report)
    for remark in report.remarks:
        yield from _wrapped(remark, "")
    for each in report.findings:
        yield ""
        yield from _finding(each)
    if report.global_events:
        yield ""
        yield "All layers at once:"
        yield from (f"  step {each.step:,}: {each.text}" for each in report.global_events[:10])
    if report.not_judged:
        yield ""
        yield "Not judged:"
        for why, rules in report.lacking().items():
            yield from _wrapped(f"{', '.join(rules)}: {why}", "  ")


def movers_in_words(found: FirstMovers) -> Iterator[str]:
    """Who moved first, as lines for a terminal."""
    if found.lacks:
        yield from _wrapped(f"Who moved first around step {found.step:,} cannot be told: {found.lacks}.", "")
        return
    looked_at = f"around step {found.step:,} (steps {found.window[0]:,} to {found.window[1]:,})"
    yield f"Who moved first {looked_at}:" if found.movers else f"No layer left its own past {looked_at}."
    for place, each in enumerate(found.movers[:MOST_MOVERS], start=1):
        tie = ", a tie" if each.is_tie else ""
        yield (
            f"  {place}. {each.layer}: {each.quantity} {times(each.factor)} its usual, "
            f"from step {each.since:,} on{tie} (z = {each.size:,.3g})"
        )
    if len(found.movers) > MOST_MOVERS:
        yield f"  and {len(found.movers) - MOST_MOVERS} more."
    if found.shared:
        yield "All layers at once:"
        yield from (f"  step {each.step:,}: {each.quantity} {times(each.factor)} what it was" for each in found.shared)


def times(factor: float) -> str:
    """How many times a usual value something is."""
    if factor > _FAR:
        return "far beyond"
    return f"{factor:.3g} times" if factor >= 1 / _FAR else "next to nothing of"


def _finding(finding: Finding) -> Iterator[str]:
    since = f"step {finding.since:,}"
    if finding.until is not None:
        since += f" to {finding.until:,}"
    yield f"{finding.severity.upper()} {finding.rule}, {since}"
    yield from _wrapped(finding.title, "  ")
    yield from _wrapped(finding.why, "  ")
    if finding.follows_from:
        yield f"  Probably a consequence of {finding.follows_from}."
    for cause in finding.causes:
        yield from _wrapped(f"- {cause.text} Look at: {cause.check}", "  ")


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


if __name__ == "__main__":
    sys.exit(findings_command(sys.argv[1:]))
