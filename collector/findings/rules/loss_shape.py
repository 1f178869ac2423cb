"""A loss that jumps, runs away, or does not move."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import loss_that_should_fall
from collector.findings.percent import percent
from collector.findings.progress import chance_loss, is_near_floor, progress, smoothed_loss, trend
from collector.findings.recording import Recording
from collector.findings.robust import SIGMA, past_median, running_median, stretches, theil_sen
from collector.findings.rule import Rule

STRONG = 6.0
WINDOW = 50
BACK = 10
TIMES = 1.5
FLAT = 50
SHORT = 5
LITTLE = 0.1
THIRD = 1 / 3


def spike(recording: Recording) -> Iterator[Finding]:
    """The largest jump; a note where the loss comes back."""
    steps, values = recording.finite_loss
    usual = recording.running(
        f"loss, {WINDOW} before", values[:, None], lambda rows, start: past_median(rows, WINDOW, stride=5, start=start)
    )
    median, spread = (each[:, 0] for each in usual)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (values - median) / np.maximum(spread, 0.02 * np.abs(median))
        is_far = (z > STRONG) & (values > 2 * median)
    found = stretches(is_far)
    if not found:
        return
    start, _ = max(found, key=lambda each: np.nanmax(z[each[0] : each[1]]))
    after = values[start + BACK : start + 3 * BACK]
    ends_well = bool(np.isfinite(recording.loss[1][-1:]).all())
    level = float(np.median(after)) if len(after) else float("nan")
    comes_back = level <= 1.2 * median[start] if len(after) else ends_well
    size = float(values[start] / median[start]) if median[start] else float("inf")
    since = int(steps[start])
    yield SPIKE.finding(
        severity="note" if comes_back or is_near_floor(recording, level) else "warning",
        title=f"The loss jumps to {size:.3g} times what it was at step {since:,}"
        + (" and comes back." if comes_back else "."),
        why="A batch that was hard by itself." if comes_back else "It has not come back within 30 steps.",
        since=since,
        since_range=recording.before(steps, start),
        until=int(steps[min(start + BACK, len(steps) - 1)]) if comes_back else None,
        causes=[
            Cause("A hard or broken batch.", "The batch of this step."),
            Cause("The learning rate is too high, or has just changed.", "The update ratio before the jump."),
        ],
        evidence=[Evidence(tab="timeline", step=since, series=recording.loss_name)],
        figures={"times its median": size, "robust z": float(np.nanmax(z))},
    )


def diverging(recording: Recording) -> Iterator[Finding]:
    """The loss ends far above its best, and is not on its way back."""
    learnt = progress(recording)
    steps, values = recording.finite_loss
    if learnt is None:
        return
    width = max(10, len(values) // 20)
    places, medians = smoothed_loss(recording, width)
    best = int(np.argmin(medians))
    end = values[-width:]
    is_above = learnt.last - learnt.best > (TIMES - 1) * abs(learnt.best)
    is_much = learnt.last - learnt.best > LITTLE * abs(learnt.first - learnt.best) or learnt.last > learnt.first
    if not (is_above and is_much) or theil_sen(end) < -0.2 * abs(learnt.last - learnt.best) / width:
        return
    row = _left(values, int(places[best]), width, learnt.best)
    since = int(steps[row])
    yield DIVERGING.finding(
        severity="note"
        if is_near_floor(recording, learnt.last)
        else "critical"
        if learnt.last > learnt.first
        else "warning",
        title=f"The loss runs away: its median is {learnt.best:.3g} around step {learnt.best_at:,}, "
        f"{learnt.last:.3g} at the end.",
        why="What was learnt is lost again.",
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("The learning rate is too high.", "The update ratio where it turns."),
            Cause("The sign of the loss, or the labels, are wrong.", "What the loss is made of."),
        ],
        evidence=[Evidence(tab="timeline", step=since, series=recording.loss_name)],
        figures={"last / best": learnt.last / learnt.best if learnt.best else float("inf")},
    )


def _left(values: np.ndarray, best: int, width: int, lowest: float) -> int:
    """The row behind the last one at which the loss was as it was around its best.

    Where it jumps right behind its best, what it is like there says nothing of what it was: the steadier side counts.
    """
    usual = min(map(_highest_usual, (values[max(0, best - width + 1) : best + 1], values[best : best + width])))
    level = max(lowest + 0.5 * (TIMES - 1) * abs(lowest), usual)
    start = min(best, max(0, len(values) - SHORT))
    places, medians = running_median(values[start:], SHORT, most=len(values))
    back = places[(medians <= level) & (places >= SHORT - 1)]
    row = start + (int(back[-1]) - SHORT // 2 if len(back) else 0)
    while row < len(values) - 1 and values[row] <= level:
        row += 1
    return min(row, len(values) - 1)


def _highest_usual(values: np.ndarray) -> float:
    middle = float(np.median(values))
    return middle + 3 * SIGMA * float(np.median(np.abs(values - middle)))


def plateau(recording: Recording) -> Iterator[Finding]:
    """The loss has hardly fallen at all, or stands still far from the floor since early on."""
    learnt = progress(recording)
    steps, values = recording.finite_loss
    if learnt is None:
        return
    epoch = recording.collection.run.steps_per_epoch or FLAT
    least = max(FLAT, min(int(epoch), recording.n_steps // 2))
    chance = chance_loss(recording)
    is_a_guess = chance > 0 and learnt.best > 0.95 * chance
    won = (learnt.first - learnt.best) / max(abs(learnt.first), 1e-30)
    if recording.n_steps < least or not (is_a_guess or won <= LITTLE):
        return
    end = values[steps >= steps[-1] - least]
    rate = recording.rate_at(steps[-1:])
    if len(end) < 10 or rate[0] == 0:
        return
    slope = theil_sen(np.log(np.maximum(end, 1e-30)), steps[-len(end) :].astype(float)) * least
    fell = trend(recording)
    # what falls slowly, and at the end at least half as fast as ever, does not stand still
    goes_on = fell > 0.02 and trend(recording, THIRD) > 0.5 * THIRD * fell
    if ((slope < -0.02 or goes_on) and not is_a_guess) or learnt.last > TIMES * abs(learnt.first):
        return
    yield PLATEAU.finding(
        severity="warning",
        title=f"The loss stands at {learnt.last:.4g} after {recording.n_steps:,} steps, "
        f"{'no' if learnt.last >= chance else 'hardly'} better than a guess's {chance:.3g}."
        if is_a_guess
        else f"The loss stands at {learnt.last:.4g}: in {recording.n_steps:,} steps it has fallen by "
        f"{percent(max(learnt.fell, 0), 1)}.",
        why="The network has learnt next to nothing.",
        since=int(steps[0]),
        since_range=(int(steps[0]), int(steps[0])),
        causes=[
            Cause("Learning rate, initialization or labels.", "The other findings, if there are any."),
            Cause("The network cannot express what is asked.", "Whether it learns a single batch by heart."),
        ],
        evidence=[Evidence(tab="timeline", step=int(steps[-1]), series=recording.loss_name)],
        figures={"fell by": learnt.fell, f"change of log loss in {least} steps": slope},
    )


SPIKE = Rule(
    name="loss-spike",
    title="A jump of the loss",
    judge=spike,
    needs=(loss_that_should_fall,),
    formula="z = (loss − median of the 50 steps before) ÷ (1.4826 · MAD)",
    threshold="z > 6 and more than twice the median; a warning where 10 to 30 steps later it is not back",
    source="robust z of Iglewicz and Hoaglin 1993",
    stays_silent="a jump that comes back is a note; GANs and reinforcement learning are not judged",
    explains=frozenset(("diverging-loss",)),
)
DIVERGING = Rule(
    name="diverging-loss",
    title="A loss that runs away",
    judge=diverging,
    needs=(loss_that_should_fall,),
    formula="median of the last twentieth of the run, against the lowest running median",
    threshold="> 1.5 times it and not on its way back, by more than a tenth of what had been won",
    source="measured on our trainings",
    stays_silent="GANs and reinforcement learning are not judged",
)
PLATEAU = Rule(
    name="loss-plateau",
    title="A loss that does not fall",
    judge=plateau,
    needs=(loss_that_should_fall,),
    formula="Theil-Sen slope of log loss over the last 50 steps or epoch; last median ÷ first",
    threshold="not falling, and fallen by less than a tenth in the whole run, or never below 0.95 ln C of C classes, "
    "at a rate above 0",
    source="measured on our trainings",
    stays_silent="a run that has learnt before it stands still; a loss that has fallen by 2 % or more along the line "
    "through it, and in the last third at least half as fast; GANs and reinforcement learning are not judged",
)
RULES = (SPIKE, DIVERGING, PLATEAU)
