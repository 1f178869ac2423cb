"""Whether a training gets anywhere, as its loss tells: what makes of a symptom a harm."""

from dataclasses import dataclass

import numpy as np

from collector.findings.recording import Recording
from collector.findings.robust import running_median, theil_sen

_ENTROPIES = frozenset(
    (
        "nllloss",
        "nllloss2d",
        "crossentropyloss",
        "crossentropy",
        "sparsecategoricalcrossentropy",
        "categoricalcrossentropy",
        "logsoftmax",
    )
)
_SHORT = 5
_SHARE = 20


@dataclass(frozen=True)
class Progress:
    """The loss in a few figures, each a median of several steps.

    Attributes:
        first: of the first steps.
        last: of the last ones.
        best: the lowest of the whole run.
        best_at: the step at which it was.
        n: steps with a loss.
    """

    first: float
    last: float
    best: float
    best_at: int
    n: int

    @property
    def fell(self) -> float:
        """By which share of its first value the loss has fallen: 1 is all of it, 0 or less nothing."""
        return (self.first - self.last) / abs(self.first) if self.first else 0.0


def progress(recording: Recording) -> Progress | None:
    """Of the training loss; None where fewer than ten steps have one."""
    return recording.shared("progress", lambda: _progress(recording))


def _progress(recording: Recording) -> Progress | None:
    steps, values = recording.finite_loss
    ends = _ends(values)
    if ends is None:
        return None
    places, medians = smoothed_loss(recording, _width(values))
    best = int(np.argmin(medians))
    return Progress(*ends, float(medians[best]), int(steps[places[best]]), len(values))


def _width(values: np.ndarray) -> int:
    return max(_SHORT, len(values) // _SHARE)


def _ends(values: np.ndarray) -> tuple[float, float] | None:
    """Median of the first and of the last of a loss's finite values; None of too few."""
    if len(values) < 2 * _SHORT:
        return None
    width = _width(values)
    # the loss of the very first step is that of the start; a median of more is already lower where it falls fast
    return float(np.median(values[: min(width, _SHORT)])), float(np.median(values[-width:]))


def smoothed_loss(recording: Recording, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Running median of the loss's finite values, see `running_median`."""
    return recording.shared(f"loss, smoothed over {width}", lambda: running_median(recording.finite_loss[1], width))


def is_harmed(recording: Recording, since: int = 0) -> bool:
    """Whether the loss has not got better since a step, or is not finite at the end; False where no loss tells."""
    steps, values = recording.loss
    after = values[steps >= since]
    if len(after) < 2 * _SHORT:
        return False
    if not np.isfinite(after[-_SHORT:]).all():
        return True
    ends, whole = _ends(after[np.isfinite(after)]), progress(recording)
    if ends is None or whole is None:
        return True
    if whole.last <= 0.05 * abs(whole.first):
        return False  # there is little left to learn
    fell = (ends[0] - ends[1]) / max(abs(whole.first), 1e-30)
    return fell < 0.02 or theil_sen(np.log(np.maximum(after, 1e-30))) >= 0


def is_poor(recording: Recording) -> bool:
    """Whether little was learnt: of classes, more than half of a guess's loss is left; else half of the first loss.

    Where no loss tells it is not known, and so not said.
    """
    learnt = progress(recording)
    if learnt is None:
        return False
    chance = chance_loss(recording)
    return learnt.last > 0.5 * chance if chance else learnt.fell < 0.5


def chance_loss(recording: Recording) -> float:
    """Mean cross entropy of a guess, ln C; 0 where the loss is none, or not known to be one."""
    losses = recording.collection.losses
    if losses and (losses[0].reduction == "sum" or not _ENTROPIES & {each.lower() for each in losses[0].operations}):
        return 0.0
    classes = n_classes(recording)
    logits = recording.snapshots[0].logits if recording.snapshots else None
    if classes and logits is not None and logits.shape[1] >= classes:
        classes = logits.shape[1]
    return float(np.log(classes)) if classes > 1 else 0.0


def n_classes(recording: Recording) -> int:
    """Classes that the network tells apart; 0 where it is not known to tell any."""
    probe = recording.collection.probe
    if probe is None or probe.labels is None:
        return 0
    if probe.class_names:
        return len(probe.class_names)
    return int(probe.labels.max(initial=-1)) + 1


def has_opponents(recording: Recording) -> bool:
    """Whether several optimizers train against or beside one another, as in a GAN: then losses need not fall."""
    groups = {each.optimizer_number for each in recording.groups}
    by_rate = {name.partition("/")[2].partition(" ")[0] for name in recording.rates}
    return len(groups) > 1 or sum(name.startswith("optimizer") for name in by_rate) > 1


def has_moving_target(recording: Recording) -> bool:
    """Whether rewards were logged: in reinforcement learning the loss need not fall either."""
    words = ("reward", "return", "episode")
    return any(word in name.lower() for name in recording.logged if "/" not in name for word in words)
