"""Takes out each statement of the window that joins two of its parts, one at a time, and runs the tests that reach it.

    python -m tests.mutations.wiring                     # every `connect` and `show_…` of app/
    python -m tests.mutations.wiring app/views/notes app/session.py:72 --tests tests/app/views/notes tests/app/wiring

A statement that can go without a test failing is printed: a test is missing there, or the statement makes no
difference. The tests run once, which tells what each reaches; then each statement is tried in a fork of that process,
in which it is passed over: what takes long to import, to record or to open is there already. Run by hand, on POSIX.
"""

import argparse
import ast
import builtins
import multiprocessing
import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from itertools import accumulate
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType

import pytest
from _pytest.runner import runtestprotocol

from tests.mutations.reached import ROOT, environment

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A fork has no others."""
CALLS = ("connect", "show_")
TESTS = ("tests/app/wiring", "tests/app/window", "tests/app/views", "tests/app/widgets")
"""Those with a window in them, the most telling ones first."""
NOTHING = -1
"""The number of the statement that is passed over, where none is."""
_COMMON = frozenset(
    ["self", "session", "connect", "show", "requested", "changed", "lambda", "panel", "emit", "clicked", "chosen"]
)


@dataclass(frozen=True)
class Statement:
    """A call whose result nobody uses.

    Attributes:
        file: where it stands, from the project's folder on.
        line: its first line.
        column: where it begins in that.
        words: how it begins.
    """

    file: str
    line: int
    column: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.words}"

    def near(self) -> list[str]:
        """Words that the names of the tests that are about it are likely to have."""
        words = re.findall("[a-z]{4,}", self.words.lower())
        places = [*Path(self.file).parent.parts[2:], Path(self.file).stem.partition("_")[0]]
        return [*places, *(word for word in words if word not in _COMMON)]


def statements(file: str, calls: tuple[str, ...] = CALLS) -> list[Statement]:
    """Those of a file that call a method whose name begins so, from top to bottom."""
    found = [
        Statement(file, node.lineno, node.col_offset, ast.unparse(node)[:100])
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if _is_call(node, calls)
    ]
    return sorted(found, key=lambda each: (each.line, each.column))


def _is_call(node: ast.AST, calls: tuple[str, ...]) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            return name.startswith(calls)
    return False


class Passing:
    """The sources of the window, in which each of the statements can be passed over.

    Attributes:
        statement: the number of the one that is.
        reached: the numbers of those that were come to.
    """

    def __init__(self, every: Sequence[Statement]) -> None:
        self.statement = NOTHING
        self.reached: set[int] = set()
        self._numbers = {(str(ROOT / each.file), each.line, each.column): n for n, each in enumerate(every)}

    def install(self) -> None:
        """What is imported from now on can be passed over."""
        files = {file for file, _, _ in self._numbers}
        of_file = SourceFileLoader.get_code

        def get_code(loader: SourceFileLoader, name: str) -> object:
            path = loader.path
            return self.compiled(path, Path(path).read_text("utf-8")) if path in files else of_file(loader, name)

        SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]
        builtins.is_done = self.is_done  # type: ignore[attr-defined]

    def compiled(self, path: str, source: str) -> CodeType:
        """The source of a file, which asks `is_done` before each of the statements."""
        asking = _Questions(path, self._numbers).visit(ast.parse(source))
        return compile(ast.fix_missing_locations(asking), path, "exec")

    def is_done(self, number: int) -> bool:
        """What the sources ask before a statement."""
        self.reached.add(number)
        return number != self.statement


class _Questions(ast.NodeTransformer):
    """Puts ``if is_done(number):`` before the statements."""

    def __init__(self, path: str, numbers: dict[tuple[str, int, int], int]) -> None:
        self._path, self._numbers = path, numbers

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        number = self._numbers.get((self._path, node.lineno, node.col_offset))
        if number is None:
            return node
        asked = ast.Call(ast.Name("is_done", ast.Load()), [ast.Constant(number)], [])
        return ast.copy_location(ast.If(asked, [node], []), node)


class Trials:
    """The plugin of pytest that runs the tests once, and then tries each statement."""

    def __init__(self, passing: Passing, every: Sequence[Statement], seconds: float, processes: int) -> None:
        self._passing, self._every, self._seconds, self._processes = passing, every, seconds, processes
        self._tests: dict[int, list[tuple[pytest.Item, float]]] = {number: [] for number in range(len(every))}
        self._out = os.fdopen(os.dup(1), "w")
        self.left: list[Statement] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the usual one."""
        for done, (item, following) in enumerate(zip(session.items, [*session.items[1:], _Home(session)], strict=True)):
            if done % 100 == 0:
                self._tell(f"{done} of {len(session.items)} tests have run")
            self._run_first(item, following)
        noticing: dict[pytest.Item, list[Statement]] = {}
        for done, (number, test) in enumerate(self._try_all(), start=1):
            word = f"noticed by {test.nodeid}" if test else "NOT noticed"
            self._tell(f"{done}/{len(self._every)} {self._every[number]}: {word}, of {len(self._tests[number])} tests")
            if test is None:
                self.left.append(self._every[number])
            else:
                noticing.setdefault(test, []).append(self._every[number])
        for test in self._unsound(list(noticing)):
            self._tell(f"fails in a fork with nothing taken out: {test.nodeid}")
            self.left += noticing[test]
        self._tell(f"{len(self._every) - len(self.left)} of {len(self._every)} statements are missed by a test")
        for each in sorted(self.left, key=str):
            self._tell(f"not noticed: {each}")
        return True

    def _run_first(self, item: pytest.Item, following: object) -> None:
        self._passing.reached.clear()
        began = time.process_time()
        failed = _failed(item, following)
        took = time.process_time() - began
        if failed:
            self._tell(f"fails with nothing taken out, and is left out: {item.nodeid}")
            return
        for number in self._passing.reached:
            self._tests[number].append((item, took))

    def _try_all(self) -> Iterator[tuple[int, pytest.Item | None]]:
        """Number of each statement, and the test that fails without it."""
        waiting = deque((number, self._nearest(number)) for number in range(len(self._every)))
        running: dict[Connection, _Fork] = {}
        while waiting or running:
            while waiting and len(running) < self._processes:
                fork = self._fork(*waiting.popleft())
                running[fork.here] = fork
            for here in wait(list(running)):
                fork = running[here]  # type: ignore[index]
                if fork.is_over():
                    del running[fork.here]
                    yield fork.number, fork.test

    def _unsound(self, tests: list[pytest.Item]) -> Iterator[pytest.Item]:
        """Those of the tests that fail in a fork anyway."""
        while tests:
            fork = self._fork(NOTHING, tests)
            while not fork.is_over():
                pass
            if fork.test is None:
                return
            yield fork.test
            tests = tests[tests.index(fork.test) + 1 :]

    def _nearest(self, number: int) -> list[pytest.Item]:
        near = self._every[number].near()

        def when(pair: tuple[pytest.Item, float]) -> tuple[int, float]:
            return -sum(word in pair[0].nodeid.lower() for word in near), pair[1]

        ordered = sorted(self._tests[number], key=when)
        spent = accumulate(took for _, took in ordered)
        return [item for (item, _), so_far in zip(ordered, spent, strict=True) if so_far <= self._seconds]

    def _fork(self, number: int, tests: list[pytest.Item]) -> "_Fork":
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=self._run, args=(number, tests, there), daemon=True)
        process.start()
        there.close()
        return _Fork(number, tests, here, process)

    def _run(self, number: int, tests: list[pytest.Item], there: Connection) -> None:
        """In a fork: sends the place of the first test that fails, or that none does."""
        self._passing.statement = number
        for place, item in enumerate(tests):
            there.send(place)
            if _failed(item, _Home(item.session)):
                os._exit(1)
        there.send(None)
        os._exit(0)

    def _tell(self, line: str) -> None:
        print(line, file=self._out, flush=True)


