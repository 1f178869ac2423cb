"""Which test executes which line, and how long each test takes: measured once, kept, and asked for each change."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".mutations"
OF_SOURCES = "/test_sources.py::"
"""In the names of tests that read sources and execute nothing of them."""


class Reached:
    """What was measured of a room.

    Attributes:
        lines: file → test → the lines that it executes.
        seconds: test → how long it takes.
    """

    def __init__(self, room: str) -> None:
        self._room = room
        self._path = KEPT / f"{room}.json"
        kept = json.loads(self._path.read_text()) if self._path.exists() else {"lines": {}, "seconds": {}}
        self.lines: dict[str, dict[str, list[int]]] = kept["lines"]
        self.seconds: dict[str, float] = kept["seconds"]

    def measure(self, tests: Sequence[str]) -> None:
        """Run these tests; what is kept of others stays."""
        import coverage

        KEPT.mkdir(exist_ok=True)
        report, data = KEPT / f"{self._room}.xml", KEPT / f"{self._room}.coverage"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--cov={self._room}"]
        command += ["--cov-context=test", "--cov-report=", f"--junitxml={report}", "--timeout=600", *tests]
        subprocess.run(command, cwd=ROOT, env=environment() | {"COVERAGE_FILE": str(data)}, check=False)
        self.take(coverage.CoverageData(str(data)), report)
        self._path.write_text(json.dumps({"lines": self.lines, "seconds": self.seconds}))

    def take(self, found: Any, report: Path) -> None:
        """What a run has left: the data of coverage, and the report of pytest."""
        found.read()
        tests = {_node(each): float(each.get("time", 0)) for each in ElementTree.parse(report).iter("testcase")}
        anew = {_file(test) for test in tests}
        self.seconds = {test: own for test, own in self.seconds.items() if _file(test) not in anew} | tests
        for file in found.measured_files():
            own = self.lines.setdefault(_relative(file), {})
            for test in [test for test in own if _file(test) in anew]:
                del own[test]
            for line, contexts in found.contexts_by_lineno(file).items():
                for test in {each.partition("|")[0] for each in contexts if each}:
                    own.setdefault(test, []).append(line)

    def tests(self, file: str, wanted: range, most_seconds: float, near: Sequence[str] = ()) -> list[str]:
        """The tests that execute any of the wanted lines, as many as take so many seconds by themselves.

        Those with one of the words ``near`` in their names come first, then those of the file and of its folder. Of
        lines that are only executed at the import, or by none, those that execute any of the file. Those that have
        the file's name are always among them: they may execute it in processes of their own. So are those that read
        sources.
        """
        own = self.lines.get(file, {})
        folder, name = f"tests/{Path(file).parent}/", f"/test_{Path(file).stem}.py::"
        tests = [test for test, lines in own.items() if not set(wanted).isdisjoint(lines)] or list(own)
        named = [each for each in self.seconds if (each.startswith(folder) and name in each) or OF_SOURCES in each]
        tests += [test for test in named if test not in tests]
        tests = [test for test in tests if _is_there(_file(test), _function(test))]

        def when(test: str) -> tuple[bool, bool, bool, float, str]:
            is_near = any(word in test.lower() for word in near)
            is_named = name in test or OF_SOURCES in test
            return not is_near, not is_named, folder not in test, self.seconds.get(test, 1), test

        tests.sort(key=when)
        spent = accumulate(self.seconds.get(each, 1) + 0.05 for each in tests)
        return [each for each, so_far in zip(tests, spent, strict=True) if so_far <= most_seconds or each is tests[0]]


def environment() -> dict[str, str]:
    """What the tests run in."""
    return os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


@cache
def _is_there(file: str, function: str) -> bool:
    """Whether the test still exists: for one that is gone pytest fails, as if it had noticed something."""
    path = ROOT / file
    return path.exists() and f"def {function}(" in path.read_text("utf-8")


def _file(test: str) -> str:
    return test.partition("::")[0]


def _function(test: str) -> str:
    return test.partition("[")[0].rpartition("::")[2]


def _relative(file: str) -> str:
    return str(Path(file).resolve().relative_to(ROOT.resolve()))


def _node(case: ElementTree.Element) -> str:
    """The test's name as contexts have it."""
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
