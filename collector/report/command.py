"""``python main.py report FILE``; without the rest of Strobe ``python -m collector.report.command FILE``."""

import argparse
import os
import sys
from pathlib import Path

import msgspec

from collector.findings import findings
from collector.findings.command import FOUND, NOTHING, WRONG_USE, summary
from collector.findings.finding import SEVERITIES
from collector.report.junit import junit
from collector.report.page import page
from collector.storage.errors import CollectionError
from collector.storage.opening import open_collection
from collector.storage.paths import expanded


def report_command(arguments: list[str], program: str = "report") -> int:
    """Write what is to be known of a run; 0: nothing as bad as was asked for, 3: something, 2: wrong use."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="One page about a run: findings with their evidence, curves, layers, cost. It needs no network.",
        epilog="exit code: 0, or 3 where there is a finding of the severity of --fail-on or above; 2 for wrong use",
    )
    parser.add_argument("collection", type=expanded, help="the collection (*.json)")
    parser.add_argument("--output", type=expanded, metavar="FILE", help="the page (default: beside it, as FILE.html)")
    parser.add_argument("--junit", type=expanded, metavar="FILE", help="the findings as JUnit's XML too, a test a rule")
    parser.add_argument("--json", type=expanded, metavar="FILE", help="the findings as JSON too")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="end with 3 where there is one of this severity or above")
    chosen = parser.parse_args(arguments)
    output = chosen.output or chosen.collection.with_suffix(".html")
    targets = [each for each in (output, chosen.junit, chosen.json) if each is not None]
    names = {each.resolve() for each in (chosen.collection, *targets)}
    if len(names) <= len(targets):
        parser.error("the collection, the page, --junit and --json have to be files of different names")
    try:
        with open_collection(chosen.collection) as collection:
            report = findings(collection)
            written = [(output, page(collection, report))]
        if chosen.junit is not None:
            written.append((chosen.junit, junit(report, chosen.fail_on or "warning")))
        if chosen.json is not None:
            written.append((chosen.json, msgspec.json.encode(report).decode() + "\n"))
        for path, text in written:
            _write(path, text)
    except (CollectionError, OSError) as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    print(f"{summary(report)}\n{output}")
    return FOUND if chosen.fail_on and report.at_least(chosen.fail_on) else NOTHING


def _write(path: Path, text: str) -> None:
    """All of it or nothing, so that an earlier one is not lost."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    sys.exit(report_command(sys.argv[1:]))
