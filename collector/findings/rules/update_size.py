"""Updates that are too large or too small for the weights: of one layer, or of all."""

from collections.abc import Iterator

import numpy as np

from collector.findings.events import rate_jumps
from collector.findings.finding import Cause, Evidence, Finding, Severity
from collector.findings.layer_words import layer_words
from collector.findings.needs import metric
from collector.findings.percent import percent
from collector.findings.progress import (
    gets_somewhere,
    has_learnt_nothing,
    is_harmed,
    n_classes,
    progress,
    should_fall,
    trend,
)
from collector.findings.recording import Recording, Table
from collector.findings.robust import median, stretches
from collector.findings.rule import NOT_LEARNING, Rule

LARGE = 1e-1
HUGE = 0.2
"""One step that changes a fifth of a layer is enough: weights that grow by it soon look large beside it."""
RATHER_LARGE = 1e-2
JUMP = 10.0
"""Times the largest rate so far, from one step to the next: no warm-up and no restart does that."""
SMALL = 1e-6
TRAVEL, FEWEST = 1e-2, 200
"""Updates that in so many steps, or in all of a longer run, could not have changed a layer by a hundredth of its size.
"""
ROWS = 3
WINDOW = 5
MOST_LAYERS = 0.5


def too_large(recording: Recording) -> Iterator[Finding]:
    """One finding: of all layers where most have it, else of those that have it."""
    yield from _large(recording, of_all=False)


def rate_too_high(recording: Recording) -> Iterator[Finding]:
    """The same, where most layers have it; or a rate that jumps, and the loss with it."""
    found = next(_large(recording, of_all=True), None)
    jump = _jump(recording)
    if jump is not None and (found is None or found.severity == "note" or jump.since <= found.since):
        found = jump
    if found is not None:
        yield found


def _jump(recording: Recording) -> Finding | None:
    """The rate is suddenly a multiple of all that it was, and nothing is learnt from then on."""
    for jump in rate_jumps(recording):
        if not (0 < JUMP * jump.highest <= jump.after and is_harmed(recording, jump.step)):
            continue
        groups = [each for each in recording.groups if each.rate == jump.series]
        return RATE_TOO_HIGH.finding(
            severity="critical",
            title=f"The learning rate jumps from {jump.highest:.2g} to {jump.after:.2g} at step {jump.step:,}.",
            why="The loss has not got better since.",
            layers=list(groups[0].layers) if len(groups) == 1 and len(recording.groups) > 1 else [],
            since=jump.step,
            since_range=jump.since_range,
            causes=[Cause("A schedule that multiplies where it should divide, or is stepped too often.", "Its steps.")],
            evidence=[Evidence(tab="timeline", step=jump.step, series=jump.series)],
            figures={"times what it was": jump.after / jump.highest},
        )
    return None


def _large(recording: Recording, *, of_all: bool) -> Iterator[Finding]:
    ratios = update_ratios(recording)
    if len(ratios.steps) < ROWS:
        return
    medians = _medians_ahead(recording, ratios)
    for threshold in (LARGE, RATHER_LARGE):
        with np.errstate(invalid="ignore"):
            is_large, is_now = medians > threshold, ratios.values > threshold
            is_huge = ratios.values > HUGE
        found: dict[str, int] = {}
        for column in np.flatnonzero((is_large | is_huge).any(axis=0)):
            layer = ratios.layers[column]
            lasting = stretches(is_large[:, column], ROWS)[-1:]
            if lasting and (lasting[0][1] == len(ratios.steps) or threshold == LARGE):
                # the median looks ahead: it began where the values themselves are large
                found[layer] = lasting[0][0] + int(np.argmax(is_now[lasting[0][0] :, column]))
            if threshold == LARGE and is_huge[:, column].any():
                found[layer] = min(found.get(layer, len(is_huge)), int(np.argmax(is_huge[:, column])))
        if not found:
            continue
        is_of_all = len(found) > MOST_LAYERS * len(ratios.layers) and len(ratios.layers) > 1
        if is_of_all != of_all:
            return
        row = min(found.values())
        since = int(ratios.steps[row])
        is_bad = is_harmed(recording, since) or (
            has_learnt_nothing(recording)
            if should_fall(recording)
            else threshold == LARGE and not gets_somewhere(recording)
        )
        if threshold == RATHER_LARGE and not is_bad:
            return
        layers = sorted(found, key=lambda name: -_largest(ratios, name, found[name]))
        size = float(np.nanmax(ratios.values[row]))
        severity: Severity = "note" if not is_bad else "critical" if threshold == LARGE else "warning"
        rule = RATE_TOO_HIGH if of_all else TOO_LARGE
        yield rule.finding(
            severity=severity,
            title=f"Each step changes {'the layers' if of_all else layer_words(layers[0])} by {size:.2g} of "
            f"{'their' if of_all else 'its'} size, from step {since:,} on.",
            why="Usual are 0.0001 to 0.01: steps of this size jump over what they should find.",
            layers=layers,
            since=since,
            since_range=recording.before(ratios.steps, row),
            causes=[
                Cause(f"The learning rate is too high{' for this layer' * (not of_all)}.", "Try a tenth of it."),
                Cause("The gradients explode.", "The gradient norms, layer by layer."),
                Cause("The weights are tiny.", "The weight norms."),
            ],
            evidence=[Evidence(tab="optimizer", step=since, layer=layers[0], series=f"update_ratio/{layers[0]}")],
            figures={"update / weight": size, "layers": len(layers)},
        )
        return


