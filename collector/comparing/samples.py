"""Samples of the probe that two networks take for different classes."""

import numpy as np

from collector.comparing.comparison import ChangedSample
from collector.storage.snapshot import Pass
from collector.storage.task import Task, class_logits

CLASSES = Task("classes")


def changed_samples(a: Pass, b: Pass, labels: np.ndarray | None, task: Task = CLASSES) -> list[ChangedSample]:
    """Those whose prediction differs, of the largest loss in B first; none where logits are lacking, or of no classes.

    Args:
        a, b: passes on the same probe.
        labels: class numbers ``[N]``.
        task: what the outputs of both are.
    """
    if task.kind != "classes":
        return []
    classes_a, classes_b = _predicted(a, task), _predicted(b, task)
    if classes_a is None or classes_b is None or len(classes_a) != len(classes_b):
        return []
    losses_a, losses_b = cross_entropies(a, labels, task), cross_entropies(b, labels, task)
    found = [
        ChangedSample(
            sample=int(sample),
            label=None if labels is None else int(labels[sample]),
            a=int(classes_a[sample]),
            b=int(classes_b[sample]),
            loss_a=_number(losses_a, int(sample)),
            loss_b=_number(losses_b, int(sample)),
        )
        for sample in np.flatnonzero(classes_a != classes_b)
    ]
    return sorted(found, key=lambda each: -(each.loss_b or 0.0))


def _predicted(one: Pass, task: Task) -> np.ndarray | None:
    if one.logits is not None:
        predicted: np.ndarray = class_logits(one.logits, task).argmax(axis=1)
        return predicted
    top = one.top_logits
    return None if top is None else top.numbers[:, 0]


def cross_entropies(one: Pass, labels: np.ndarray | None, task: Task = CLASSES) -> np.ndarray | None:
    """Of each sample in nats, float ``[N]``, NaN where its label is no class; None without labels or logits."""
    if labels is None:
        return None
    if one.logits is None:
        top = one.top_logits
        return None if top is None or top.true is None else top.log_sum_exp - top.true
    logits = class_logits(one.logits, task).astype(np.float64)
    inside = (labels >= 0) & (labels < logits.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        largest = logits.max(axis=1)
        log_sum = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    true = logits[np.arange(len(logits)), np.where(inside, labels, 0)]
    return np.where(inside, log_sum - true, np.nan)


def _number(losses: np.ndarray | None, sample: int) -> float | None:
    return None if losses is None or not np.isfinite(losses[sample]) else float(losses[sample])
