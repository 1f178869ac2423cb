"""Passes and probes of networks of all tasks, made up, and what is shown of them."""

from pathlib import Path
from typing import Any

import numpy as np

from app.views.sample.analysis.shown_output import ShownOutput, shown_output
from collector.storage.blocks import to_block
from collector.storage.passes import Pass
from collector.storage.probe import Probe
from collector.storage.schema import PassRecord, TopLogits
from collector.storage.task import Task

NOTHING = np.zeros(0, "f4")


def a_probe(inputs: np.ndarray, **more: Any) -> Probe:
    return Probe(inputs, **{"labels": None, "class_names": (), "mean": NOTHING, "std": NOTHING, **more})


def a_pass(**arrays: Any) -> Pass:
    blocks = {name: to_block(each) if isinstance(each, np.ndarray) else each for name, each in arrays.items()}
    return Pass(PassRecord(number=0, step=0, **blocks), Path("made up"), {}, None)


def words(last: int = -1, n_kept: int = 4) -> tuple[Pass, Probe]:
    """Two texts of four tokens of six, each followed by the next; the likeliest is right but at the last place.

    Args:
        last: what follows the last token; −1: that is not known.
        n_kept: so many positions are in the file.
    """
    inputs = np.array([[0, 1, 2, 3], [3, 2, 1, 0]])
    targets = np.concatenate([inputs[:, 1:], [[last], [last]]], 1)
    numbers = np.stack([np.where(targets < 0, 5, targets), np.full((2, 4), 4)], 2)
    values = np.tile(np.array([2.0, 1.0], "f4"), (2, 4, 1))
    logits = TopLogits(6, numbers, values, np.full((2, 4), 3, "f4"), np.zeros((2, 4), "f4"), np.full((2, 4), 2, "f4"))
    logits.true[targets < 0] = np.nan  # type: ignore[index]
    fields = {name: getattr(logits, name) for name in ("numbers", "values", "log_sum_exp", "entropy", "true")}
    blocks = {name: to_block(np.ascontiguousarray(each[:, :n_kept])) for name, each in fields.items()}
    top = TopLogits(6, **blocks)  # type: ignore[arg-type]
    return a_pass(token_logits=top), a_probe(inputs.astype("f4"), whole_numbers=True, targets=targets)


NAMES = {0: " a", 1: " cat", 2: " sat", 3: " down", 4: " and", 5: " slept"}


def shown(task: str, taken: Pass, probe: Probe, sample: int = 0) -> ShownOutput:
    found = shown_output(taken, probe, Task(task, "the loss says so"), sample, NAMES)
    assert found is not None
    return found
