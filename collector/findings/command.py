"""``python main.py findings FILE``; without the rest of Strobe ``python -m collector.findings.command FILE``."""

import argparse
import sys
import textwrap
from collections.abc import Iterator

import msgspec

from collector.findings.engine import findings
from collector.findings.finding import SEVERITIES, Finding, Report
from collector.storage.errors import CollectionError
from collector.storage.opening import open_collection
from collector.storage.paths import expanded

NOTHING, WRONG_USE, FOUND = 0, 2, 3

_WIDTH = 100


def findings_command(arguments: list[str], program: str = "findings") -> int:
    """Say what is wrong in a recording; 0: nothing as bad as was asked for, 3: something, 2: wrong use."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="What is wrong in a recording: which layer, since which step, and why.",
        epilog="exit code: 0, or 3 where there is a finding of the severity of --fail-on or above; 2 for wrong use",
    )
    parser.add_argument("collection", type=expanded, help="the collection (*.json)")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of words")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="end with 3 where there is one of this severity or above")
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="only these rules, as dead-units")
    chosen = parser.parse_args(arguments)
    try:
        with open_collection(chosen.collection) as collection:
            report = findings(collection, rules=chosen.rules)
    except (CollectionError, ValueError) as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    sys.stdout.write(msgspec.json.encode(report).decode() + "\n" if chosen.json else "\n".join(in_words(report)) + "\n")
    return FOUND if chosen.fail_on and report.at_least(chosen.fail_on) else NOTHING


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
        for lacking in report.not_judged:
            yield from _wrapped(f"{lacking.rule}: {lacking.why}", "  ")


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
