"""Makes random changes to the code, one at a time in a copy of the project, and runs the tests that execute the line.

    python -m tests.mutations collector --number 100 --seed 0 --again 400
    python -m tests.mutations collector/capture collector/metrics/cka.py --number 40
    python -m tests.mutations collector --measure --tests tests/collector/capture/test_units.py

Which test executes which line is measured first (kept in ``.mutations/``; with ``--measure`` anew, of the tests that
are named); for that ``pytest-cov`` has to be installed. A change that no test notices is printed: a test is missing
there, or the change makes no difference, which only a person can tell. With ``--again`` the further tests that
execute the line are tried first, the nearest at the beginning. Run by hand: a change takes some seconds.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutations.changes import Change, changes_of
from tests.mutations.reached import ROOT, Reached
from tests.mutations.trial import Trial

Mutant = tuple[str, Change]
"""A file, and what is changed in it."""


def main() -> int:
    """The exit code: 0 where at least 95 of 100 changes were noticed."""
    chosen = _parser().parse_args()
    room = chosen.paths[0].partition("/")[0]
    reached = Reached(room)
    if chosen.measure or not reached.lines:
        reached.measure(chosen.tests or [f"tests/{room}"])
    if not chosen.number:
        return 0
    mutants = _draw(chosen.paths, chosen.number, chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        trials = [Trial(Path(folder) / str(number), chosen.longest) for number in range(chosen.processes)]
        for file, change in mutants[:1]:
            if trials[0].notices(file, None, reached.tests(file, change.lines, chosen.seconds)):
                raise SystemExit("tests fail with nothing changed: see to that first")
        left = _not_noticed(mutants, trials, lambda each: _tests(reached, each, chosen.seconds))
        if chosen.again:
            left = _not_noticed(left, trials, lambda each: _further(reached, each, chosen.seconds, chosen.again))
        for each in trials:
            each.close()
    return _tell(mutants, left)


def _draw(paths: list[str], number: int, seed: int) -> list[Mutant]:
    files = sorted(
        {file for path in paths for file in ([ROOT / path], (ROOT / path).rglob("*.py"))[path[-3:] != ".py"]}
    )
    every = [(str(file.relative_to(ROOT)), each) for file in files for each in changes_of(file.read_text("utf-8"))]
    return random.Random(seed).sample(every, min(number, len(every)))


def _tests(reached: Reached, mutant: Mutant, seconds: float) -> list[str]:
    file, change = mutant
    return reached.tests(file, change.lines, seconds)


def _further(reached: Reached, mutant: Mutant, seconds: float, again: float) -> list[str]:
    """Those that have not been tried yet, the ones with the file's name in theirs first."""
    file, change = mutant
    tried = frozenset(_tests(reached, mutant, seconds))
    every = reached.tests(file, change.lines, seconds + again, near=(Path(file).stem,))
    return [test for test in every if test not in tried]


def _not_noticed(mutants: list[Mutant], trials: list[Trial], tests_of: Callable[[Mutant], list[str]]) -> list[Mutant]:
    """Those of the changes that none of their tests notices."""
    free: SimpleQueue[Trial] = SimpleQueue()
    for each in trials:
        free.put(each)
    with ThreadPoolExecutor(len(trials)) as pool:
        noticed = list(pool.map(lambda each: _is_noticed(*each, tests_of(each), free), mutants))
    return [each for each, is_noticed in zip(mutants, noticed, strict=True) if not is_noticed]


def _is_noticed(file: str, change: Change, tests: list[str], free: "SimpleQueue[Trial]") -> bool:
    trial = free.get()
    began = time.monotonic()
    try:
        is_noticed = bool(tests) and trial.notices(file, change, tests)
    finally:
        free.put(trial)
    word = "noticed" if is_noticed else "NOT noticed"
    print(f"{word} in {time.monotonic() - began:.0f} s by {len(tests)} tests: {_told(file, change)}", flush=True)
    return is_noticed


def _tell(mutants: list[Mutant], left: list[Mutant]) -> int:
    tried = Counter(_room(file) for file, _ in mutants)
    missed = Counter(_room(file) for file, _ in left)
    for file, change in left:
        print(f"not noticed: {_told(file, change)}")
    for room in sorted(tried):
        print(f"{room}: {tried[room] - missed[room]} of {tried[room]}")
    n_noticed = len(mutants) - len(left)
    share = n_noticed / max(1, len(mutants))
    print(f"{n_noticed} of {len(mutants)} changes were noticed ({100 * share:.0f} %)")
    return 0 if share >= 0.95 else 1


def _room(file: str) -> str:
    return str(Path(file).parent)


def _told(file: str, change: Change) -> str:
    source = (ROOT / file).read_text(encoding="utf-8")
    before = " ".join(source[change.start : change.stop].split())
    return f"{file}:{change.line} [{change.kind}] {before[:70]!r} → {change.text[:70]!r}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", help="folders or files of one room that are changed, as collector/capture")
    parser.add_argument("--number", type=int, default=100, help="so many changes; 0: only measure")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60, help="the tests of a change take at most so long")
    parser.add_argument("--again", type=float, default=0, help="so long those that are tried where none noticed it")
    parser.add_argument("--longest", type=float, default=300, help="after so long tests are taken never to end")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--measure", action="store_true", help="find out anew which test executes which line")
    parser.add_argument("--tests", nargs="*", help="run these to find out (default: tests/ROOM)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
