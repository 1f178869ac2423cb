"""Whether a training gets anywhere, as its loss tells: what makes of a symptom a harm."""

from dataclasses import dataclass

import numpy as np

from collector.findings.recording import Recording
from collector.findings.robust import running_median, theil_sen
from collector.storage.schema import number

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
LITTLE_SKILL = 0.2
LITTLE_FALLEN = 0.2
_FLOOR = 0.05
_WORSE = 1.5
_HELD_OUT = ("val", "valid", "validation", "eval", "test", "dev", "heldout", "held_out")
_REWARDS = ("reward", "return", "episode")
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


def is_near_floor(recording: Recording, loss: float) -> bool:
    """Whether there is little left to learn at this loss: 5 % of the first one, or of a guess's."""
    whole = progress(recording)
    return whole is not None and loss <= _FLOOR * max(abs(whole.first), chance_loss(recording))


def trend(recording: Recording, last: float = 1.0) -> float:
    """By which share the loss has fallen along the line through it, on which batches' noise weighs little.

    Args:
        last: only in this share of the run, at its end.
    """
    values = recording.loss[1]
    values = values[len(values) - round(last * len(values)) :]
    slope = theil_sen(np.log(np.maximum(values, 1e-30)))
    return float(1 - np.exp(slope * len(values))) if np.isfinite(slope) else 0.0


