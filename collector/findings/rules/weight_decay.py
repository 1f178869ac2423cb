"""Weights that decay takes away faster than learning makes them."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import metric, optimizers
from collector.findings.percent import percent
from collector.findings.progress import is_harmed, is_poor
from collector.findings.recording import Recording
from collector.findings.robust import stretches, theil_sen
from collector.findings.rule import NOT_LEARNING, Rule

SHARE = 0.9
ROWS = 5
FALLEN = 0.5


def dominates(recording: Recording) -> Iterator[Finding]:
    """One finding, of the layers whose updates are mostly decay."""
    fallen = _fallen(recording)
    found: dict[str, tuple[int, float]] = {}
    for layer in recording.table("update_norm").layers:
        options = recording.options.get(layer, {})
        decay = options.get("weight_decay") or 0
        if not isinstance(decay, int | float) or decay <= 0 or layer not in fallen:
            continue
        steps, norms = recording.scalar(f"weight_norm/{layer}")
        own, changes = recording.scalar(f"update_norm/{layer}")
        both, one, other = np.intersect1d(steps, own, return_indices=True)
        if len(both) < ROWS:
            continue
        rate = _rate(recording, layer, both)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.minimum(rate * decay * norms[one] / changes[other], 1 / SHARE)
        held = stretches(np.nan_to_num(share) > SHARE, ROWS)
        if held and norms[one][-1] < FALLEN * norms[one][held[0][0]]:
            found[layer] = int(both[held[0][0]]), float(np.median(share[slice(*held[0])]))
    if not found:
        return
    since = min(step for step, _ in found.values())
    layers = sorted(found, key=lambda name: found[name][0])
    share = found[layers[0]][1]  # above 1 where the gradient works against it
    is_bad = is_harmed(recording, since) or is_poor(recording)
    yield DOMINATES.finding(
        severity="warning" if is_bad else "note",
        title=f"{layer_words(layers[0])}: {'all' if share >= 1 else percent(share)} of each update is weight decay, "
        f"from step {since:,} on.",
        why="The weights shrink faster than the gradients make them grow.",
        layers=layers,
        since=since,
        since_range=_range(recording, layers[0], since),
        causes=[Cause("Weight decay is too strong for this rate.", "Decay × rate, against the update ratio.")],
        evidence=[Evidence(tab="optimizer", step=since, layer=layers[0], series=f"weight_norm/{layers[0]}")],
        figures={"share": found[layers[0]][1], "layers": len(layers)},
    )


def shrinking(recording: Recording) -> Iterator[Finding]:
    """One finding, of the layers whose weights fade."""
    found = {}
    for layer in _fallen(recording):
        if not any(len(shape) > 1 for shape in recording.layers[layer].parameters.values()):
            continue
        steps, norms = recording.scalar(f"weight_norm/{layer}")
        finite = norms[np.isfinite(norms)]
        if len(finite) >= 2 * ROWS and finite[-1] < FALLEN * finite[0] and theil_sen(finite) < 0:
            found[layer] = int(steps[np.argmax(norms < (1 - FALLEN / 5) * finite[0])])
    if not found:
        return
    since = min(found.values())
    if not (is_harmed(recording, since) or is_poor(recording)):
        return
    layers = sorted(found, key=found.__getitem__)
    norms = recording.scalar(f"weight_norm/{layers[0]}")[1]
    yield SHRINKING.finding(
        severity="warning",
        title=f"{layer_words(layers[0])}: the weights have shrunk to {percent(norms[-1] / norms[0])} of what they "
        "were.",
        why="Activations fade with them.",
        layers=layers,
        since=since,
        since_range=_range(recording, layers[0], since),
        causes=[Cause("Weight decay or a penalty is too strong.", "Its factor, against the loss.")],
        evidence=[Evidence(tab="optimizer", step=since, layer=layers[0], series=f"weight_norm/{layers[0]}")],
        figures={"last / first norm": float(norms[-1] / norms[0]), "layers": len(layers)},
    )


def _fallen(recording: Recording) -> list[str]:
    """Layers whose weights have been twice as large as at another step: no others can have shrunk by half."""
    table = recording.table("weight_norm")
    least = np.fmin.reduce(table.values, axis=0, initial=np.inf)
    most = np.fmax.reduce(table.values, axis=0, initial=0.0)
    return [table.layers[column] for column in np.flatnonzero(least < FALLEN * most)]


def _rate(recording: Recording, layer: str, steps: np.ndarray) -> np.ndarray:
    """The learning rate of the layer's own group at these steps ``[R]``."""
    for group in recording.groups:
        if layer in group.layers and group.rate in recording.rates:
            own, values = recording.rates[group.rate]
            at = np.maximum(np.searchsorted(own, steps, side="right") - 1, 0)
            return values[at]
    return recording.rate_at(steps)


def _range(recording: Recording, layer: str, since: int) -> tuple[int, int]:
    steps = recording.scalar(f"weight_norm/{layer}")[0]
    return recording.before(steps, int(np.searchsorted(steps, since)))


DOMINATES = Rule(
    name="weight-decay-dominates",
    title="Updates that are mostly weight decay",
    judge=dominates,
    needs=(optimizers, metric("weight_norm"), metric("update_norm")),
    formula="rate × weight decay × ‖w‖ ÷ ‖Δw‖",
    threshold="> 0.9 in 5 recorded steps, after which the weights have fallen to less than half",
    source="the size of the decay's part, Loshchilov and Hutter 2019",
    stays_silent="where the loss goes on falling it is a note",
    explains=NOT_LEARNING | {"shrinking-weights", "constant-output", "dead-units", "vanishing-gradient"},
)
SHRINKING = Rule(
    name="shrinking-weights",
    title="Weights that fade",
    judge=shrinking,
    needs=(metric("weight_norm"),),
    formula="‖w‖ at the end ÷ ‖w‖ at the start",
    threshold="< 0.5 and falling (Theil-Sen), with a loss that does not fall",
    source="measured on our trainings",
    stays_silent="where the loss falls",
)
RULES = (DOMINATES, SHRINKING)
