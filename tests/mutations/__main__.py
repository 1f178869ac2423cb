"""Makes random changes to a room, one at a time in a copy of the project, and runs the tests that execute the line.

    python -m tests.mutations collector --number 100 --seed 0

Which test executes which line is measured first (kept in ``.mutations/``, made anew with ``--measure``); for that
``pytest-cov`` has to be installed. A change that no test notices is printed: a test is missing there, or the change
makes no difference, which only a person can tell. Run by hand; it takes half an hour on two cores.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutations.changes import Change, changes_of
from tests.mutations.reached import KEPT, ROOT, Lines, covering, environment, known, measure

MOST_SECONDS = 150
"""So long the tests that are tried on a change may take by themselves."""
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".mutations", "__pycache__", "downloads", "collections", ".*_cache"
)


def main() -> int:
    """The exit code: 0 where at least 95 of 100 changes were noticed."""
    chosen = _parser().parse_args()
    if chosen.measure or not (KEPT / f"{chosen.room}.json").exists():
        measure(chosen.room, chosen.tests or [f"tests/{chosen.room}"])
    lines, seconds = known(chosen.room)
    mutants = _draw(chosen.room, chosen.number, chosen.seed)
    with ThreadPoolExecutor(chosen.processes) as pool:
        results = list(pool.map(lambda each: _try(*each, lines, seconds), mutants))
    missed = [(file, change) for (file, change), is_noticed in zip(mutants, results, strict=True) if not is_noticed]
    for file, change in missed:
        print(f"not noticed: {_told(file, change)}")
    share = 1 - len(missed) / max(1, len(mutants))
    print(f"{len(mutants) - len(missed)} of {len(mutants)} changes were noticed ({100 * share:.0f} %)")
    return 0 if share >= 0.95 else 1


def _draw(room: str, number: int, seed: int) -> list[tuple[str, Change]]:
    every = [
        (str(path.relative_to(ROOT)), each)
        for path in sorted((ROOT / room).rglob("*.py"))
        for each in changes_of(path.read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(every, min(number, len(every)))


def _try(file: str, change: Change, lines: Lines, seconds: dict[str, float]) -> bool:
    """Whether a test fails, or never ends, with the change made."""
    tests = covering(lines.get(file, {}), [change.line], seconds, MOST_SECONDS)
    if not tests:
        return False
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        shared = ROOT.parent / "shared"
        if shared.exists():
            (Path(folder) / "shared").symlink_to(shared)
        source = (copy / file).read_text(encoding="utf-8")
        (copy / file).write_text(change.apply(source), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment(), capture_output=True, timeout=6 * MOST_SECONDS, check=False
            )
            is_noticed = done.returncode != 0
        except subprocess.TimeoutExpired:
            is_noticed = True
    word = "noticed" if is_noticed else "NOT noticed"
    print(f"{word} in {time.monotonic() - began:.0f} s by {len(tests)} tests: {_told(file, change)}", flush=True)
    return is_noticed


def _told(file: str, change: Change) -> str:
    source = (ROOT / file).read_text(encoding="utf-8")
    before = " ".join(source[change.start : change.stop].split())
    return f"{file}:{change.line} [{change.kind}] {before[:70]!r} → {change.text[:70]!r}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("room", help="folder whose files are changed, as collector")
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--measure", action="store_true", help="find out anew which test executes which line")
    parser.add_argument("--tests", nargs="*", help="run these to find out (default: tests/ROOM)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
