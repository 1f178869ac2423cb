"""Takes out each statement of the window that joins two of its parts, one at a time, and runs the tests that reach it.

    python -m tests.mutations.wiring                     # every `connect`, `show_…` and `set_…` of app/
    python -m tests.mutations.wiring app/views app/window/main_window.py --calls connect

A statement that can go without a test failing is printed: a test is missing there, or the statement makes no
difference. Which test reaches which line is measured first (see `reached`; ``--measure`` does it anew). What takes
long to import is imported once, and each change is tried in a fork of that process, without a copy of the project.
Run by hand, on POSIX.
"""

import os

os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_NO_GUI_THREADPOOL": "1", "PYTHONDONTWRITEBYTECODE": "1"}
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # a fork has no threads

import argparse
import ast
import importlib
import multiprocessing
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.mutations.reached import ROOT, Reached

ROOM = "app"
CALLS = ("connect", "show_", "set_")
BEFORE_ALL = ("torch", "collector.pytorch", "PyQt6.QtWidgets", "PyQt6.QtTest", "pyqtgraph")
"""What every fork would import anew; not what pytest has to import itself."""
MOST_SECONDS = 60
"""So long the tests that are tried on a statement take by themselves, and a test at most."""
_COMMON = frozenset(
    ["self", "session", "connect", "show", "requested", "changed", "lambda", "panel", "emit", "clicked", "chosen"]
)


@dataclass(frozen=True)
class Statement:
    """A call whose result nobody uses.

    Attributes:
        file: where it stands, from the project's folder on.
        first: its first line.
        last: its last line.
        words: how it begins.
    """

    file: str
    first: int
    last: int
    words: str

    def near(self) -> list[str]:
        """Words that the names of the tests that are about it are likely to have."""
        words = re.findall("[a-z]{4,}", self.words.lower().removeprefix("self."))
        is_wish = ".connect" in self.words and not self.words.startswith("session.")
        table = "wishes" if is_wish else "facts"  # of tests/app/wiring
        return [
            "wiring",
            table,
            Path(self.file).stem.partition("_")[0],
            *(word for word in words if word not in _COMMON),
        ]

    def without(self) -> str:
        """The file's source with ``pass`` in its place."""
        tree = ast.parse((ROOT / self.file).read_text(encoding="utf-8"))
        return ast.unparse(ast.fix_missing_locations(_Without(self.first, self.last).visit(tree)))


class _Without(ast.NodeTransformer):
    def __init__(self, first: int, last: int) -> None:
        self._span = first, last

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return ast.Pass() if (node.lineno, node.end_lineno) == self._span else node


def statements(file: str, calls: tuple[str, ...] = CALLS) -> list[Statement]:
    """Those of a file that call a method whose name begins so, from top to bottom."""
    return sorted(_statements(file, calls), key=lambda each: each.first)


def _statements(file: str, calls: tuple[str, ...]) -> Iterator[Statement]:
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name.startswith(calls):
                assert node.end_lineno is not None
                yield Statement(file, node.lineno, node.end_lineno, ast.unparse(node)[:100])


def main() -> int:
    """The exit code: 0 where a test notices each statement that is taken out."""
    chosen = _parser().parse_args()
    reached = Reached(ROOM)
    if chosen.measure is not None or not reached.lines:
        reached.measure(chosen.measure or [f"tests/{ROOM}"])
    for name in BEFORE_ALL:
        importlib.import_module(name)
    tried = [each for place in chosen.places for each in _at(place, tuple(chosen.calls))]
    left = []
    for number, each in enumerate(tried, start=1):
        tests = reached.tests(each.file, range(each.first, each.last + 1), chosen.seconds, each.near())
        began = time.monotonic()
        test = _noticed_by(each, tests) if tests else ""
        took = f"{time.monotonic() - began:.0f} s of {len(tests)} tests"
        word = f"noticed by {test}" if test else "NOT noticed"
        print(f"{number}/{len(tried)} {each.file}:{each.first} {each.words}: {word} ({took})", flush=True)
        if not test:
            left.append(each)
    print(f"{len(tried) - len(left)} of {len(tried)} statements cannot be taken out without a test failing")
    for each in left:
        print(f"not noticed: {each.file}:{each.first} {each.words}")
    return int(bool(left))


def _at(place: str, calls: tuple[str, ...]) -> list[Statement]:
    """The statements of a folder, of a file, or of a line of one (``app/window/main_window.py:72``)."""
    name, _, line = place.partition(":")
    path = ROOT / name
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    found = [each for file in files for each in statements(str(file.relative_to(ROOT)), calls)]
    return [each for each in found if not line or each.first == int(line)]


def _noticed_by(statement: Statement, tests: list[str]) -> str:
    """The test that fails without the statement; empty for none."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    process = fork.Process(target=_run, args=(statement, tests, there))
    process.start()
    there.close()
    process.join(10 * MOST_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return "a test that never ended"
    try:
        return str(here.recv())
    except EOFError:  # no test has failed
        if process.exitcode and process.exitcode > 0:
            words = (
                f"pytest ends with {process.exitcode} on {' '.join(tests)}; where these have changed, --measure them"
            )
            raise RuntimeError(words) from None
        return f"the end of a process by signal {-process.exitcode}" if process.exitcode else ""


class _Failures:
    """Tells of the first test that fails."""

    def __init__(self, there: Connection) -> None:
        self._there = there

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._there.send(report.nodeid)

    pytest_collectreport = pytest_runtest_logreport


def _run(statement: Statement, tests: list[str], there: Connection) -> None:
    """In a process of its own: the tests, with the statement taken out."""
    import pytest

    path, text = str(ROOT / statement.file), statement.without()
    of_file = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> object:
        return compile(text, path, "exec") if loader.path == path else of_file(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(ROOT)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--timeout=60", "--tb=no"]
    os._exit(int(pytest.main([*options, *tests], plugins=[_Failures(there)])))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations.wiring", description=__doc__)
    parser.add_argument("places", nargs="*", default=[ROOM], help="folders, files or FILE:LINE")
    parser.add_argument("--calls", nargs="*", default=CALLS, help="how the names of the methods begin")
    parser.add_argument("--seconds", type=float, default=MOST_SECONDS, help="that the tests of a statement may take")
    parser.add_argument("--measure", nargs="*", help="find out anew which line is reached by these tests (all of them)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
