"""Trainings drawn at random, broken or healthy, with other networks, layers and onsets than the cases.

    python -m tests.faults.drawn --number 10 --seed 7 --keep FOLDER      run-00.json …, answers sealed beside them
    python -m tests.faults.drawn --number 60 --seed 7                    and how well the rules do on them
    python -m tests.faults.drawn --answers FOLDER                        what was wrong

For looking at recordings without knowing what is wrong, and for measuring on trainings that nothing was set on.
"""

import argparse
import base64
import json
import random
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from collector.findings.alarms import wilson
from tests.faults.habits import HABITS
from tests.faults.measure import Outcome, judged
from tests.faults.networks import NETWORKS, Draft
from tests.faults.report import told
from tests.faults.spoiling import FAULTS, deep_sigmoids
from tests.faults.training import Case, run

HEALTHY_SHARE = 0.35


@dataclass(frozen=True)
class Answer:
    """What is wrong in a recording; ``fault`` is empty where nothing is."""

    file: str
    network: str
    seed: int
    fault: str = ""
    rules: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    onset: int = 0


def drawn(seed: int, *, is_twin: bool = False) -> tuple[Draft, Answer]:
    """A training and what is wrong with it; its twin is the same with nothing wrong."""
    numbers = random.Random(seed)
    torch.manual_seed(seed)
    is_healthy = numbers.random() < HEALTHY_SHARE
    file = f"run-{seed}.json"
    if not is_healthy and numbers.random() < 1 / (len(FAULTS) + 1):
        draft, fault = deep_sigmoids(numbers, seed)
        return draft, Answer(file, draft.kind, seed, "deep_sigmoids", tuple(fault[0].split()), fault[1], fault[2])
    spoil = numbers.choice(FAULTS)
    for _ in range(100):
        draft = NETWORKS[numbers.choice(list(NETWORKS))](numbers, seed)
        if is_healthy or is_twin:
            habit = numbers.choice(HABITS)
            if is_healthy:
                habit(numbers, draft)
            return draft, Answer(file, f"{draft.kind}, {habit.__name__}", seed)
        if (found := spoil(numbers, draft)) is not None:
            rules, layers, onset = found
            return draft, Answer(file, draft.kind, seed, spoil.__name__, tuple(rules.split()), layers, onset)
    raise RuntimeError(f"no network takes the fault {spoil.__name__}")


def record(seed: int, folder: Path) -> tuple[Answer, Outcome]:
    """Train, record, and judge one of them."""
    draft, answer = drawn(seed)
    path = folder / answer.file
    interval = random.Random(-seed).choice([10, 20, 25, 40])
    score = run(draft.training, path, seed, interval=interval)
    case = Case(answer.fault, lambda seed, broken: draft.training, frozenset(answer.rules), frozenset(answer.layers))
    case = Case(case.name, case.make, case.rules, case.layers, answer.onset)
    kind = "broken" if answer.fault else "healthy"
    name = f"{answer.fault or 'healthy'} in {answer.network}"
    return answer, judged(path, name, kind, seed, score, case if answer.fault else None)


def main() -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.drawn", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--number", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the first; the others follow")
    parser.add_argument("--keep", type=Path, help="leave the recordings here, and say nothing of what is wrong")
    parser.add_argument("--answers", type=Path, metavar="FOLDER", help="say what is wrong in the recordings there")
    chosen = parser.parse_args()
    if chosen.answers:
        sealed = base64.b64decode((chosen.answers / "answers.sealed").read_bytes())
        print(*(" ".join(f"{key}={value}" for key, value in each.items()) for each in json.loads(sealed)), sep="\n")
        return 0
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        answers, outcomes = [], []
        for seed in range(chosen.seed, chosen.seed + chosen.number):
            answer, outcome = record(seed, folder)
            answers.append(asdict(answer))
            outcomes.append(outcome)
            print(answer.file if chosen.keep else f"{told(outcome)} {answer.layers} {answer.onset}", flush=True)
            if not chosen.keep:
                (folder / answer.file).unlink()
    if chosen.keep:
        (folder / "answers.sealed").write_bytes(base64.b64encode(json.dumps(answers).encode()))
    else:
        print(_figures(outcomes))
    return 0


def _figures(outcomes: list[Outcome]) -> str:
    broken = [each for each in outcomes if each.kind == "broken"]
    healthy = [each for each in outcomes if each.kind == "healthy"]
    found = [each for each in broken if each.is_found]
    alarmed = [each for each in healthy if each.serious]
    low, high = wilson(len(alarmed), len(healthy))
    missed = Counter(each.case.partition(" ")[0] for each in broken if not each.is_found)
    return (
        f"broken {len(broken)}: found {len(found)}, layer {sum(each.is_layer for each in found)}, "
        f"onset {sum(each.is_onset for each in found)}; missed {dict(missed)}\n"
        f"healthy {len(healthy)}: with a false alarm {len(alarmed)} (95 % interval {low:.1%} to {high:.1%})"
    )


if __name__ == "__main__":
    sys.exit(main())
