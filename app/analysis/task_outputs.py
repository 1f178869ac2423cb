"""What the network gives for the samples beside what it is to give, as the task has it, and how far apart they are.

`N` samples, of which a pass may hold the first `M` only; `K` outputs; `T` positions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from collector.storage.task import class_logits

if TYPE_CHECKING:
    from collector.storage.passes import Pass
    from collector.storage.probe import Probe
    from collector.storage.task import Task


@dataclass(frozen=True, eq=False)
class TaskOutputs:
    """The outputs of a pass.

    Attributes:
        given: as numbers of the task: values, probabilities of labels, pictures, class numbers of pixels; ``[M, …]``.
        wanted: what they are to be, of the same shape; None where that is not known.
        errors: of each sample, float ``[M]``, the larger the worse; None where none can be told.
        score: of all samples together, in words; empty where there is none.
    """

    given: np.ndarray | None = None
    wanted: np.ndarray | None = None
    errors: np.ndarray | None = None
    score: str = ""


NONE = TaskOutputs()


def task_outputs(pass_: Pass, probe: Probe | None, task: Task) -> TaskOutputs:
    """What a pass tells of all samples; classes are told elsewhere."""
    if probe is None:
        return NONE
    with np.errstate(all="ignore"):
        match task.kind:
            case "labels":
                found = _labels(pass_, probe, task)
            case "tokens":
                found = _tokens(pass_)
            case "segmentation":
                found = _masks(pass_, probe, task)
            case "reconstruction":
                found = _numbers(pass_, probe.inputs)
            case "classes":
                found = NONE
            case kind:
                found = _numbers(pass_, _targets(probe) if kind in ("values", "scores", "q_values", "") else None)
    losses = pass_.losses
    if losses is None:
        return found
    return TaskOutputs(found.given, found.wanted, losses.astype(float), found.score)


def _outputs(pass_: Pass) -> np.ndarray | None:
    return pass_.logits if pass_.logits is not None else pass_.outputs


def _targets(probe: Probe) -> np.ndarray | None:
    return probe.labels if probe.targets is None else probe.targets


def _numbers(pass_: Pass, wanted: np.ndarray | None) -> TaskOutputs:
    outputs = _outputs(pass_)
    if outputs is None:
        return NONE
    target = fitted(wanted, outputs.shape)
    if target is None:
        return TaskOutputs(outputs)
    outputs = outputs.reshape(target.shape)
    errors = ((outputs.astype(float) - target) ** 2).mean(axis=tuple(range(1, target.ndim)))
    return TaskOutputs(outputs, target, errors, f"mean squared error {errors.mean():.3g}")


def fitted(wanted: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray | None:
    """What outputs ``[M, …]`` are to be, float ``[M, …]``: of a large picture the rows and columns that are kept.

    None where it does not fit. It keeps the shape that it was given in, as that of a picture whose output is flat.
    """
    if wanted is None or len(wanted) < shape[0]:
        return None
    rows = wanted[: shape[0]].astype(float)
    if math.prod(rows.shape[1:]) == math.prod(shape[1:]):
        return rows if rows.ndim > 1 else rows[:, None]
    if rows.ndim < 3 or len(shape) < 3:
        return None
    steps = [-(-own // kept) for own, kept in zip(rows.shape[-2:], shape[-2:], strict=True)]
    thinned = rows[..., :: steps[0], :: steps[1]]
    return thinned if math.prod(thinned.shape[1:]) == math.prod(shape[1:]) else None


def sigmoid(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), float64."""
    return 1 / (1 + np.exp(-values.astype(float)))


def _labels(pass_: Pass, probe: Probe, task: Task) -> TaskOutputs:
    if pass_.logits is None:
        return NONE
    shares = sigmoid(class_logits(pass_.logits, task))
    target = fitted(_targets(probe), shares.shape)
    if target is None:
        return TaskOutputs(shares)
    is_wanted = target >= 0.5
    wrong = (shares >= 0.5) != is_wanted
    entropies = -np.log(np.maximum(np.where(is_wanted, shares, 1 - shares), 1e-12)).mean(axis=1)
    return TaskOutputs(shares, target, entropies, f"{(~wrong).sum():,} of {wrong.size:,} labels right")


def _tokens(pass_: Pass) -> TaskOutputs:
    top = pass_.token_logits
    if top is None or top.true is None:
        return NONE
    surprise = top.log_sum_exp.astype(float) - top.true  # NaN where nothing is wanted
    is_there = np.isfinite(surprise)
    errors = np.where(is_there, surprise, 0).sum(axis=1) / is_there.sum(axis=1)
    if not is_there.any():
        return NONE
    n = int(is_there.any(axis=1).sum())
    of = f"over {n:,} sample{'s' * (n != 1)}"
    return TaskOutputs(errors=errors, score=f"perplexity {np.exp(surprise[is_there].mean()):.3g} {of}")


def _masks(pass_: Pass, probe: Probe, task: Task) -> TaskOutputs:
    outputs = pass_.outputs
    if outputs is None or outputs.ndim != 4:
        return NONE
    if outputs.shape[1] > 1:
        masks = outputs.argmax(axis=1)
    else:
        masks = (outputs.squeeze(1) > (0.5 if task.ends_in_sigmoid else 0)).astype(int)
    targets = probe.targets
    if targets is not None and targets.ndim == 4 and targets.shape[1] == 1:
        targets = targets.squeeze(1)
    target = fitted(targets, masks.shape)
    if target is None or target.shape != masks.shape:
        return TaskOutputs(masks)
    target = np.rint(target).astype(int)
    right = np.where(target >= 0, masks == target, True)
    counted = (target >= 0).sum()
    share = 1 - (~right).sum() / max(counted, 1)
    return TaskOutputs(masks, target, 1 - right.mean(axis=(1, 2)), f"{100 * share:.1f} % of pixels right")
