"""The life of a pass: what is taken before a training step, and what the step adds."""

from collections.abc import Collection, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.guard import Guard
from collector.capture.not_finite import not_finite_by_layer
from collector.capture.pass_draft import PassDraft
from collector.keras.optimizers import inner, optimizers_of
from collector.keras.plan import LayerPlan
from collector.keras.probe import ProbeRun
from collector.keras.tensors import as_array, is_real, read, to_numpy
from collector.metrics.histogram import layer_histograms
from collector.metrics.norms import Sizes, layer_norms, layer_ratios, norm, sizes_of
from collector.metrics.not_finite import not_finite
from collector.storage.schema import LayerRecord

Values = dict[int, np.ndarray]
"""``id`` of TensorFlow's variable → array."""

FIRST_MOMENTS = ("_momentums", "momentums")
SECOND_MOMENTS = ("_velocities", "_accumulators")
"""The lists in which Keras's optimizers hold their running averages: Adam's, SGD's, RMSprop's, Adagrad's."""


class PassRecorder:
    """Takes passes of one model."""

    def __init__(self, model: keras.Model, probe: ProbeRun, guard: Guard, *, has_histograms: bool) -> None:
        self._model = model
        self._probe = probe
        self._plans = probe.plans
        self._guard = guard
        self._has_histograms = has_histograms

    def weights(self) -> dict[int, tf.Tensor]:
        """All parameters of the layers as they are now; nothing is copied until they change."""
        variables = {key: each for plan in self._plans for key, each in _variables(plan).items()}
        return {key: read(each) for key, each in variables.items()}

    def state(self) -> PassDraft:
        """The network as it is: activations of the probe, weights and biases; of scalars those of idle units."""
        taken = PassDraft({plan.name: LayerRecord() for plan in self._plans})
        with self._guard("running the model on the probe"):
            self._probe.take(taken)
        self._put(taken, arrays(self.weights()), "")
        return taken

    def add_step(
        self, taken: PassDraft, before: Values, after: Values, gradients: Values, covered: Collection[str]
    ) -> None:
        """Add what a step was made of and what it did: gradients, updates, norms, the optimizer's statistics.

        Args:
            covered: scalars of this step that come from elsewhere.
        """
        with np.errstate(all="ignore"):
            updates = {key: after[key] - before[key] for key in before}
        self._put(taken, gradients, "_gradient")
        self._put(taken, updates, "_update")
        layers = {plan.name: keys for plan in self._plans if not plan.is_gone and (keys := list(_variables(plan)))}
        taken.scalars |= moments(self._model, layers)
        if any(f"weight_norm/{layer}" not in covered for layer in layers):
            norms: dict[str, float] = {}
            for metric, values in (("weight_norm", before), ("gradient_norm", gradients), ("update_norm", updates)):
                sizes = sizes_of(list(values.values()))
                norms |= layer_norms(metric, dict(zip(values, sizes.norms.tolist(), strict=True)), layers)
                taken.not_finite |= _not_finite(metric, values, sizes, layers)
            norms |= layer_ratios("update_ratio", "update_norm", "weight_norm", norms)
            norms |= layer_ratios("step_size", "update_norm", "gradient_norm", norms)
            taken.scalars |= norms
        if self._has_histograms and taken.has_histograms:
            for kind, values in (("weight", before), ("gradient", gradients), ("update", updates)):
                for layer, counts in layer_histograms(values, layers).items():
                    taken.histograms.setdefault(layer, {})[kind] = counts

    def _put(self, taken: PassDraft, values: Values, ending: str) -> None:
        for plan in self._plans:
            for name, variable in plan.parameters.items() if not plan.is_gone else ():
                array = values.get(id(variable.value))
                if array is not None and name not in plan.not_recorded:
                    reduced = plan.reduced(name, array)
                    # What may share the framework's memory must not follow its changes.
                    setattr(taken.layers[plan.name], name + ending, np.array(reduced, order="C"))


def _not_finite(
    metric: str, values: Values, sizes: Sizes, layers: Mapping[str, list[int]]
) -> dict[str, dict[str, int]]:
    counts = {key: not_finite(values[key]) for key, count in zip(values, sizes.not_finite, strict=True) if count}
    return not_finite_by_layer(metric.removesuffix("_norm"), counts, layers)


def _variables(plan: LayerPlan) -> dict[int, Any]:
    return {id(each.value): each for each in plan.parameters.values() if is_real(each)}


def arrays(tensors: Mapping[int, tf.Tensor]) -> Values:
    """The tensors as arrays that share their memory."""
    return {key: as_array(tensor) for key, tensor in tensors.items()}


def held(model: keras.Model, lists: tuple[str, ...]) -> dict[int, Any]:
    """``id`` of TensorFlow's variable → the running average that one of the optimizers holds for it."""
    found: dict[int, Any] = {}
    for optimizer in map(inner, optimizers_of(model)):
        averages: list[Any] = next((each for name in lists if (each := getattr(optimizer, name, None))), [])
        known = getattr(optimizer, "_trainable_variables", [])
        if len(averages) == len(known):
            pairs = zip(known, averages, strict=True)
            found |= {id(each.value): average for each, average in pairs if average is not None}
    return found


def moments(model: keras.Model, layers: Mapping[str, list[int]]) -> dict[str, float]:
    """``first_moment_norm/layer`` = ‖m‖₂ and ``second_moment_mean/layer`` = mean(v), where the optimizer has them.

    m is Adam's first moment or the momentum, v Adam's second moment, RMSprop's mean square or Adagrad's sum, as the
    optimizer holds them after the step: without bias correction. Keras's momentum has the sign and the size of the
    update, PyTorch's those of the gradient.
    """
    known = {key for keys in layers.values() for key in keys}
    first = {key: to_numpy(read(each)) for key, each in held(model, FIRST_MOMENTS).items() if key in known}
    second = {key: to_numpy(read(each)) for key, each in held(model, SECOND_MOMENTS).items() if key in known}
    norms = {key: norm(values) for key, values in first.items()}
    means = {}
    for layer, keys in (*layers.items(), ("total", list(second))):
        present = [second[key] for key in keys if key in second]
        if present:
            total = sum(float(each.sum(dtype=np.float64)) for each in present)
            means[f"second_moment_mean/{layer}"] = total / sum(each.size for each in present)
    return means | layer_norms("first_moment_norm", norms, layers)
