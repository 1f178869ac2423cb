"""What the network makes of every probe sample at one pass, and orders to look at them in.

`N` samples, `K` classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from app.analysis.guess import CLASSES
from app.analysis.task_outputs import task_outputs
from collector.storage.passes import Pass
from collector.storage.probe import Probe
from collector.storage.task import Task, class_logits

UNKNOWN = -1
"""Stands for a class that is not known."""


class SampleOrder(Enum):
    """Orders of the samples, each by its name on the screen."""

    PROBE = "In order"
    MOST_CONFIDENT = "Most confident"
    LEAST_CONFIDENT = "Least confident"
    WRONG = "Wrong first"
    CHANGED = "Changed first"
    """Those that two networks take for other classes."""
    ERROR = "Largest error first"
    """Of outputs that are no classes."""


@dataclass(frozen=True, eq=False)
class SamplesView:
    """Labels and predictions of all samples.

    Attributes:
        labels: true classes, int ``[N]``; None where they were not recorded.
        predicted: the most probable classes, int ``[N]``, `UNKNOWN` where a logit is not finite; None without logits.
        confidence: the probability of that class, float32 ``[N]`` in 0…1, NaN where unknown; None without logits.
        errors: of outputs that are no classes how far they are from what they are to be, float ``[N]``, NaN where that
            is not known; None of classes, and where it is not known of any sample.
        score: of all these samples together, in words.
    """

    labels: np.ndarray | None
    predicted: np.ndarray | None
    confidence: np.ndarray | None
    errors: np.ndarray | None = None
    score: str = ""

    @property
    def is_right(self) -> np.ndarray | None:
        """Whether each prediction is right, bool ``[N]``; None where that cannot be told of any."""
        if self.labels is None or self.predicted is None:
            return None
        return (self.predicted == self.labels) & (self.predicted != UNKNOWN)

    @property
    def n_right(self) -> int | None:
        """How many predictions are right."""
        right = self.is_right
        return None if right is None else int(right.sum())


def samples_view(logits: np.ndarray | None, labels: np.ndarray | None) -> SamplesView:
    """What a pass tells of all samples.

    Args:
        logits: ``[N, K]`` of the pass; None where they were not recorded. A single output chooses between no classes.
        labels: int ``[N]`` of the probe; None where there are none.
    """
    if logits is None or logits.shape[1] < 2:
        return SamplesView(labels, None, None)
    finite = np.isfinite(logits).all(axis=1)
    shifted = logits.astype(np.float64)
    with np.errstate(invalid="ignore"):  # of what is not finite nothing is told
        shifted -= shifted.max(axis=1, keepdims=True)
        # the largest logit became 0, so its probability is 1 / Σ exp
        confidence = 1 / np.exp(shifted).sum(axis=1)
    predicted = np.where(finite, shifted.argmax(axis=1), UNKNOWN)
    agree = labels if labels is not None and len(labels) == len(logits) else None
    return SamplesView(agree, predicted, np.where(finite, confidence, np.nan).astype(np.float32))


def samples_of(pass_: Pass, probe: Probe | None, task: Task = CLASSES) -> SamplesView:
    """The same of a pass, which of very many classes holds the largest logits only; of no classes the errors."""
    labels = None if probe is None else probe.labels
    if task.kind != "classes":
        return _of_no_classes(pass_, probe, task)
    top = pass_.top_logits
    if top is None:
        return samples_view(None if pass_.logits is None else class_logits(pass_.logits, task), labels)
    is_known = np.isfinite(top.log_sum_exp)
    predicted = np.where(is_known, top.numbers[:, 0], UNKNOWN)
    confidence = np.where(is_known, top.probabilities[:, 0], np.nan).astype(np.float32)
    agree = labels if labels is not None and len(labels) == len(predicted) else None
    return SamplesView(agree, predicted, confidence)


def _of_no_classes(pass_: Pass, probe: Probe | None, task: Task) -> SamplesView:
    found = task_outputs(pass_, probe, task)
    labels = None if probe is None else probe.labels
    if found.errors is None or probe is None:
        return SamplesView(labels, None, None, score=found.score)
    errors = np.full(len(probe), np.nan)
    errors[: len(found.errors)] = found.errors
    return SamplesView(labels, None, None, errors, found.score)


def ordered(view: SamplesView, order: SampleOrder, n_samples: int, changed: np.ndarray | None = None) -> np.ndarray:
    """Numbers of the samples in an order, int ``[N]``; those it cannot judge come last, equals in the probe's order.

    Args:
        view: what the network makes of them.
        order: which one.
        n_samples: how many there are.
        changed: numbers of those that another network takes for another class, in their order.
    """
    in_order = np.arange(n_samples)
    confidence = view.confidence
    if order is SampleOrder.CHANGED and changed is not None:
        return np.concatenate([changed, np.setdiff1d(in_order, changed)])
    if order is SampleOrder.ERROR and view.errors is not None and len(view.errors) == n_samples:
        return np.lexsort((-view.errors,))
    if order in (SampleOrder.PROBE, SampleOrder.CHANGED) or confidence is None or len(confidence) != n_samples:
        return in_order
    match order:
        case SampleOrder.LEAST_CONFIDENT:
            return np.lexsort((confidence,))
        case SampleOrder.WRONG if view.is_right is not None:
            # the surest mistakes first: they tell most
            return np.lexsort((-confidence, view.is_right, np.isnan(confidence)))
        case _:
            return np.lexsort((-confidence,))
