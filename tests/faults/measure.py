"""One case with one seed: trained, recorded, judged."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from collector.findings import Finding, findings
from collector.storage import open_collection
from collector.storage.reader import Collection
from tests.faults import broken, healthy
from tests.faults.training import Case, run


@dataclass(frozen=True)
class Outcome:
    """What became of one training.

    Attributes:
        case, kind: name, and ``broken``, ``twin`` or ``healthy``.
        score: at its end.
        serious: findings at ``warning`` or above.
        notes: names of the rules that noted something.
        is_found, is_layer, is_onset: of a broken one: a right rule, a right layer among its first three, the right
            step.
        failed: rules that failed.
    """

    case: str
    kind: str
    seed: int
    score: float
    serious: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_found: bool = False
    is_layer: bool = False
    is_onset: bool = False
    failed: list[str] = field(default_factory=list)


def outcome(kind: str, name: str, seed: int, folder: Path) -> list[Outcome]:
    """Of a broken case, or one with Keras, it and its twin; of a healthy one it alone.

    Args:
        folder: takes the recordings, and the scores beside them. What is there already is judged, not trained again.
    """
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    file = "".join(each if each.isalnum() else "_" for each in name)
    if kind == "healthy":
        case = next(each for each in healthy.CASES if each.name == name)
        path = folder / f"{file}-{seed}.json"
        return [judged(path, name, "healthy", seed, _score(path, lambda: case.make(seed), seed))]
    cases, train = _with_keras() if kind == "keras" else (broken.CASES, run)
    fault = next(each for each in cases if each.name == name)
    both = []
    for is_broken in (True, False):
        path = folder / f"{file}-{seed}-{'broken' if is_broken else 'twin'}.json"
        score = _score(path, lambda is_broken=is_broken: fault.make(seed, is_broken), seed, train)
        both.append(judged(path, name, "broken" if is_broken else "twin", seed, score, fault if is_broken else None))
    return both[::-1]


def _with_keras() -> tuple[Sequence[Case], Callable[..., float]]:
    from tests.faults import keras_cases  # which starts TensorFlow

    return keras_cases.CASES, keras_cases.run


def _score(path: Path, make: Callable[[], Any], seed: int, train: Callable[..., float] = run) -> float:
    kept = path.with_suffix(".score")
    if not kept.exists():
        score = train(make(), path, seed)
        kept.write_text(repr(score), "utf-8")
    return float(kept.read_text("utf-8"))


def judged(path: Path, name: str, kind: str, seed: int, score: float, fault: Case | None = None) -> Outcome:
    """What the rules say of a recording, and whether that is right."""
    with open_collection(path) as collection:
        report = findings(collection)
        serious = report.at_least("warning")
        right = [each for each in serious if fault is not None and each.rule in fault.rules]
        is_onset = fault is not None and any(_is_near(each, fault.onset, collection) for each in right)
    notes = [each.rule for each in report.findings if each.severity == "note"]
    failed = [each.rule for each in report.not_judged if each.why.startswith("the rule failed")]
    is_layer = fault is not None and any(not fault.layers or fault.layers & {*each.layers[:3]} for each in right)
    return Outcome(name, kind, seed, score, serious, notes, bool(right), is_layer, is_onset, failed)


def _is_near(finding: Finding, onset: int, collection: Collection) -> bool:
    """Whether it is said to have begun within one recorded step of the onset."""
    low, high = finding.since_range
    steps = np.unique(np.concatenate([np.asarray(collection.passes.steps), collection.series.steps]))
    table = collection.series
    names = [name for name in table if name.startswith("gradient_norm/")]
    grid = table.recorded(names[0])[0] if names else steps
    before = grid[grid < min(low, onset)]
    after = grid[grid > max(high, onset)]
    spread = max(high - low, 1)
    least = min(low, int(before[-1]) if low <= onset and len(before) else low) - spread
    most = high + spread + (int(after[0]) - max(high, onset) if len(after) else 0)
    return least <= onset <= most
