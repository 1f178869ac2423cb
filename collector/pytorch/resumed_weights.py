"""Whether a run that goes on in a file goes on with the weights that the file was left with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from collector.capture.fact_names import UPDATES
from collector.capture.resuming import Resume
from collector.capture.wording import listed
from collector.pytorch.pass_arrays import put_parameters
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.storage import CollectionError
from collector.storage.layer_arrays import LayerArrays
from collector.storage.reader import Collection
from collector.storage.schema import LayerRecord

_ROUNDING = 1e-6
"""Weights that a checkpoint brings back in another precision, or from another device, differ by as little."""

_FASTER = 2
"""A step may change the weights so many times as much as those at the last passes before."""

Weights = dict[str, dict[str, np.ndarray]]
"""Layer → parameter → values under the unit plan."""


@dataclass(frozen=True)
class LeftWeights:
    """The weights at the last pass before the step that a run goes on with.

    Attributes:
        step: of the pass.
        weights: at it.
        largest_update: layer → the norm of its largest update at any of the last passes, of what is kept.
        clocks: name of an optimizer → updates it has made in the steps before that which the run goes on with.
    """

    step: int
    weights: Weights
    largest_update: dict[str, float]
    clocks: dict[str, int]


def left_weights(path: Path, resume: Resume) -> LeftWeights | None:
    """What the file says; None where nothing goes on, or the file has no such pass that can be read."""
    if resume is False or not path.exists():
        return None
    try:
        with Collection(path) as collection:
            step = collection.n_steps if resume is True else int(resume)
            n_before = int((collection.passes.steps <= step).sum())
            if not n_before:
                return None
            last = collection.passes[n_before - 1]
            weights = {name: _values_of(layer) for name, layer in last.layers.items()}
            updates: dict[str, float] = {}
            for one in [collection.passes[number] for number in range(max(0, n_before - 3), n_before)]:
                for name, layer in one.layers.items():
                    size = _norm(_updates_of(layer))
                    updates[name] = max(updates.get(name, 0.0), size)
            return LeftWeights(last.step, weights, updates, _clocks(collection, step))
    except (CollectionError, OSError, ValueError):
        return None


def _clocks(collection: Collection, step: int) -> dict[str, int]:
    found = {}
    for name in (each for each in collection.series if each.startswith(f"{UPDATES}/")):
        steps, counts = collection.series.recorded(name)
        if (steps < step).any():
            found[name.removeprefix(f"{UPDATES}/")] = int(counts[steps < step][-1])
    return found


def not_gone_on_with(left: LeftWeights, plans: Sequence[LayerPlan], step: int) -> str:
    """What to say where the model's weights are not those, nor what the steps in between may have made of them.

    Args:
        step: that the run goes on with.
    """
    now = _now(plans)
    n_steps = max(0, step - left.step)
    hit, most = [], 0.0
    for name, before in left.weights.items():
        own = now.get(name, {})
        if not before or own.keys() != before.keys() or any(own[kind].shape != before[kind].shape for kind in own):
            continue
        distance = _norm({kind: own[kind].astype(np.float64) - before[kind] for kind in own})
        size = _norm(before)
        # A few steps may all go one way; of many, at a random walk's pace, few more than their root.
        n_paces = min(n_steps, 4 * n_steps**0.5)
        if distance > _ROUNDING * size + _FASTER * n_paces * left.largest_update.get(name, 0.0):
            hit.append(name)
            most = max(most, distance / size if size else np.inf)
    if not hit:
        return ""
    return (
        f"The weights of {listed(hit)} are not those that the file was left with: since the pass at step {left.step} "
        f"they differ by up to {most:.2g} of their norm, with {n_steps} steps in between. Was the checkpoint loaded "
        "before the collector was made?"
    )


def _now(plans: Sequence[LayerPlan]) -> Weights:
    taken = PassDraft({plan.name: LayerRecord() for plan in plans})
    for plan in plans:
        put_parameters(taken, plan, plan.parameters)
    taken.host_copy.fetch()
    return {name: _values_of(layer) for name, layer in taken.layers.items()}


def _values_of(layer: LayerRecord | LayerArrays) -> dict[str, np.ndarray]:
    others = {name: each.value for name, each in layer.parameters.items()}
    return _there({"weight": layer.weight, "bias": layer.bias} | others)


def _updates_of(layer: LayerArrays) -> dict[str, np.ndarray]:
    others = {name: each.update for name, each in layer.parameters.items()}
    return _there({"weight": layer.weight_update, "bias": layer.bias_update} | others)


def _there(arrays: Mapping[str, object]) -> dict[str, np.ndarray]:
    return {name: np.asarray(each) for name, each in arrays.items() if each is not None}


def _norm(arrays: dict[str, np.ndarray]) -> float:
    return float(np.sqrt(sum(np.square(each, dtype=np.float64).sum() for each in arrays.values())))
