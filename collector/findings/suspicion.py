"""Which samples look mislabelled, by what the network made of them while it learnt: NumPy only, for rule and view.

`M` measurements, `N` samples, `L` layers, `K` classes.
"""

from dataclasses import dataclass

import numpy as np

from collector.storage.stories import Stories

SURE = 0.7
"""A network that gives a class so much is sure of it: where a tenth of the labels are wrong, none has above 0.9."""


@dataclass(frozen=True, eq=False)
class Suspicion:
    """How suspicious the label of each sample is.

    Attributes:
        scores: float64 ``[N]``: the larger the more; minus the area under the margin (Pleiss et al. 2020), which is the
            mean of the label's logit less the largest other one; NaN where it is not known.
        order: numbers of the samples whose score is known, the most suspicious first, int ``[N']``.
        said: the class that the network says most often, int ``[N]``; −1: none.
        is_sure: whether it says it at half of the measurements or more, and is sure of it, bool ``[N]``.
        is_suspicious: whether it is sure of another class than the label, and no more of the neighbours' votes are for
            the label than for that class, bool ``[N]``.
        is_unlikely: of these, whether it holds the label for no likelier than the mean of the other classes: the label
            of a sample that is only hard comes next, as a rule, bool ``[N]``.
        measurements: numbers of those that were looked at: all but those before the network had begun to learn.
        n_classes: ``K``.
    """

    scores: np.ndarray
    order: np.ndarray
    said: np.ndarray
    is_sure: np.ndarray
    is_suspicious: np.ndarray
    is_unlikely: np.ndarray
    measurements: np.ndarray
    n_classes: int


def suspicion_of(stories: Stories) -> Suspicion | None:
    """How suspicious the label of each sample is; None where nothing tells: no labels, or nothing learnt yet.

    Raises:
        DamagedError: the samples cannot be read.
    """
    samples = stories.samples
    if samples is None or samples.labels is None or not len(stories):
        return None
    votes = stories.scan("votes") if stories.layers else np.zeros((len(stories), 0, len(samples)), np.int16)
    return suspicion(
        samples.labels,
        stories.scan("predictions"),
        stories.scan("confidences"),
        stories.scan("label_probabilities"),
        stories.scan("margins"),
        votes,
    )


def suspicion(
    labels: np.ndarray,
    predictions: np.ndarray,
    confidences: np.ndarray,
    label_probabilities: np.ndarray,
    margins: np.ndarray,
    votes: np.ndarray,
) -> Suspicion | None:
    """How suspicious each label is; None where the network has learnt nothing.

    Args:
        labels: as the training has them, int ``[N]``.
        predictions, confidences, label_probabilities, margins: ``[M, N]``, as `schema.StoryRecord` has them.
        votes: ``[M, L, N]``; L may be 0.
    """
    looked_at = _since_learning(labels, predictions)
    if not len(looked_at):
        return None
    n_classes = int(max(labels.max(), predictions.max())) + 1
    predictions, margins, votes = predictions[looked_at], margins[looked_at].astype(np.float64), votes[looked_at]
    confidences, given = confidences[looked_at], label_probabilities[looked_at]
    said, n_said = _most_often(predictions, n_classes)
    says = predictions == said
    with np.errstate(all="ignore"):
        counted = np.isfinite(margins)
        scores = -np.where(counted, margins, 0).sum(axis=0) / counted.sum(axis=0)
        surety = np.where(says, confidences, 0).sum(axis=0) / n_said
        # what is left for the other classes, shared out evenly
        even = np.where(says, (1 - confidences) / (n_classes - 1), 0).sum(axis=0)
        own = np.where(says, given, 0).sum(axis=0)
        is_sure = (said >= 0) & (2 * n_said >= len(looked_at)) & (surety >= SURE)
        is_unlikely = own <= even
    is_voted = (votes == labels).sum(axis=(0, 1)) <= (votes == said).sum(axis=(0, 1))
    is_suspicious = is_sure & (said != labels) & (labels >= 0) & is_voted
    known = np.flatnonzero(np.isfinite(scores))
    return Suspicion(
        scores=scores,
        order=known[np.argsort(-scores[known], kind="stable")],
        said=said,
        is_sure=is_sure,
        is_suspicious=is_suspicious,
        is_unlikely=is_suspicious & is_unlikely,
        measurements=looked_at,
        n_classes=n_classes,
    )


def _since_learning(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Numbers of the measurements from the first on at which the network is half as good as at its best.

    None where that is no better than twice what saying one class would give, or half of the way from there to all.
    """
    right = (predictions == labels).mean(axis=1) if len(predictions) else np.zeros(0)
    known = labels[labels >= 0]
    if not len(right) or not len(known):
        return np.zeros(0, np.int64)
    guess = np.bincount(known).max() / len(labels)
    gained = right - guess
    if gained.max() <= min(guess, (1 - guess) / 2):
        return np.zeros(0, np.int64)
    return np.arange(int(np.argmax(2 * gained >= gained.max())), len(right))


def _most_often(predictions: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """The class said most often by ``[M, N]``, the last said of equally many, and how often; −1 and 0: none was."""
    n_samples = predictions.shape[1]
    best, often = np.full(n_samples, -1), np.zeros(n_samples, np.int64)
    for row in predictions[::-1]:
        n_times = (predictions == row).sum(axis=0)
        better = (row >= 0) & (n_times > often)
        best, often = np.where(better, row, best), np.where(better, n_times, often)
    return best, often
