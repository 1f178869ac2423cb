"""Layers that are meant to learn and do not move, and why."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layers_words
from collector.findings.needs import metric, optimizers
from collector.findings.recording import Recording
from collector.findings.robust import lasting
from collector.findings.rule import NOT_LEARNING, Rule
from collector.findings.rules.frozen import frozen_layers

ROWS = 3
EARLY = 5
"""Branches that begin at zero get their first gradient within so many steps."""


def not_in_optimizer(recording: Recording) -> Iterator[Finding]:
    """By fact: trainable parameters of the model that no optimizer has."""
    record = recording.collection.optimizers[-1]
    layers = _layers(recording, record.in_none)
    if not layers:
        return
    first = next((each.step for each in recording.collection.optimizers if each.in_none), record.step)
    yield NOT_IN_OPTIMIZER.finding(
        severity="warning",
        title=f"{layers_words(layers)}: trainable, and in no optimizer.",
        why=f"{len(record.in_none):,} parameters get gradients and never change.",
        layers=layers,
        since=first,
        since_range=(first, first),
        causes=[
            Cause("The optimizer was given the parameters of a part of the model.", "How it was made."),
            Cause("The layer was added or replaced after the optimizer was made.", "The order of the two."),
            Cause("The layer is frozen on purpose.", "Then set requires_grad to False, and this is silent."),
        ],
        evidence=[Evidence(tab="optimizer", step=first, layer=layers[0], series=f"update_norm/{layers[0]}")],
        figures={"parameters": len(record.in_none), "first": record.in_none[0]},
    )


def unregistered(recording: Recording) -> Iterator[Finding]:
    """By fact: layers that are used and whose parameters are not the model's."""
    records = [(each.step, each.unregistered) for each in recording.collection.optimizers]
    records += [(each.step, each.unregistered) for each in recording.collection.losses]
    for step, names in records:
        if names:
            yield UNREGISTERED.finding(
                severity="warning",
                title=f"{layers_words(names)}: used in the forward pass, and not a part of the model.",
                why="Its parameters are not among model.parameters(): no optimizer has them, nothing saves them.",
                layers=names,
                since=step,
                since_range=(step, step),
                causes=[Cause("Layers are kept in a plain list or dict.", "Use nn.ModuleList or nn.ModuleDict.")],
                evidence=[Evidence(tab="network", step=step)],
                figures={"layers": len(names)},
            )
            return


def no_gradient(recording: Recording) -> Iterator[Finding]:
    """Trained layers that no gradient reaches: there is none, or it is exactly zero."""
    norms = recording.table("gradient_norm")
    steps, rows = norms.steps, len(norms.steps)
    frozen = frozen_layers(recording)
    found: dict[int, list[tuple[str, str]]] = {}
    for layer in recording.layers:
        if layer in frozen:
            continue
        # a layer that never has a gradient has no column at all
        own = norms.of(layer) if layer in norms.layers else np.full(rows, np.nan)
        is_missing, is_zero = _is_missing(recording, layer, steps) & ~np.isfinite(own), own == 0
        for flags, what in ((is_missing, "no gradient"), (is_zero, "a gradient of exactly zero")):
            if (first := lasting(flags, ROWS)) is not None:
                found.setdefault(first, []).append((layer, what))
    if not found:
        return
    row = min(found)
    cut, since = found[row], int(steps[row])
    later = [layer for other, layers in found.items() if other != row for layer, _ in layers]
    names = [layer for layer, _ in cut]
    nearest = names[::-1]  # where the gradient is lost lies nearest to the loss
    share = len(names) / max(len(recording.layers), 1)
    yield NO_GRADIENT.finding(
        severity="critical" if share > 0.5 else "warning",
        title=f"{layers_words(nearest)}: {cut[-1][1]} since step {since:,}.",
        why="What gets no gradient does not learn.",
        layers=nearest,
        affected=later,
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause(
                "The graph is cut: detach(), no_grad(), item(), argmax, a conversion to NumPy.",
                "Between this layer and the loss.",
            ),
            Cause("The layer is not used for this loss.", "What the loss is computed from."),
            Cause("What is behind it is silent or saturated.", "The activations of the layer behind it."),
        ],
        evidence=[Evidence(tab="gradients", step=since, layer=nearest[0], series=f"gradient_norm/{nearest[0]}")],
        figures={"layers": len(names)},
    )