def smoothed_loss(recording: Recording, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Running median of the loss's finite values, see `running_median`."""
    return recording.shared(f"loss, smoothed over {width}", lambda: running_median(recording.finite_loss[1], width))


def is_harmed(recording: Recording, since: int = 0) -> bool:
    """Whether the loss has not got better since a step, or is not finite at the end; False where no loss tells."""
    steps, values = recording.loss
    before, after = np.split(values, [np.searchsorted(steps, since)])
    if len(after) < 2 * _SHORT:
        return False
    if not np.isfinite(after[-_SHORT:]).all():
        return True
    if not should_fall(recording):
        return False
    whole, width = progress(recording), _width(values)
    before, after = (each[np.isfinite(each)] for each in (before, after))
    ends = _ends(after)
    if ends is None or whole is None:
        return True
    return not is_near_floor(recording, whole.last) and not _got_better(before[-width:], after, ends, whole, width)


def _got_better(before: np.ndarray, after: np.ndarray, ends: tuple[float, float], whole: Progress, width: int) -> bool:
    start, last = ends
    if len(before):
        level = float(np.median(before))
        if last > _WORSE * level > 0:
            return False
        if len(after) < width * _SHARE // 4:  # in the last quarter of a run little is learnt anyway
            return True
        start = min(start, level)  # what comes down from a jump of its own has won nothing yet
    fell = (start - last) / max(abs(whole.first), 1e-30)
    return bool(fell >= 0.02 and theil_sen(np.log(np.maximum(after, 1e-30))) < 0)


@dataclass(frozen=True)
class HeldOut:
    """A loss of held-out samples.

    Attributes:
        name: that it was logged by.
        steps: at which it was measured ``[R]``.
        values: all finite ``[R]``.
        series: of the same name; that of the training loss where it is an epoch's result.
    """

    name: str
    steps: np.ndarray
    values: np.ndarray
    series: str


def held_out_loss(recording: Recording) -> HeldOut | None:
    """Logged at steps, or else as a result of epochs; None where neither is."""
    if name := next((each for each in recording.logged if _is_held_out(each)), ""):
        steps, values = recording.scalar(name)
        is_there = np.isfinite(values)
        return HeldOut(name, steps[is_there], values[is_there], name)
    epochs = recording.collection.epochs
    if name := next((each for epoch in epochs for each in epoch.metrics if _is_held_out(each)), ""):
        steps = np.array([each.step for each in epochs])
        values = np.array([number(each.metrics.get(name)) for each in epochs], float)
        is_there = np.isfinite(values)
        return HeldOut(name, steps[is_there], values[is_there], recording.loss_name)
    return None


def _is_held_out(name: str) -> bool:
    words = name.lower().replace("/", "_").replace("-", "_").split("_")
    return "loss" in words and any(word in words for word in _HELD_OUT)


def holds_elsewhere(recording: Recording) -> bool:
    """Whether training and held-out loss have both won a tenth of a guess's, or else a fifth of their first values."""
    learnt, chance = progress(recording), chance_loss(recording)
    held_out = held_out_loss(recording)
    if learnt is None or held_out is None or len(values := held_out.values) < 2:
        return False
    if chance:
        return bool(max(learnt.last, values.min()) < 0.9 * chance)
    return bool(learnt.fell >= LITTLE_FALLEN and values.min() < (1 - LITTLE_FALLEN) * values[0])


def is_poor(recording: Recording) -> bool:
    """Whether little was learnt: few more of the probe are told apart than by a guess, or the loss is still high.

    Where neither tells it is not known, and so not said.
    """
    if progress(recording) is None:
        return False
    skill = probe_skill(recording)
    return (skill is not None and skill < LITTLE_SKILL) or has_high_loss(recording)


def has_learnt_nothing(recording: Recording) -> bool:
    """Whether a tenth has not been won of a guess's loss, or else a fifth of the first one, nor of what a guess misses.

    A loss that is still high says less: it may be on its way.
    """
    learnt, chance, skill = progress(recording), chance_loss(recording), probe_skill(recording)
    if learnt is None or (skill is not None and skill >= LITTLE_SKILL):
        return False
    return learnt.last > 0.9 * chance if chance else learnt.fell < LITTLE_FALLEN


def has_high_loss(recording: Recording) -> bool:
    """Whether more than half of a guess's loss is left, or where that is not known more than half of the first loss."""
    learnt, chance = progress(recording), chance_loss(recording)
    return learnt is not None and (learnt.last > 0.5 * chance if chance else learnt.fell < 0.5)


def probe_skill(recording: Recording) -> float | None:
    """(accuracy − that of a guess) ÷ (1 − that of a guess) of the probe at the last pass; None where it is not known.

    Formula: J. Cohen 1960, with the share of the most frequent class as that of a guess.
    """
    probe = recording.collection.probe
    logits = recording.snapshots[-1].logits if recording.snapshots else None
    if (
        not n_classes(recording)
        or probe is None
        or probe.labels is None
        or logits is None
        or logits.ndim != 2
        or logits.shape[1] < 2
    ):
        return None
    labels = np.asarray(probe.labels)
    if labels.ndim != 1 or len(labels) != len(logits) or len(labels) < 16 or labels.min() < 0:
        return None
    guess = float(np.bincount(labels.astype(np.int64)).max() / len(labels))
    right = float((logits.argmax(axis=1) == labels).mean())
    return (right - guess) / (1 - guess) if guess < 1 else None


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
    if probe is None or probe.labels is None or recording.collection.task.kind != "classes":
        return 0
    if probe.class_names:
        return len(probe.class_names)
    return int(probe.labels.max(initial=-1)) + 1


def should_fall(recording: Recording) -> bool:
    """Whether a loss that does not fall says anything: not against an opponent, nor with a target that moves."""
    return not (has_opponents(recording) or has_moving_target(recording))


def has_opponents(recording: Recording) -> bool:
    """Whether several optimizers train against or beside one another, as in a GAN: then losses need not fall."""
    groups = {each.optimizer_number for each in recording.groups}
    by_rate = {name.partition("/")[2].partition(" ")[0] for name in recording.rates}
    return len(groups) > 1 or sum(name.startswith("optimizer") for name in by_rate) > 1


def has_moving_target(recording: Recording) -> bool:
    """Whether rewards were logged: in reinforcement learning the loss need not fall either."""
    return bool(_rewards(recording))


def gets_somewhere(recording: Recording) -> bool:
    """Whether it is seen to learn though its loss need not fall: a logged reward rises, or without one the loss falls.

    Rewards are compared as at the end and at the start; the loss has fallen by a fifth.
    """
    learnt, rewards = progress(recording), _rewards(recording)
    if not rewards:
        return learnt is not None and learnt.fell >= LITTLE_FALLEN
    ends = (_ends(values[np.isfinite(values)]) for _, values in map(recording.scalar, rewards))
    return any(each is not None and each[1] > each[0] for each in ends)


def _rewards(recording: Recording) -> list[str]:
    return [name for name in recording.logged if "/" not in name and any(word in name.lower() for word in _REWARDS)]
