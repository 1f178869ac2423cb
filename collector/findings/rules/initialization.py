"""Weights that begin too small, too large, or all alike."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import passes
from collector.findings.progress import is_poor
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

TIMES = 10.0
LAYERS = 2


def bad_initialization(recording: Recording) -> Iterator[Finding]:
    """The first layers behind which the spread of activations falls or rises tenfold, at step 0."""
    names, spreads = _spreads(recording)
    if len(names) < LAYERS + 1:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.diff(np.log10(spreads))
    sizes = np.nan_to_num(changes, posinf=99, neginf=-99)
    is_far = np.abs(sizes) >= np.log10(TIMES)
    far = np.flatnonzero(is_far)
    # what a norm, or a sum with what goes past a block, brings back between them is no loss
    if len(far) < LAYERS or abs(sizes[far[0] : far[-1] + 1].sum()) < LAYERS:
        return
    layers = [names[place + 1] for place in far]
    is_bad = is_poor(recording)
    grows = changes[is_far].sum() > 0
    times = float(10 ** abs(changes[is_far]).mean())
    yield BAD.finding(
        severity="warning" if is_bad else "note",
        title=f"At step 0 the activations {'grow' if grows else 'fade'} by {times:.3g} times in "
        f"each of {len(layers)} layers."
        if np.isfinite(times)
        else f"At step 0 the activations {'grow beyond all numbers' if grows else 'fade to nothing'} within "
        f"{len(layers)} layers.",
        why=f"What reaches the output is {'all size' if grows else 'next to nothing'}, and so are the gradients.",
        layers=layers,
        since=0,
        since_range=(0, 0),
        causes=[
            Cause(f"Weights begin too {'large' if grows else 'small'}.", "√(2 ÷ inputs) for ReLU, √(1 ÷ inputs) else.")
        ],
        evidence=[Evidence(tab="network", step=0, layer=layers[0])],
        figures={"times a layer": times, "layers": len(layers)},
    )


def _spreads(recording: Recording) -> tuple[list[str], np.ndarray]:
    """Stages from input to output and how far their outputs differ from sample to sample at step 0."""
    layers = recording.collection.layers
    first = next(iter(recording.snapshots), None)
    stages = [name for name, each in layers.items() if each.is_stage and each.input_units]
    # of convolutions the mean over positions is kept, whose spread says little of that of the output
    flat = [name for name in stages if len(layers[name].output_shape) <= 1]
    kept = first.spreads(flat) if first is not None and first.step == 0 else {}
    found = {}
    for name in stages:
        steps, values = recording.scalar(f"activation_std/{name}")
        if name in kept:
            found[name] = kept[name]
        elif len(steps) and steps[0] == 0:
            found[name] = float(values[0])
    return list(found), np.array(list(found.values()))


def symmetric(recording: Recording) -> Iterator[Finding]:
    """Layers of which all units have the same weights at the start, and still at the end."""
    if not recording.snapshots:
        return
    first, last = recording.snapshots[0], recording.snapshots[-1]
    layers = last.alike(first.alike(recording.layers))
    if not layers:
        return
    yield SYMMETRIC.finding(
        severity="critical" if len(layers) > 1 else "warning",
        title=f"{layer_words(layers[0])}: all units have the same weights, at step {first.step:,} "
        f"and still at step {last.step:,}.",
        why="Units that begin alike get the same gradient and stay alike: the layer is one unit.",
        layers=layers,
        since=first.step,
        since_range=(first.step, first.step),
        causes=[Cause("Weights are initialized to a constant.", "Use random ones; zeros are for biases.")],
        evidence=[Evidence(tab="network", step=last.step, layer=layers[0])],
        figures={"layers": len(layers), "passes": len(recording.snapshots)},
    )


BAD = Rule(
    name="bad-initialization",
    title="Activations that fade or grow from layer to layer before the first step",
    judge=bad_initialization,
    needs=(passes,),
    formula="standard deviation of a unit over the probe, mean over the layer's units, ÷ that of the layer before, at "
    "step 0; of convolutions that of all outputs of the training",
    threshold="10 times or a tenth, in 2 layers or more, and 100 times or a hundredth from the first of them to the "
    "last",
    source="Glorot and Bengio 2010; He et al. 2015",
    stays_silent="where much has been learnt all the same it is a note",
    explains=NOT_LEARNING
    | {
        "vanishing-gradient",
        "exploding-gradient",
        "constant-output",
        "saturated-units",
        "dead-units",
        "representation-collapse",
        "learning-rate-too-low",
        "update-too-small",
        "update-too-large",
        "learning-rate-too-high",
        "not-updated",
        "no-gradient",
        "class-imbalance",
    },
)
SYMMETRIC = Rule(
    name="symmetric-units",
    title="Units of a layer that are copies of one another",
    judge=symmetric,
    needs=(passes,),
    formula="largest difference between the weights of a layer's kept units ÷ largest weight",
    threshold="< 1e-6 at the first pass and at the last",
    source="Goodfellow et al. 2016, section 8.4",
    stays_silent="branches that begin at zero and have left it by the last pass",
    explains=NOT_LEARNING
    | {
        "constant-output",
        "representation-collapse",
        "no-gradient",
        "dead-units",
        "not-updated",
        "bad-initialization",
        "saturated-units",
        "class-imbalance",
        "vanishing-gradient",
        "update-too-small",
    },
)
RULES = (BAD, SYMMETRIC)