def not_updated(recording: Recording) -> Iterator[Finding]:
    """Layers that get gradients, stand in an optimizer as far as is known, and do not change."""
    gradients, updates = recording.table("gradient_norm"), recording.table("update_norm")
    if not np.array_equal(gradients.steps, updates.steps):
        return
    excused = {*frozen_layers(recording), *_in_none(recording)}
    rates = recording.rate_at(updates.steps)
    found: dict[int, list[str]] = {}
    for layer in updates.layers:
        if layer in excused or layer not in gradients.layers:
            continue
        if updates.of(layer)[-1:] != 0:
            continue
        stands = (updates.of(layer) == 0) & (gradients.of(layer) > 0) & ~(rates == 0)
        if (start := lasting(stands, ROWS)) is not None:
            found.setdefault(start, []).append(layer)
    if not found:
        return
    row = min(found)
    layers, since = found[row], int(updates.steps[row])
    rule = NOT_UPDATED
    yield rule.finding(
        severity="warning",
        title=f"{layers_words(layers)}: gets gradients and does not change since step {since:,}.",
        why="Its updates are exactly zero.",
        layers=layers,
        since=since,
        since_range=recording.before(updates.steps, row),
        causes=[
            Cause("No optimizer has its parameters.", "How the optimizer was made."),
            Cause("Its group has a learning rate of 0.", "The rates of the groups."),
            Cause("Something sets it back after each step: weights that are tied by copy.", "The outer updates."),
        ],
        evidence=[Evidence(tab="optimizer", step=since, layer=layers[0], series=f"update_norm/{layers[0]}")],
        figures={"layers": len(layers)},
    )


def _is_missing(recording: Recording, layer: str, steps: np.ndarray) -> np.ndarray:
    """Whether no value of a layer had a gradient, when it was counted last ``[R]``: it is not at every step."""
    counted, counts = recording.scalar(f"no_gradient/{layer}")
    if not len(counted):
        return np.zeros(len(steps), bool)
    at = np.searchsorted(counted, steps, side="right") - 1
    return (at >= 0) & (counts[np.maximum(at, 0)] >= recording.layers[layer].n_parameters)


def _in_none(recording: Recording) -> list[str]:
    records = recording.collection.optimizers
    return _layers(recording, records[-1].in_none) if records else []


def _layers(recording: Recording, parameters: list[str]) -> list[str]:
    held = {recording.layer_of(name) for name in parameters}
    return [name for name in recording.layers if name in held]


_CONSEQUENCES = NOT_LEARNING | {"update-too-small", "not-updated", "constant-output"}

NOT_IN_OPTIMIZER = Rule(
    name="not-in-optimizer",
    title="Trainable parameters that no optimizer has",
    judge=not_in_optimizer,
    needs=(optimizers,),
    formula="parameters of the model with requires_grad that are in no group of any optimizer",
    threshold="one parameter",
    source="by definition",
    stays_silent="what is frozen (requires_grad False), adapters' backbones",
    explains=_CONSEQUENCES,
)
UNREGISTERED = Rule(
    name="unregistered-layer",
    title="Layers that are used and are not a part of the model",
    judge=unregistered,
    needs=(optimizers,),
    formula="trainable tensors that the loss depends on and that are not among model.parameters()",
    threshold="one tensor",
    source="by definition",
    stays_silent="inputs that need a gradient",
    explains=_CONSEQUENCES,
)
NO_GRADIENT = Rule(
    name="no-gradient",
    title="Trained layers that no gradient reaches",
    judge=no_gradient,
    needs=(metric("gradient_norm"),),
    formula="no gradient at all, or ‖g‖ = 0 exactly",
    threshold="at 3 recorded steps one after the other, up to the last",
    source="by definition",
    stays_silent="frozen layers; branches that begin at zero, in their first 5 steps",
    explains=_CONSEQUENCES,
)
NOT_UPDATED = Rule(
    name="not-updated",
    title="Layers that get gradients and do not change",
    judge=not_updated,
    needs=(metric("gradient_norm"), metric("update_norm")),
    formula="‖Δw‖ = 0 and ‖g‖ > 0, at a learning rate above 0",
    threshold="at 3 recorded steps one after the other, up to the last",
    source="by definition",
    stays_silent="frozen layers; steps at which every rate is 0",
    explains=_CONSEQUENCES,
)
RULES = (NOT_IN_OPTIMIZER, UNREGISTERED, NO_GRADIENT, NOT_UPDATED)
