"""A layer's gradient far above its own past, or above anything that its weights could use."""

from collections.abc import Iterator

import numpy as np

from collector.findings.events import WINDOW
from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import metric
from collector.findings.progress import is_harmed, is_poor
from collector.findings.recording import Recording
from collector.findings.robust import past_median, stretches
from collector.findings.rule import Rule

STRONG = 6.0
TIMES = 10.0
ROWS = 3
BRIEF = 10
"""Steps within which a spike recovers."""
FAR = 1e3
"""Gradient norm ÷ weight norm that no usual loss gives, whatever came before."""
BEYOND = 1e6
"""The same, which is told whatever the loss does: such a gradient says nothing of the next step."""
_LEAST_SPREAD = 0.05


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding for the layers that moved at the same recorded step, the first of them."""
    table = recording.table("gradient_norm")
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(table.values)
    logs[~np.isfinite(logs)] = np.nan
    medians, spreads = recording.running(
        f"gradient_norm, {WINDOW} before", logs, lambda rows, start: past_median(rows, WINDOW, start=start)
    )
    with np.errstate(invalid="ignore"):
        rise = logs - medians
        is_far = (rise > np.log10(TIMES)) & (rise > STRONG * np.maximum(spreads, _LEAST_SPREAD))
    for row in np.flatnonzero(~np.isfinite(table.values).all(axis=1))[:ROWS]:
        is_far[row] |= ~np.isfinite(table.values[row]) & is_far[row - 1] & (row > 0)
    begun: dict[int, list[tuple[str, int, float, int]]] = {}
    for column in np.flatnonzero(is_far.any(axis=0)).tolist():
        layer = table.layers[column]
        for start, _ in stretches(is_far[:, column], ROWS)[:1]:
            # the running median follows it: whether it came back is told from where it came from
            is_back = logs[start:, column] - medians[start, column] < np.log10(TIMES)
            back = stretches(is_back, ROWS)
            stop = start + back[0][0] if back else len(table.steps)
            size = float(10 ** np.nanmax(rise[start:stop, column]))
            begun.setdefault(start, []).append((layer, stop, size, column))
    if not begun:
        yield from _from_the_start(recording)
        return
    row = min(begun)
    layers = sorted(begun[row], key=lambda each: -each[2])
    stop = max(each[1] for each in layers)
    ends = None if stop == len(table.steps) else int(table.steps[stop - 1])
    since, size = int(table.steps[row]), layers[0][2]
    is_brief = ends is not None and ends - since <= BRIEF
    is_bad = is_harmed(recording, since)
    names = [each[0] for each in layers]
    yield RULE.finding(
        severity="note" if is_brief or not is_bad else "critical" if ends is None and size > FAR else "warning",
        title=f"The gradient of {layer_words(names[0])} is {size:,.3g} times what it was, from step {since:,} on"
        + (f", and so are those of {len(names) - 1} more layers." if len(names) > 1 else "."),
        why="It came back within a few steps." if is_brief else "Updates of that size undo what was learnt.",
        layers=names[:1] if len(names) > 3 else names,
        affected=names[1:] if len(names) > 3 else [],
        since=since,
        since_range=recording.before(table.steps, row),
        until=ends,
        causes=[
            Cause("The learning rate is too high.", "The update ratio, and whether the rate changed at this step."),
            Cause("A recurrent or deep product of weights grows.", "Clip the norm, or look at the weights' norms."),
            Cause("A hard batch.", "Whether it recovers, and the batch of this step."),
        ],
        evidence=[Evidence(tab="optimizer", step=since, layer=names[0], series=f"gradient_norm/{names[0]}")],
        figures={"times its median": size, "layers": len(names)},
    )


def _from_the_start(recording: Recording) -> Iterator[Finding]:
    table, weights = recording.table("gradient_norm"), recording.table("weight_norm")
    layers = [name for name in table.layers if name in weights.layers]
    if not layers or not np.array_equal(table.steps, weights.steps):
        return
    for layer in layers:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = table.of(layer) / weights.of(layer)
            is_far = (share > FAR) & np.isfinite(share)
        if not is_far.any():
            continue
        found = stretches(is_far, ROWS)
        is_beyond = bool(found) and bool(np.median(share[slice(*found[0])]) > BEYOND)
        if found and (is_beyond or is_poor(recording) or is_harmed(recording, int(table.steps[found[0][0]]))):
            start, stop = found[0]
            since = int(table.steps[start])
            yield RULE.finding(
                severity="critical" if stop == len(is_far) else "warning",
                title=f"The gradient of {layer_words(layer)} is {np.median(share[start:stop]):,.3g} times as large as "
                f"its weights.",
                why="No learning rate fits such a gradient and the other layers' too.",
                layers=[layer],
                since=since,
                since_range=recording.before(table.steps, start),
                until=None if stop == len(is_far) else int(table.steps[stop - 1]),
                causes=[
                    Cause("Inputs or targets are not scaled.", "Their mean and standard deviation."),
                    Cause("Weights begin too large.", "The norms of the activations at step 0."),
                ],
                evidence=[Evidence(tab="optimizer", step=since, layer=layer, series=f"gradient_norm/{layer}")],
                figures={"gradient norm / weight norm": float(np.median(share[start:stop]))},
            )
            return


RULE = Rule(
    name="exploding-gradient",
    title="A layer's gradient far above its own past",
    judge=judge,
    needs=(metric("gradient_norm"),),
    formula="x = log₁₀ ‖g‖; z = (x − median of the 50 recorded steps before) ÷ (1.4826 · MAD); ‖g‖ ÷ ‖w‖",
    threshold="z > 6 and more than 10 times the median in 3 recorded steps one after the other; or ‖g‖ > 1,000 ‖w‖",
    source="robust z of Iglewicz and Hoaglin 1993; sustained, for it alarms on 0 to 8 % of healthy autocorrelated "
    "series, where change-point tests do on 83 to 100 %",
    stays_silent="a spike that recovers within 10 steps, or after which the loss goes on falling, is a note",
    explains=frozenset(("loss-spike", "diverging-loss", "update-too-large")),
)
RULES = (RULE,)
