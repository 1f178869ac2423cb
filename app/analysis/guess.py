"""What the network makes of one sample at one pass, whether all logits were kept or, of very many, the largest."""

from dataclasses import dataclass

import numpy as np

from app.analysis.probabilities import softmax
from collector.storage.passes import Pass
from collector.storage.task import Task, class_logits

CLASSES = Task("classes")
_NO_CLASSES = {
    "": "it is not known what the outputs are",
    "values": "numbers, no classes",
    "labels": "several labels",
    "q_values": "Q-values, no classes",
    "policy": "a policy, no classes",
    "scores": "scores, no classes",
}


@dataclass(frozen=True, eq=False)
class Guess:
    """A prediction.

    Attributes:
        predicted: the most probable class; None where there is none.
        probabilities: float64 ``[K]``, or those of ``classes``; None where there are none.
        classes: the classes that they are of; None: class 0 to `K` - 1.
        rest: how many there are, where the probabilities are of some only, in words.
        absent: why there is no prediction, in words.
    """

    predicted: int | None = None
    probabilities: np.ndarray | None = None
    classes: tuple[int, ...] | None = None
    rest: str = ""
    absent: str = ""


def guess_of(pass_: Pass, sample: int, true: int | None, task: Task = CLASSES) -> Guess:
    """The prediction for a sample; of very many classes those of the largest logits, and the true one behind them.

    Outputs that are no classes predict none.
    """
    if task.kind != "classes":
        return Guess(absent=_NO_CLASSES.get(task.kind, f"{task.kind}, no classes"))
    if pass_.top_logits is not None:
        return _of_largest(pass_, sample, true)
    if pass_.logits is None or sample >= len(pass_.logits):
        is_damaged = ("", "logits") in pass_.damaged or ("", "top_logits") in pass_.damaged
        return Guess(absent="damaged in the file" if is_damaged else "not recorded")
    probabilities = softmax(class_logits(pass_.logits, task)[sample])
    if probabilities is None:
        return Guess(absent="NaN or Inf")
    return Guess(int(np.argmax(probabilities)), probabilities)


def _of_largest(pass_: Pass, sample: int, true: int | None) -> Guess:
    top = pass_.top_logits
    if top is None or sample >= len(top.numbers):
        return Guess(absent="not recorded")
    if not np.isfinite(top.log_sum_exp[sample]):
        return Guess(absent="NaN or Inf")
    rest = f"top {top.numbers.shape[1]} of {top.classes:,} classes"
    classes, probabilities = tuple(top.numbers[sample].tolist()), top.probabilities[sample]
    if true is not None and true not in classes and top.true is not None and np.isfinite(top.true[sample]):
        of_true = np.exp(float(top.true[sample]) - float(top.log_sum_exp[sample]))
        classes, probabilities = (*classes, true), np.append(probabilities, of_true)
    return Guess(classes[0], probabilities, classes, rest)
