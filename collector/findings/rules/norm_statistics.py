"""Norm layers whose running statistics are not those of the training."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import is_keras
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

ROWS = 3
MOST = 0.9


def need(recording: Recording) -> str:
    """Norms with running statistics."""
    return "" if _norms(recording) else "no layer has running statistics"


def _norms(recording: Recording) -> list[str]:
    """Layers whose running statistics were looked at; Keras does not count the batches that went into them."""
    counted = {*recording.metrics.get("batches_tracked", ())}
    if is_keras(recording):
        counted |= {*recording.metrics.get("training_mode", ())}
    return [layer for layer in recording.collection.layers if layer in counted]


def judge(recording: Recording) -> Iterator[Finding]:
    """That they never move, or move beside the training."""
    yield from _still(recording)
    yield from _beside(recording)


def _still(recording: Recording) -> Iterator[Finding]:
    """Norms that train their gain in evaluation mode, nearly all of the run."""
    found, step = [], 0
    frozen = {name for record in recording.collection.optimizers[-1:] for name in record.frozen}
    for layer in _norms(recording):
        if f"{layer}.weight" in frozen:
            continue
        steps, modes = recording.scalar(f"training_mode/{layer}")
        if len(steps) >= ROWS and (modes == 0).mean() > MOST:
            found.append(layer)
            step = int(steps[np.argmax(modes == 0)])
    more = len(found) - 1
    others = f" and {more} more norm{'s' * (more > 1)}" if more > 0 else ""
    if found:
        yield RULE.finding(
            severity="warning",
            title=f"{layer_words(found[0])}{others}: in evaluation mode while it is trained.",
            why="It normalises with the statistics it began with, not with those of the batch.",
            layers=found,
            since=step,
            since_range=(step, step),
            causes=[
                Cause("model.eval() without model.train() afterwards.", "Where the two are called."),
                Cause("The norms are frozen on purpose, in fine-tuning.", "Then freeze their weights too."),
            ],
            evidence=[Evidence(tab="layers", step=step, layer=found[0])],
            figures={"norms": len(found)},
        )


def _beside(recording: Recording) -> Iterator[Finding]:
    """Statistics that take in more batches than the training has: those of a validation in training mode."""
    found: list[tuple[str, int, float]] = []
    for layer in recording.metrics.get("batches_tracked", ()):
        steps, counts = recording.scalar(f"batches_tracked/{layer}")
        if len(steps) < 2 * ROWS:
            continue
        rate = np.diff(counts) / np.diff(steps)
        usual = float(np.median(rate))
        more = (rate - usual) * np.diff(steps)
        jumps = np.flatnonzero(more >= 1)
        if usual >= 1 and len(jumps) and (more[jumps] >= 1).sum() < len(more):
            found.append((layer, int(steps[jumps[0] + 1]), float(more[jumps].sum())))
    if found:
        layer, step, n_more = min(found, key=lambda each: each[1])
        steps = recording.scalar(f"batches_tracked/{layer}")[0]
        yield RULE.finding(
            severity="warning",
            title=f"{layer_words(layer)}: its statistics take in {n_more:,.0f} batches that are not the training's.",
            why="Validation in training mode: its figures depend on the batch, and its data leak into the model.",
            layers=[each for each, _, _ in found],
            since=step,
            since_range=recording.before(steps, int(np.searchsorted(steps, step))),
            causes=[
                Cause("model.eval() is missing before the validation.", "Where the validation begins."),
                Cause("Another part of the program runs the model in training mode.", "Who calls it."),
            ],
            evidence=[Evidence(tab="timeline", step=step, layer=layer, series=f"batches_tracked/{layer}")],
            figures={"batches beside the training's": n_more},
        )


RULE = Rule(
    name="norm-statistics",
    title="Running statistics that do not move in training, or move beside it",
    judge=judge,
    needs=(need,),
    formula="whether the module is in training mode; batches that its statistics took in ÷ steps",
    threshold="in evaluation mode at 90 % of the recorded steps with a trained gain; a batch more than usual "
    "between steps",
    source="Ioffe and Szegedy 2015; by definition",
    stays_silent="norms whose gain is frozen; accumulation, which is the same at each step",
    explains=NOT_LEARNING | {"overfitting", "exploding-gradient"},
)
RULES = (RULE,)
