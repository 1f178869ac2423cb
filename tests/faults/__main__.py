"""Runs the broken and healthy trainings, puts the rules to what they leave, and writes ``resources/findings.md``.

With ``--write`` each rule says from then on how often it was wrong.

    python -m tests.faults                          all, 5 seeds each
    python -m tests.faults --seeds 1 --only F09 F11
    python -m tests.faults --keras                  those with Keras
    python -m tests.faults --keep FOLDER            leave the recordings there, and judge those that are there anew

A case is admitted where, over the seeds, the broken training ends worse than its twin (Cohen's d ≥ 0.5 and
p < 0.05), or where the fault is silent by construction.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec

from collector.findings.alarms import MEASURED
from tests.faults.measure import Outcome, outcome
from tests.faults.report import alarms, page, told
from tests.faults.training import Case, Healthy

PAGE = Path(__file__).parents[2] / "resources" / "findings.md"
KERAS_PAGE = PAGE.with_name("findings_keras.md")


def main() -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[], help="cases whose name begins so")
    parser.add_argument(
        "--keep", type=Path, help="leave the recordings in this folder; those of an earlier run in it are judged anew"
    )
    parser.add_argument("--keras", action="store_true", help="those with Keras")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    chosen = parser.parse_args()
    from tests.faults import broken, healthy

    by_kind: dict[str, Sequence[Case | Healthy]] = {"broken": broken.CASES, "healthy": healthy.CASES}
    if chosen.keras:
        from tests.faults import keras_cases

        by_kind = {"keras": keras_cases.CASES}
    names = [(kind, case.name) for kind, cases in by_kind.items() for case in cases]
    wanted = [each for each in names if not chosen.only or any(each[1].startswith(start) for start in chosen.only)]
    with tempfile.TemporaryDirectory() as scratch, _pool(chosen) as pool:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        running = [pool.submit(outcome, *each, seed, folder) for each in wanted for seed in range(chosen.seeds)]
        outcomes: list[Outcome] = []
        for each in running:
            for one in each.result():
                outcomes.append(one)
                print(told(one), flush=True)
    text = page(outcomes, [case for cases in by_kind.values() for case in cases if isinstance(case, Case)])
    if chosen.write:
        (KERAS_PAGE if chosen.keras else PAGE).write_text(text, "utf-8")
    if chosen.write and not chosen.keras and not chosen.only:
        MEASURED.write_bytes(msgspec.json.encode(alarms(outcomes)) + b"\n")
    print(text)
    return 0


def _pool(chosen: argparse.Namespace) -> ProcessPoolExecutor:
    """TensorFlow's threads do not survive a fork."""
    return ProcessPoolExecutor(chosen.processes, get_context("spawn") if chosen.keras else None)


if __name__ == "__main__":
    sys.exit(main())
