"""What a training leaves: whether it learnt, what is said of it, and what of it is not in the file."""

import json
import re
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import torch

from collector import open_collection
from collector.findings import findings
from tests.architectures.trained import file_of, training

TRUE_REASONS = (
    r"only the first and the last layer of a stage have them; feature_maps 'all' keeps these too",
    r"called \d+ times; the last one is recorded",
    r"called \d+ times, and given something else each time",
    r"what it reads went through an operation that Strobe cannot follow",
)
"""Reasons for what is left out of a file that are true of every network they are given for."""


@dataclass(frozen=True)
class Judged:
    """One training.

    Attributes:
        score: at its end, higher is better.
        task: what its outputs were told to be.
        n_layers: of the network.
        missing: layer and kind → why it is not in the file, for other than `TRUE_REASONS`.
        notes: of the collector.
        alarms, hints: rules that found something at ``warning`` or above, and those that noted something.
        failed: rules that failed.
        seconds: of the processor.
        megabytes: of the file.
    """

    name: str
    seed: int
    score: float
    task: str
    n_layers: int
    missing: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0


def judged(name: str, seed: int, folder: Path, steps: int | None = None) -> Judged:
    """Train, record, and put the rules to the recording; one that is there already is judged anew.

    Args:
        folder: takes the recordings, and the scores beside them.
        steps: of the training; None: as many as it is meant to take.
    """
    path = file_of(folder, name, seed)
    kept = path.with_suffix(".score")
    if not kept.exists():
        path.unlink(missing_ok=True)
        kept.write_text(json.dumps(_trained(name, seed, path, steps)), "utf-8")
    score, seconds = json.loads(kept.read_text("utf-8"))
    with open_collection(path) as collection:
        report = findings(collection)
        missing = {
            f"{layer.name} {kind}": why
            for layer in collection.layers.values()
            for kind, why in layer.not_recorded.items()
            if not any(re.fullmatch(reason, why) for reason in TRUE_REASONS)
        }
        return Judged(
            *(name, seed, score, collection.task.kind, len(collection.layers), missing),
            notes=[each.text for each in collection.notes],
            alarms=[each.rule for each in report.at_least("warning")],
            hints=[each.rule for each in report.findings if each.severity == "note"],
            failed=[each.rule for each in report.not_judged if each.why.startswith("the rule failed")],
            seconds=seconds,
            megabytes=path.stat().st_size / 1e6,
        )


def _trained(name: str, seed: int, path: Path, steps: int | None) -> tuple[float, float]:
    """The score at the end, and seconds of the processor."""
    torch.set_num_threads(1)
    train = training(name)
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = train(path, seed) if steps is None else train(path, seed, steps=steps)
    return score, time.process_time() - began


def told(one: Judged) -> str:
    """A line of one training."""
    said = ", ".join(one.alarms) or "no alarm"
    failed = f" FAILED {', '.join(one.failed)}" if one.failed else ""
    return f"{one.name} [{one.seed}] {one.score:.3f}, {one.seconds:.0f} s: {said}{failed}"


def page(all_of_them: list[Judged]) -> str:
    """The page in Markdown."""
    wrong = [each for each in all_of_them if each.alarms]
    lines = ["# What trainings of many kinds leave", "", "Made by `make architectures`.", ""]
    lines += [
        f"Healthy trainings judged: {len(all_of_them)}. With a false alarm: {len(wrong)}"
        + "".join(f"; {each.name} (seed {each.seed}): {', '.join(each.alarms)}" for each in wrong)
        + ".",
        "",
        "| training | score of the seeds | its outputs | layers | not in the file | noted | seconds | MB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(each.name for each in all_of_them):
        own = [each for each in all_of_them if each.name == name]
        first = own[0]
        scores = ", ".join(f"{each.score:.3g}" for each in own)
        why = "; ".join(f"{count} × {reason}" for reason, count in Counter(first.missing.values()).items())
        hints = ", ".join(sorted({hint for each in own for hint in each.hints}))
        figures = f"{max(each.seconds for each in own):.0f} | {first.megabytes:.1f}"
        task = first.task or "not known"
        lines.append(f"| {name} | {scores} | {task} | {first.n_layers} | {why} | {hints} | {figures} |")
    lines += ["", "What the collector noted in the file:", ""]
    for name in dict.fromkeys(each.name for each in all_of_them):
        first = next(each for each in all_of_them if each.name == name)
        lines += [f"- {name}: {note}" for note in first.notes]
    return "\n".join([*lines, ""])