def too_small(recording: Recording) -> Iterator[Finding]:
    """Layers that hardly move where others do."""
    yield from _small(recording, of_all=False)


def rate_too_low(recording: Recording) -> Iterator[Finding]:
    """No layer moves, and there is much to learn."""
    yield from _small(recording, of_all=True)


def _small(recording: Recording, *, of_all: bool) -> Iterator[Finding]:
    ratios = update_ratios(recording)
    learnt = progress(recording)
    if len(ratios.steps) < ROWS or learnt is None:
        return
    rates = recording.rate_at(ratios.steps)
    with np.errstate(invalid="ignore"):
        # warm-up and the end of a schedule are meant: judged where the rate is at least a hundredth of its largest
        is_meant = rates < 0.01 * np.nanmax(rates, initial=0.0)
        limit = max(SMALL, TRAVEL / max(recording.n_steps, FEWEST)) if of_all else SMALL
        is_small = (_medians_ahead(recording, ratios) < limit) & (ratios.values > 0) & ~is_meant[:, None]
    found = {}
    for column in np.flatnonzero(is_small.mean(axis=0) > 0.5):
        if held := stretches(is_small[:, column], ROWS):
            found[ratios.layers[column]] = held[0][0]
    if not found:
        return
    is_of_all = len(found) == len(ratios.layers)
    fell = min(learnt.fell, trend(recording))
    if is_of_all != of_all or (is_of_all and fell > 0.1):
        return
    row = min(found.values())
    since = int(ratios.steps[row])
    layers = list(found)
    size = median(ratios.of(layers[0])[row:])
    classes = n_classes(recording)
    is_high = learnt.last > 0.5 * np.log(classes) if classes > 1 else fell < 0.05
    is_bad = is_high and fell < 0.1 and should_fall(recording)
    rule = RATE_TOO_LOW if of_all else TOO_SMALL
    yield rule.finding(
        severity="warning" if is_bad else "note",
        title=f"Each step changes {'every layer' if of_all else layer_words(layers[0])} by only {size:.2g} of "
        "its size.",
        why=f"The loss has fallen by {percent(max(fell, 0), 1)} in {recording.n_steps:,} steps.",
        layers=layers,
        since=since,
        since_range=recording.before(ratios.steps, row),
        causes=[
            Cause("The learning rate is too low.", "Try ten times as much."),
            Cause("Gradients vanish.", "The gradient norms, layer by layer."),
        ],
        evidence=[Evidence(tab="optimizer", step=since, layer=layers[0], series=f"update_ratio/{layers[0]}")],
        figures={"update / weight": size, "loss fell by": fell},
    )


def update_ratios(recording: Recording) -> Table:
    """‖Δw‖ ÷ max(‖w‖, ‖w₀‖) of layers whose weights have two dimensions or more, ``[R, L]``."""
    return recording.shared("update_ratios", lambda: _update_ratios(recording))


