"""The plugin of pytest that runs the tests once, and then those that come to a change again with it switched on.

That is tried in a fork of the process, where what takes long to import, to record or to open is there already. What is
only run at an import is changed in a copy of the project, and tried in a process of its own.
"""

import ast
import math
import multiprocessing
import os
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.mutations.anew import Anew
from tests.mutations.changes import Change
from tests.mutations.project import ROOT
from tests.mutations.switched import NOTHING, Switch, SwitchedSources

_OFTEN = 1.0
"""Seconds after which it is looked whether a test has ended."""
_PATIENCE = 1.5
"""So many times as long as the limit, within which pytest ends a test itself."""
_AT_LEAST, _TIMES = 20.0, 10
"""Seconds that a test may take in a fork, and so many times as long as it took before: a library's threads, which a
fork has not, are waited for without an end."""


class Trials:
    """Tries each change.

    Args:
        sources: have all of them in them.
        seconds: of processor time that the tests of a change may take.
        longest: after so many seconds a test in a fork, and all tests in a process of their own, are taken never to
            end, in a fork sooner where the test was quick: Qt's loop may wait where no signal reaches Python.

    Attributes:
        left: the changes that no test noticed.
    """

    def __init__(
        self, sources: SwitchedSources, every: Sequence[Switch], seconds: float, longest: float, processes: int
    ) -> None:
        self._sources, self._every = sources, every
        self._seconds, self._longest, self._processes = seconds, longest, processes
        self._tests: dict[int, list[tuple[pytest.Item, float]]] = {number: [] for number in range(len(every))}
        self._touching: dict[str, list[tuple[pytest.Item, float]]] = {each.file: [] for each in every}
        self._sound: dict[pytest.Item, bool] = {}
        self._lasted: dict[pytest.Item, float] = {}
        self._out = os.fdopen(os.dup(1), "w")
        self.left: list[Switch] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the usual one."""
        for done, (item, following) in enumerate(zip(session.items, [*session.items[1:], _Home(session)], strict=True)):
            if done % 100 == 0:
                self._tell(f"{done} of {len(session.items)} tests have run")
            self._run_first(item, following)
        left = []
        for done, (number, test) in enumerate(self._try_all(), start=1):
            word = f"noticed by {test.nodeid}" if test else "NOT noticed"
            self._tell(f"{done}/{len(self._every)} {self._every[number]}: {word}, of {len(self._tests[number])} tests")
            if test is None:
                left.append(number)
        self.left += [self._every[number] for number in self._try_anew(left)]
        self._tell(f"{len(self._every) - len(self.left)} of {len(self._every)} changes are noticed")
        for each in sorted(self.left, key=str):
            self._tell(f"not noticed: {each}")
        return True

    def _run_first(self, item: pytest.Item, following: object) -> None:
        self._sources.reached.clear()
        self._sources.touched.clear()
        began, began_at = time.process_time(), time.monotonic()
        failed = _failed(item, following)
        took, self._lasted[item] = time.process_time() - began, time.monotonic() - began_at
        if failed:
            self._tell(f"fails with nothing changed, and is left out: {item.nodeid}")
            return
        for number in self._sources.reached:
            self._tests[number].append((item, took))
        for file in self._sources.touched:
            self._touching[file].append((item, took))

    def _try_all(self) -> Iterator[tuple[int, pytest.Item | None]]:
        """Number of each change, and the test that fails with it."""
        waiting = deque((number, self._nearest(number, self._tests[number])) for number in range(len(self._every)))
        running: dict[Connection, Fork] = {}
        while waiting or running:
            while waiting and len(running) < self._processes:
                fork = self._fork(*waiting.popleft())
                running[fork.here] = fork
            wait(list(running), _OFTEN)
            for fork in [each for each in running.values() if each.is_over()]:
                del running[fork.here]
                if fork.test is None or self._is_sound(fork.test):
                    yield fork.number, fork.test
                else:
                    behind = fork.tests[fork.tests.index(fork.test) + 1 :]
                    waiting.append((fork.number, [each for each in behind if self._sound.get(each, True)]))

    def _try_anew(self, numbers: Sequence[int]) -> Iterator[int]:
        """Those of the changes that are not noticed where the files are imported with them either."""
        apart = self._sources.apart
        waiting = [number for number in numbers if number in apart or not _is_in_function(self._every[number])]
        yield from (number for number in numbers if number not in waiting)
        if not waiting:
            return
        with tempfile.TemporaryDirectory() as folder:
            anew = Anew(Path(folder), self._longest + _PATIENCE * self._seconds)
            for number in waiting:
                file, change = self._every[number].file, self._every[number].change
                tests = [item.nodeid for item in self._nearest(number, self._touching[file])]
                is_noticed = bool(tests) and anew.notices(file, change, tests)
                word = "noticed" if is_noticed else "NOT noticed"
                self._tell(f"anew: {self._every[number]}: {word}, by {len(tests)} tests")
                if not is_noticed:
                    yield number
            anew.close()

    def _is_sound(self, test: pytest.Item) -> bool:
        """Whether it passes in a fork where nothing is changed; it is not tried in one any more where it does not."""
        if test not in self._sound:
            fork = self._fork(NOTHING, [test])
            while not fork.is_over():
                wait([fork.here], _OFTEN)
            self._sound[test] = fork.test is None
            if fork.test is not None:
                self._tell(f"fails in a fork with nothing changed, and is left out: {test.nodeid}")
        return self._sound[test]

    def _nearest(self, number: int, tests: list[tuple[pytest.Item, float]]) -> list[pytest.Item]:
        near = self._every[number].near()

        def when(pair: tuple[pytest.Item, float]) -> tuple[int, float]:
            return -sum(word in pair[0].nodeid.lower() for word in near), pair[1]

        ordered = sorted(tests, key=when)
        spent = accumulate(took for _, took in ordered)
        return [item for (item, _), so_far in zip(ordered, spent, strict=True) if so_far <= self._seconds]

    def _fork(self, number: int, tests: list[pytest.Item]) -> "Fork":
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=self._run, args=(number, tests, there), daemon=True)
        process.start()
        there.close()
        longest = _PATIENCE * self._longest
        limits = [min(longest, _AT_LEAST + _TIMES * self._lasted[each]) for each in tests]
        return Fork(number, tests, limits, here, process)

    def _run(self, number: int, tests: list[pytest.Item], there: Connection) -> None:
        """In a fork: sends the place of the first test that fails, or that none does."""
        self._sources.on = number
        for place, item in enumerate(tests):
            there.send(place)
            if _failed(item, _Home(item.session)):
                os._exit(1)
        there.send(None)
        os._exit(0)

    def _tell(self, line: str) -> None:
        print(line, file=self._out, flush=True)


@dataclass
class Fork:
    """A process in which tests run with a change; ``test`` is the one that it is at.

    Attributes:
        limits: seconds, for each of the tests, after which it is taken never to end.
    """

    number: int
    tests: list[pytest.Item]
    limits: list[float]
    here: Connection
    process: BaseProcess
    test: pytest.Item | None = None
    until: float = math.inf

    def is_over(self) -> bool:
        """Hear of the next tests; whether there is none, since one has failed or never ends, or the last has passed."""
        while self.here.poll():
            try:
                place = self.here.recv()
            except EOFError:
                self.process.join()
                return True
            if place is None:
                self.test, self.until = None, math.inf
            else:
                self.test, self.until = self.tests[place], time.monotonic() + self.limits[place]
        if time.monotonic() > self.until:
            self.process.kill()
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


def _is_in_function(switch: Switch) -> bool:
    """Whether it is run when a function is, and not when its file is imported."""
    tree = ast.parse((ROOT / switch.file).read_text(encoding="utf-8"))
    return any(_has(node, switch.change) for node in ast.walk(tree))


def _has(node: ast.AST, change: Change) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return node.body[0].lineno <= change.line <= (node.end_lineno or node.lineno)
