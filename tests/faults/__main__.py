"""Runs the broken and healthy trainings, puts the rules to what they leave, and writes ``resources/findings.md``.

    python -m tests.faults                          all, 5 seeds each
    python -m tests.faults --seeds 1 --only F09 F11
    python -m tests.faults --keep FOLDER            leave the recordings there, and judge those that are there anew

A case is admitted where, over the seeds, the broken training ends worse than its twin (Cohen's d ≥ 0.5 and
p < 0.05), or where the fault is silent by construction.
"""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.measure import Outcome, outcome
from tests.faults.report import page, told

PAGE = Path(__file__).parents[2] / "resources" / "findings.md"


def main() -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[], help="cases whose name begins so")
    parser.add_argument(
        "--keep", type=Path, help="leave the recordings in this folder; those of an earlier run in it are judged anew"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    chosen = parser.parse_args()
    from tests.faults import broken, healthy

    names = [
        (kind, case.name) for kind, cases in (("broken", broken.CASES), ("healthy", healthy.CASES)) for case in cases
    ]
    wanted = [each for each in names if not chosen.only or any(each[1].startswith(start) for start in chosen.only)]
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(chosen.processes) as pool:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        running = [pool.submit(outcome, *each, seed, folder) for each in wanted for seed in range(chosen.seeds)]
        outcomes: list[Outcome] = []
        for each in running:
            for one in each.result():
                outcomes.append(one)
                print(told(one), flush=True)
    text = page(outcomes)
    if chosen.write:
        PAGE.write_text(text, "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