@dataclass
class _Fork:
    """A process in which tests run without a statement; ``test`` is the one that it is at."""

    number: int
    tests: list[pytest.Item]
    here: Connection
    process: BaseProcess
    test: pytest.Item | None = None

    def is_over(self) -> bool:
        """Hear of the next test; whether there is none, since one has failed, or the last has passed."""
        try:
            place = self.here.recv()
        except EOFError:
            self.process.join()
            return True
        self.test = None if place is None else self.tests[place]
        return False


class _Home:
    """What pytest takes for the next test, so that it keeps what is kept for all of them."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[pytest.Session]:
        """Only what all tests are in."""
        return [self._session]


def _failed(item: pytest.Item, following: object) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))  # type: ignore[arg-type]


def main() -> int:
    """The exit code: 0 where a test notices each statement that is taken out."""
    chosen = _parser().parse_args()
    os.environ |= environment() | ONE_THREAD | {"QT_NO_GUI_THREADPOOL": "1"}
    sys.dont_write_bytecode = True
    every = [each for place in chosen.places for each in _at(place, tuple(chosen.calls))]
    passing = Passing(every)
    passing.install()
    trials = Trials(passing, every, chosen.seconds, chosen.processes)
    os.chdir(ROOT)
    options = ["-q", "-p", "no:cacheprovider", "--timeout=60", "--tb=no"]
    return int(pytest.main([*options, *chosen.tests], plugins=[trials])) or int(bool(trials.left))


def _at(place: str, calls: tuple[str, ...]) -> list[Statement]:
    """The statements of a folder, of a file, or of a line of one (``app/window/main_window.py:72``)."""
    name, _, line = place.partition(":")
    path = ROOT / name
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    found = [each for file in files for each in statements(str(file.relative_to(ROOT)), calls)]
    return [each for each in found if not line or each.line == int(line)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations.wiring", description=__doc__)
    parser.add_argument("places", nargs="*", default=["app"], help="folders, files or FILE:LINE")
    parser.add_argument("--calls", nargs="*", default=CALLS, help="how the names of the methods begin")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="folders or files of tests that are tried")
    parser.add_argument("--seconds", type=float, default=60, help="that the tests of a statement may take")
    parser.add_argument("--processes", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
