"""Outputs, or features, that are the same for every sample."""

from collections.abc import Iterable, Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import logits, passes
from collector.findings.progress import has_opponents, is_harmed, n_classes
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule
from collector.findings.snapshots import Snapshot

SPREAD = 1e-3
PASSES = 2
RANK = 1.5
LEAST_SAMPLES = 8
LEAST_UNITS = 4


def constant(recording: Recording) -> Iterator[Finding]:
    """One finding, where the outputs hardly differ from some pass on to the last."""
    seen = [each for each in recording.snapshots if each.logits is not None]
    steps = np.array([each.step for each in seen])
    classes = n_classes(recording)
    row = len(seen)
    while row and _spread(seen[row - 1].logits, classes) < SPREAD:
        row -= 1
    if len(seen) - row < PASSES or (seen[0].logits is not None and len(seen[0].logits) < 2):
        return
    since = int(steps[row])
    last = next(reversed(recording.layers), "")
    yield CONSTANT.finding(
        severity="critical" if is_harmed(recording, since) else "warning",
        title=f"The network gives the same output for every sample, since step {since:,}.",
        why="Nothing of the input reaches the output.",
        layers=[last] if last else [],
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("A layer on the way is silent or saturated.", "The first layer whose units do not differ."),
            Cause("The weights collapsed after steps that were too large.", "The update ratio before."),
            Cause("Labels do not belong to inputs: a constant is the best guess.", "Some samples by eye."),
        ],
        evidence=[Evidence(tab="sample", step=since), Evidence(tab="network", step=since, layer=last or None)],
        figures={"spread of the outputs": _spread(seen[-1].logits, classes)},
    )


def _spread(outputs: np.ndarray | None, classes: int) -> float:
    """Largest standard deviation over the samples: of probabilities where classes are told apart, else of outputs by
    their own size."""
    assert outputs is not None
    values = outputs.astype(float)
    if not np.isfinite(values).all():
        return float("inf")
    if classes > 1 and values.shape[1] > 1:
        values = np.exp(values - values.max(axis=1, keepdims=True))
        values /= values.sum(axis=1, keepdims=True)
        return float(values.std(axis=0).max())
    return float(values.std(axis=0).max() / max(np.abs(values).max(), 1e-12))


def collapse(recording: Recording) -> Iterator[Finding]:
    """Hidden layers whose features fill one direction only, to the last pass; the first of them is the cause."""
    seen = recording.snapshots
    layers = recording.collection.layers
    probe = recording.collection.probe
    if len(seen) < PASSES or probe is None or len(probe) < LEAST_SAMPLES or has_opponents(recording):
        return
    read = {stage for each in layers.values() for stage in each.reads}
    # an output may well lie on a line, and means over positions too
    hidden = [name for name, each in layers.items() if each.stage in read and len(each.output_shape) <= 1]
    # the last pass is new each time that a recording has grown, the one before it mostly not
    thin = _thin(seen[-PASSES], (name for name in hidden if len(layers[name].kept) >= LEAST_UNITS))
    last = seen[-1].ranks(thin)
    found = {name: len(seen) - PASSES for name, rank in last.items() if not rank >= RANK}
    for row in range(len(seen) - PASSES - 1, -1, -1):  # backwards, as far as it lasts
        reaching = _thin(seen[row], (name for name in found if found[name] == row + 1))
        found |= dict.fromkeys(reaching, row)
    if not found:
        return
    steps = np.array([each.step for each in seen])
    row = min(found.values())
    since = int(steps[row])
    if not is_harmed(recording, since):
        return
    cause = next(name for name in found if found[name] == row)
    rank = last[cause]
    yield COLLAPSE.finding(
        severity="warning",
        title=f"{layer_words(cause)}: its features lie on one line since step {since:,}.",
        why="All samples look alike to the layers behind it.",
        layers=[cause],
        affected=[name for name in found if name != cause],
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("The layer's weights are all alike, or one of them outgrew the others.", "Its weight norms."),
            Cause("The learning rate is too high.", "The update ratio before."),
        ],
        evidence=[Evidence(tab="correlations", step=since, layer=cause)],
        figures={"effective rank": 0.0 if np.isnan(rank) else rank},
    )


def _thin(one: Snapshot, layers: Iterable[str]) -> list[str]:
    """Those of the layers whose features fill one direction only, or were not recorded."""
    names = list(layers)
    ranks = one.ranks(names)
    return [name for name in names if not ranks.get(name, np.nan) >= RANK]


CONSTANT = Rule(
    name="constant-output",
    title="The same output for every sample",
    judge=constant,
    needs=(logits,),
    formula="largest standard deviation of the probabilities (or outputs, by their size) over the probe's samples",
    threshold="< 1e-3 in the last 2 passes and more",
    source="measured on our trainings",
    stays_silent="an output that begins at zero and has left it by the second pass",
    explains=NOT_LEARNING | {"representation-collapse", "class-imbalance"},
)
COLLAPSE = Rule(
    name="representation-collapse",
    title="Features of a hidden layer that fill one direction only",
    judge=collapse,
    needs=(passes,),
    formula="(Σλ)² ÷ Σλ² of the eigenvalues of the covariance of a layer's activations over the probe",
    threshold="< 1.5 in the last 2 passes and more, with a loss that does not fall",
    source="participation ratio, Gao et al. 2017",
    stays_silent="the collapse of the last layer at the end of a training that learns",
    explains=NOT_LEARNING,
)
RULES = (CONSTANT, COLLAPSE)