def _update_ratios(recording: Recording) -> Table:
    among = [
        name for name, each in recording.layers.items() if any(len(shape) > 1 for shape in each.parameters.values())
    ]
    updates, weights = recording.table("update_norm", among=among), recording.table("weight_norm", among=among)
    if updates.layers != weights.layers or not np.array_equal(updates.steps, weights.steps) or not len(updates.steps):
        return Table("update_ratio", np.zeros(0, np.int64), (), np.zeros((0, 0)))
    first = weights.values[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = updates.values / np.fmax(weights.values, first)
    return Table("update_ratio", updates.steps, updates.layers, np.where(np.isfinite(values), values, np.nan))


def _medians_ahead(recording: Recording, ratios: Table) -> np.ndarray:
    """Median of each row and the ``WINDOW - 1`` behind it ``[R, L]``: from a row on; NaN where one of them is."""

    def work(values: np.ndarray, start: int) -> tuple[np.ndarray, ...]:
        if len(values) < WINDOW:
            return (np.broadcast_to(np.median(values, axis=0), values.shape)[start:],)
        padded = np.concatenate([values[start:], np.repeat(values[-1:], WINDOW - 1, axis=0)])
        n = len(values) - start
        ordered = np.sort(np.stack([padded[row : row + n] for row in range(WINDOW)]), axis=0)  # NaN last
        return (np.where(np.isnan(ordered[-1]), np.nan, ordered[WINDOW // 2]),)

    return recording.running("update ratios, median ahead", ratios.values, work, ahead=WINDOW - 1)[0]


def _largest(ratios: Table, layer: str, row: int) -> float:
    return median(ratios.of(layer)[row : row + 20])


_LARGE_FORMULA = "median over 5 recorded steps of ‖Δw‖ ÷ max(‖w‖, ‖w₀‖), weights of two dimensions or more"
_LARGE_THRESHOLD = "> 0.1 at 3 recorded steps, > 0.2 at one, or > 0.01 up to the last with a loss that does not fall"
_LARGE_SOURCE = "a ratio of about 0.001 is usual (Karpathy 2015); thresholds measured on our trainings"
_AFTER_LARGE = NOT_LEARNING | {
    "loss-spike",
    "diverging-loss",
    "dead-units",
    "saturated-units",
    "exploding-gradient",
    "constant-output",
    "representation-collapse",
    "vanishing-gradient",
    "no-gradient",
    "class-imbalance",
    "shrinking-weights",
    "overfitting",
}

TOO_LARGE = Rule(
    name="update-too-large",
    title="A layer whose updates are too large for its weights",
    judge=too_large,
    needs=(metric("update_norm"), metric("weight_norm")),
    formula=_LARGE_FORMULA,
    threshold=_LARGE_THRESHOLD,
    source=_LARGE_SOURCE,
    stays_silent="gains and biases; where the loss goes on falling it is a note",
    explains=_AFTER_LARGE,
)
RATE_TOO_HIGH = Rule(
    name="learning-rate-too-high",
    title="Updates that are too large in most layers",
    judge=rate_too_high,
    needs=(metric("update_norm"), metric("weight_norm")),
    formula=_LARGE_FORMULA,
    threshold=f"{_LARGE_THRESHOLD}; in more than half of the layers",
    source=_LARGE_SOURCE,
    stays_silent="gains and biases; where the loss goes on falling it is a note",
    explains=_AFTER_LARGE,
)
TOO_SMALL = Rule(
    name="update-too-small",
    title="Layers whose updates are too small to matter",
    judge=too_small,
    needs=(metric("update_norm"), metric("weight_norm")),
    formula=_LARGE_FORMULA,
    threshold="< 1e-6 in more than half of the recorded steps, of some layers",
    source="below the spacing of float32 nothing changes; threshold measured on our trainings",
    stays_silent="warm-up, the end of a schedule: where the rate is below a hundredth of its largest",
)
RATE_TOO_LOW = Rule(
    name="learning-rate-too-low",
    title="Updates that are too small in all layers, and a loss that should still fall",
    judge=rate_too_low,
    needs=(metric("update_norm"), metric("weight_norm")),
    formula=_LARGE_FORMULA,
    threshold="< 1e-6, or 0.01 ÷ steps of the run but at most 5e-5, in all layers in more than half of the recorded "
    "steps, the loss fallen by less than a tenth",
    source="the triangle inequality: a layer changes by no more than the sum of its updates; below the spacing of "
    "float32 nothing changes",
    stays_silent="warm-up, the end of a schedule; fine-tuning at a good loss",
    explains=NOT_LEARNING | {"update-too-small"},
)
RULES = (TOO_LARGE, RATE_TOO_HIGH, TOO_SMALL, RATE_TOO_LOW)
