"""Gradients that shrink with each layer on the way back to the input."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import metric
from collector.findings.progress import is_poor
from collector.findings.recording import Recording
from collector.findings.robust import median, stretches, theil_sen
from collector.findings.rule import NOT_LEARNING, Rule

LAYERS = 5
SLOPE = 0.3
SHARE = 1e-3
ROWS = 3


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, of the layers near the input."""
    table = recording.table("gradient_norm", among=_with_matrices(recording))
    if len(table.layers) < LAYERS:
        return
    sizes = np.sqrt([recording.layers[name].n_parameters for name in table.layers])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(table.values / sizes)
    logs[~np.isfinite(logs)] = np.nan
    # a gradient of exactly zero has no logarithm; dead layers are another rule's
    is_steep = np.zeros(len(table.steps), bool)
    slopes = np.full(len(table.steps), np.nan)
    rows = np.unique(np.linspace(0, len(table.steps) - 1, 200).round().astype(int))
    for row in rows[_is_small(logs[rows])]:
        slopes[row] = _slope(recording, logs[row])
        is_steep[row] = slopes[row] > SLOPE
    found = stretches(is_steep[rows], ROWS)
    if not found or is_steep[rows].mean() < 0.5:
        return
    start, stop = found[0]
    since = int(table.steps[rows[start]])
    held = logs[rows[start:stop]]
    known = np.flatnonzero(np.isfinite(held).any(axis=0))
    share = 10 ** median(held[:, known[0]] - held[:, known[-1]])
    is_bad = is_poor(recording)
    first, last = table.layers[known[0]], table.layers[known[-1]]
    yield RULE.finding(
        severity="warning" if is_bad else "note",
        title=f"Gradients vanish towards the input: that of {layer_words(first)} is {share:.2g} of that of "
        f"{layer_words(last)}.",
        why=f"Each layer back has {10 ** median(slopes[rows[start:stop]]):.3g} times less; the first ones do not "
        "learn.",
        layers=[*table.layers[: max(1, len(table.layers) // 4)]],
        affected=[*table.layers[max(1, len(table.layers) // 4) : len(table.layers) // 2]],
        since=since,
        since_range=recording.before(table.steps, int(rows[start])),
        until=None if stop == len(rows) else int(table.steps[rows[stop - 1]]),
        causes=[
            Cause("Saturating activations (sigmoid, tanh) one behind the other.", "Use ReLU, or norms, or residuals."),
            Cause("Weights begin too small.", "The spread of the activations at step 0, layer by layer."),
        ],
        evidence=[Evidence(tab="optimizer", step=since, layer=first, series=f"gradient_norm/{first}")],
        figures={"first / last layer": share, "slope of log10 a layer": median(slopes[rows[start:stop]])},
    )


def _is_small(logs: np.ndarray) -> np.ndarray:
    """Whether the first layer with a gradient has next to nothing of that of the last one, bool ``[R]``."""
    is_known = np.isfinite(logs)
    rows, n_layers = np.arange(len(logs)), logs.shape[1]
    first, last = is_known.argmax(axis=1), n_layers - 1 - is_known[:, ::-1].argmax(axis=1)
    with np.errstate(invalid="ignore"):
        share = logs[rows, first] - logs[rows, last]
    return (is_known.sum(axis=1) >= LAYERS) & (share < np.log10(SHARE))


def _slope(recording: Recording, logs: np.ndarray) -> float:
    """Of each row once, however often the recording has grown since."""
    known: dict[bytes, float] = recording.kept("slopes of gradients over depth", dict)
    key = logs.tobytes()
    if key not in known:
        known[key] = theil_sen(logs)
    return known[key]


def _with_matrices(recording: Recording) -> list[str]:
    """Layers whose weights have two dimensions or more: of gains and biases the size says something else."""
    return [
        name for name, each in recording.layers.items() if any(len(shape) > 1 for shape in each.parameters.values())
    ]


RULE = Rule(
    name="vanishing-gradient",
    title="Gradients that shrink with depth",
    judge=judge,
    needs=(metric("gradient_norm", least_layers=LAYERS),),
    formula="slope of log₁₀(‖g‖ ÷ √n) over the layers from input to output (Theil-Sen); first ÷ last layer",
    threshold="slope > 0.3 a layer over 5 layers or more and first ÷ last < 1e-3, in half of the steps looked at",
    source="Glorot and Bengio 2010 for the effect; thresholds measured on our broken and healthy trainings",
    stays_silent="where much has been learnt all the same it is a note",
    explains=NOT_LEARNING | {"update-too-small", "learning-rate-too-low", "saturated-units", "not-updated"},
)
RULES = (RULE,)
