"""Makes random changes to the code, one at a time in a copy of the project, and runs the tests that execute the line.

    python -m tests.mutations collector --number 100 --seed 0
    python -m tests.mutations collector/capture collector/metrics/cka.py --number 40
    python -m tests.mutations collector --measure --tests tests/collector/capture/test_units.py

Which test executes which line is measured first (kept in ``.mutations/``; with ``--measure`` anew, of the tests that
are named); for that ``pytest-cov`` has to be installed. A change that no test notices is printed: a test is missing
there, or the change makes no difference, which only a person can tell. Run by hand: a change takes some seconds.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutations.changes import Change, changes_of
from tests.mutations.reached import ROOT, Reached
from tests.mutations.trial import Trial


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
        trials = [Trial(Path(folder) / str(number)) for number in range(chosen.processes)]
        for file, change in mutants[:1]:
            if trials[0].notices(file, None, reached.tests(file, change.lines, chosen.seconds)):
                raise SystemExit("tests fail with nothing changed: see to that first")
        free: SimpleQueue[Trial] = SimpleQueue()
        for each in trials:
            free.put(each)
        with ThreadPoolExecutor(chosen.processes) as pool:
            results = list(
                pool.map(
                    lambda each: _try(*each, reached.tests(each[0], each[1].lines, chosen.seconds), free),
                    mutants,
                )
            )
        for each in trials:
            each.close()
    return _tell(mutants, results)


def _draw(paths: list[str], number: int, seed: int) -> list[tuple[str, Change]]:
    files = sorted(
        {file for path in paths for file in ([ROOT / path], (ROOT / path).rglob("*.py"))[path[-3:] != ".py"]}
    )
    every = [(str(file.relative_to(ROOT)), each) for file in files for each in changes_of(file.read_text("utf-8"))]
    return random.Random(seed).sample(every, min(number, len(every)))


def _try(file: str, change: Change, tests: list[str], free: "SimpleQueue[Trial]") -> bool:
    trial = free.get()
    began = time.monotonic()
    try:
        is_noticed = bool(tests) and trial.notices(file, change, tests)
    finally:
        free.put(trial)
    word = "noticed" if is_noticed else "NOT noticed"
    print(f"{word} in {time.monotonic() - began:.0f} s by {len(tests)} tests: {_told(file, change)}", flush=True)
    return is_noticed


def _tell(mutants: list[tuple[str, Change]], results: list[bool]) -> int:
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for (file, change), is_noticed in zip(mutants, results, strict=True):
        room = str(Path(file).parent)
        tried[room] += 1
        noticed[room] += is_noticed
        if not is_noticed:
            print(f"not noticed: {_told(file, change)}")
    for room in sorted(tried):
        print(f"{room}: {noticed[room]} of {tried[room]}")
    share = noticed.total() / max(1, tried.total())
    print(f"{noticed.total()} of {tried.total()} changes were noticed ({100 * share:.0f} %)")
    return 0 if share >= 0.95 else 1


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
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--measure", action="store_true", help="find out anew which test executes which line")
    parser.add_argument("--tests", nargs="*", help="run these to find out (default: tests/ROOM)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
