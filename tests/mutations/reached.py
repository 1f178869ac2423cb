"""Which test executes which line, and how long each takes: measured once, and kept."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".mutations"

Lines = dict[str, dict[int, list[str]]]
"""File → line → the tests that execute it."""


def environment() -> dict[str, str]:
    """What tests run in: no screen, one thread, nothing compiled kept."""
    return os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def measure(room: str, tests: Iterable[str]) -> None:
    """Run the tests once, and keep which of them executes which line, and how long each takes.

    What is known of other tests stays.
    """
    import coverage

    KEPT.mkdir(exist_ok=True)
    report, data = KEPT / f"{room}.xml", KEPT / f"{room}.coverage"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--cov={room}", "--cov-context=test"]
    command += ["--cov-report=", f"--junitxml={report}", "--timeout=600", *tests]
    subprocess.run(command, cwd=ROOT, env=environment() | {"COVERAGE_FILE": str(data)}, check=False)
    found = coverage.CoverageData(str(data))
    found.read()
    seconds = {_node(each): float(each.get("time", 0)) for each in ElementTree.parse(report).iter("testcase")}
    before, seconds_before = known(room) if (KEPT / f"{room}.json").exists() else ({}, {})
    lines: Lines = {}
    for file in found.measured_files():
        name = str(Path(file).relative_to(ROOT))
        own = lines[name] = {
            line: [each for each in others if each not in seconds] for line, others in before.get(name, {}).items()
        }
        for line, contexts in found.contexts_by_lineno(file).items():
            own[line] = sorted({*own.get(line, ()), *(each.partition("|")[0] for each in contexts if each)})
    (KEPT / f"{room}.json").write_text(json.dumps({"lines": lines, "seconds": seconds_before | seconds}))


def known(room: str) -> tuple[Lines, dict[str, float]]:
    """What `measure` kept: the lines of each file, and the seconds that each test takes."""
    kept = json.loads((KEPT / f"{room}.json").read_text())
    lines = {file: {int(line): own for line, own in each.items()} for file, each in kept["lines"].items()}
    return lines, kept["seconds"]


def covering(
    lines: dict[int, list[str]],
    wanted: Iterable[int],
    seconds: dict[str, float],
    most_seconds: float,
    near: Iterable[str] = (),
) -> list[str]:
    """The tests that execute any of the wanted lines, the quickest first, as many as take ``most_seconds``.

    Of lines that are only executed at the import, or by none, those that execute any of the file. Tests come the
    earlier, the more of the ``near`` words their names have.
    """
    tests = {each for line in wanted for each in lines.get(line, ())} or {
        each for own in lines.values() for each in own
    }
    words = [word.lower() for word in near]

    def when(test: str) -> tuple[int, float, str]:
        return -sum(word in test.lower() for word in words), seconds.get(test, 1), test

    in_order = sorted(tests, key=when)
    spent = accumulate(seconds.get(each, 1) + 0.05 for each in in_order)
    return [each for each, so_far in zip(in_order, spent, strict=True) if so_far <= most_seconds or each is in_order[0]]


def _node(case: ElementTree.Element) -> str:
    """The test's name as contexts have it."""
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
