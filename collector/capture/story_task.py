"""What a network's output says of each sample: its class and how surely, the label's margin, its loss.

`N` samples, `K` classes, `T` positions.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from collector.capture.compared_layers import softmax
from collector.capture.network_output import Output
from collector.capture.targets import Targets

FIELDS = ("predictions", "confidences", "label_probabilities", "margins", "losses")
"""The columns of `StoryTask.numbers`: fields of `schema.StoryRecord`."""

Kind = Literal["classes", "binary", "values", "labels", "tokens"]

_LOSS: dict[Kind, str] = {
    "classes": "cross-entropy of the label",
    "binary": "cross-entropy of the label",
    "values": "mean squared error",
    "labels": "binary cross-entropy, mean over the labels",
    "tokens": "cross-entropy, mean over the positions",
}

Ending = Literal["", "sigmoid", "none"]
"""What the output has been through at last: empty where that is not known."""

MOST_AT_ONCE = 2**23
"""Numbers of outputs that are looked at at once."""

UNALIKE = "the labels of some are of another kind than those of the others"
UNKNOWN_ENDING = "whether their outputs are probabilities is not known"


@dataclass(frozen=True)
class StoryTask:
    """What the outputs are, and what they are to be.

    Attributes:
        kind: ``classes``: a row of logits; ``binary``: one, of class 1; ``values``; ``labels``: a logit for each of
            several; ``tokens``: a row of logits for each position.
        wanted: of ``classes`` and ``binary`` class numbers ``[N]``, of ``tokens`` ``[N, T]``, else numbers
            ``[N, …]``; None: not known.
        is_probability: whether what stands for one logit is a probability already.
    """

    kind: Kind
    wanted: np.ndarray | None
    is_probability: bool = False

    @property
    def has_classes(self) -> bool:
        """Whether a sample is of one class."""
        return self.kind in ("classes", "binary")

    @property
    def is_row(self) -> bool:
        """Whether the logits are of a row, of which one is right, and not of one thing each."""
        return self.kind in ("classes", "tokens")

    @property
    def loss(self) -> str:
        """What the loss of a sample is; empty where there is none."""
        return "" if self.wanted is None else _LOSS[self.kind]

    @property
    def fields(self) -> tuple[str, ...]:
        """Those of `FIELDS` that mean something here."""
        if not self.has_classes:
            return ("losses",)
        return FIELDS if self.wanted is not None else FIELDS[:2]

    def numbers(self, outputs: np.ndarray, start: int) -> np.ndarray:
        """What outputs ``[n, …]`` of the samples from ``start`` on say, float32 ``[n, 5]``; see `FIELDS`.

        NaN where there is no such number, as without a label, or for one that is no class; a prediction is −1 then.
        """
        wanted = None if self.wanted is None else self.wanted[start : start + len(outputs)]
        found = np.empty((len(outputs), len(FIELDS)), np.float32)
        at_once = max(1, MOST_AT_ONCE // math.prod(outputs.shape[1:]))
        with np.errstate(all="ignore"):
            for at in range(0, len(outputs), at_once):
                part = slice(at, at + at_once)
                of_part = None if wanted is None else wanted[part]
                found[part] = _MEASURES[self.kind](outputs[part].astype(np.float64), of_part, self.is_probability)
        return found


def story_task(output: Output | None, targets: Targets, kind: str, ending: Ending = "") -> StoryTask | str:
    """What the outputs for samples are; or why that cannot be told, in words that go on from "…: ".

    Args:
        output: the tensor that is the network's output.
        targets: of the samples.
        kind: of the task, where the user said it; one of `collector.storage.task.KINDS`.
        ending: of the output.
    """
    if output is None:
        return "the network gives nothing for each of the samples"
    if output.form == "tokens":
        fits = targets.are_whole and targets.shape is not None and targets.shape[1:] == output.shape[1:2]
        return StoryTask("tokens", targets.values) if fits else _not_told(output, targets)
    size = math.prod(output.shape[1:])
    are_rows = output.form in ("rows", "large rows") and kind in ("", "classes")
    if are_rows and size > 1 and (targets.classes is not None or (kind == "classes" and targets.values is None)):
        return StoryTask("classes", targets.classes)
    fitting = targets.values if targets.shape is not None and math.prod(targets.shape[1:]) == size else None
    if are_rows and size == 1 and targets.classes is not None and np.isin(targets.classes, (0, 1)).all():
        found = StoryTask("binary", targets.classes, ending == "sigmoid")
    elif fitting is not None and (kind == "labels" or (kind == "" and size > 1 and _are_labels(fitting))):
        found = StoryTask("labels", fitting, ending == "sigmoid")
    else:
        return _not_told(output, targets) if fitting is None else StoryTask("values", fitting)
    return found if ending else UNKNOWN_ENDING


def _are_labels(values: np.ndarray) -> bool:
    return values.dtype.kind in "iu" and bool(np.isin(values, (0, 1)).all())


def _not_told(output: Output, targets: Targets) -> str:
    given = "no labels" if targets.classes is None and targets.values is None else "labels of another kind"
    return f"the network gives {output.shape[1:] or 'a number'} for each, and the samples have {given}"


def _of_classes(logits: np.ndarray, labels: np.ndarray | None, _: bool = False) -> np.ndarray:
    """Of rows of logits ``[n, K]``, or of probabilities, whose logarithms are as good.

    The margin is that of Pleiss et al. 2020: the label's logit less the largest other one.
    """
    logits = logits.reshape(len(logits), -1)
    if softmax(logits) is logits:
        logits = np.log(logits)
    found = np.full((len(logits), len(FIELDS)), np.nan)
    is_bad = np.isnan(logits).any(axis=1)
    found[:, 0] = np.where(is_bad, -1, np.nan_to_num(logits, nan=-np.inf).argmax(axis=1))
    largest = logits.max(axis=1, keepdims=True)
    total = largest[:, 0] + np.log(np.exp(logits - largest).sum(axis=1))
    found[:, 1] = np.exp(largest[:, 0] - total)
    if labels is None:
        return found
    rows = np.flatnonzero((labels >= 0) & (labels < logits.shape[1]) & ~is_bad)
    own = logits[rows, labels[rows]]
    others = logits[rows]
    others[np.arange(len(rows)), labels[rows]] = -np.inf
    found[rows, 2] = np.exp(own - total[rows])
    found[rows, 3] = own - others.max(axis=1)
    found[rows, 4] = total[rows] - own
    return found


def _of_one_logit(outputs: np.ndarray, labels: np.ndarray | None, is_probability: bool) -> np.ndarray:
    """Of one logit of class 1: class 0 has that of 0."""
    logits = outputs.reshape(-1)
    if is_probability:
        logits = np.log(logits) - np.log1p(-logits)
    return _of_classes(np.stack((np.zeros_like(logits), logits), axis=1), labels)


def _of_values(outputs: np.ndarray, values: np.ndarray | None, _: bool) -> np.ndarray:
    assert values is not None
    errors = outputs.reshape(len(outputs), -1) - values.reshape(len(outputs), -1)
    return _losses(np.square(errors).mean(axis=1))


def _of_labels(outputs: np.ndarray, labels: np.ndarray | None, is_probability: bool) -> np.ndarray:
    assert labels is not None
    outputs, labels = outputs.reshape(len(outputs), -1), labels.reshape(len(outputs), -1)
    if is_probability:
        return _losses(-np.log(np.where(labels > 0, outputs, 1 - outputs)).mean(axis=1))
    return _losses((np.logaddexp(0, outputs) - labels * outputs).mean(axis=1))


def _of_tokens(logits: np.ndarray, tokens: np.ndarray | None, _: bool) -> np.ndarray:
    """The mean over the positions of which a token is wanted."""
    assert tokens is not None
    each = _of_classes(logits.reshape(-1, logits.shape[-1]), tokens.reshape(-1))[:, 4].reshape(tokens.shape)
    counted = np.isfinite(each)
    return _losses(np.where(counted, each, 0).sum(axis=1) / counted.sum(axis=1))


def _losses(losses: np.ndarray) -> np.ndarray:
    found = np.full((len(losses), len(FIELDS)), np.nan)
    found[:, 0], found[:, 4] = -1, losses
    return found


_MEASURES: dict[Kind, Callable[[np.ndarray, np.ndarray | None, bool], np.ndarray]] = {
    "classes": _of_classes,
    "binary": _of_one_logit,
    "values": _of_values,
    "labels": _of_labels,
    "tokens": _of_tokens,
}
