"""Makes changes to the code, one at a time, and runs the tests that come to them.

    python -m tests.mutations collector --number 100 --seed 0
    python -m tests.mutations app/views/notes app/session.py:72 --tests tests/app/views/notes tests/app/wiring
    python -m tests.mutations app --wiring          # each `connect` and each `show_…` taken out, in turn

The tests run once, which tells what each comes to; then each change is tried, the nearest tests at the beginning. A
change that no test notices is printed: a test is missing there, or the change makes no difference, which only a person
can tell. Run by hand, on POSIX: a change takes some seconds.
"""

import argparse
import os
import random
import re
import sys

import pytest

from tests.mutations.changes import changes_of
from tests.mutations.project import ROOT, environment
from tests.mutations.switched import Switch, SwitchedSources
from tests.mutations.trials import Trials

_JOINING = re.compile(r"[\w.()\[\]\s]*\.(connect|show_\w*)\(")
"""How a statement begins that joins two parts of the window."""
NOTICED = 0.95
"""So large a part should be."""


def main() -> int:
    """The exit code: 0 where at least 95 of 100 changes were noticed, or all statements that join are missed."""
    chosen = _parser().parse_args()
    os.environ |= environment() | {"QT_NO_GUI_THREADPOOL": "1"}
    sys.dont_write_bytecode = True
    every = [each for place in chosen.places for each in switches_at(place)]
    if chosen.wiring:
        every = [each for each in every if joins(each)]
    elif chosen.number < len(every):
        every = random.Random(chosen.seed).sample(every, chosen.number)
    sources = SwitchedSources(every)
    sources.install()
    trials = Trials(sources, every, chosen.seconds, chosen.longest, chosen.processes)
    os.chdir(ROOT)
    room = chosen.places[0].partition("/")[0]
    options = ["-q", "-p", "no:cacheprovider", f"--timeout={chosen.longest:.0f}", "--tb=no"]
    code = int(pytest.main([*options, *(chosen.tests or [f"tests/{room}"])], plugins=[trials]))
    return code or int(len(trials.left) > (0 if chosen.wiring else (1 - NOTICED) * len(every)))


def switches_at(place: str) -> list[Switch]:
    """The changes of a folder, of a file, or of a line of one (``app/window/main_window.py:72``)."""
    name, _, line = place.partition(":")
    path = ROOT / name
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    found = [
        Switch(str(file.relative_to(ROOT)), each) for file in files for each in changes_of(file.read_text("utf-8"))
    ]
    return [each for each in found if not line or each.change.line == int(line)]


def joins(switch: Switch) -> bool:
    """Whether it takes out a call of ``connect`` or ``show_…``."""
    source = (ROOT / switch.file).read_text(encoding="utf-8")
    own = source[switch.change.start : switch.change.stop]
    return switch.change.kind == "call left out" and _JOINING.match(own) is not None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", nargs="+", help="folders, files or FILE:LINE of one room")
    parser.add_argument("--number", type=int, default=100, help="so many changes, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wiring", action="store_true", help="all calls of connect and show_…, instead")
    parser.add_argument("--tests", nargs="*", help="folders or files of tests that are tried (default: the room's)")
    parser.add_argument("--seconds", type=float, default=60, help="that the tests of a change may take")
    parser.add_argument("--longest", type=float, default=60, help="after so long a test is taken never to end")
    parser.add_argument("--processes", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
