"""The life of a pass: what is taken before a training step, and what the step adds."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.guard import Guard
from collector.capture.missing import OTHER_SHAPE, states_left_out
from collector.capture.pass_draft import ParameterNumbers, PassDraft
from collector.capture.step_state import GRADIENTS, UPDATES, WEIGHTS, Arrays, StepState
from collector.keras.layers import canonical
from collector.keras.optimizer_states import states_of
from collector.keras.optimizers import inner
from collector.keras.plan import LayerPlan
from collector.keras.probe import ProbeRun
from collector.keras.tensors import Reader, as_array, read, to_numpy
from collector.metrics.histogram import counting_step, spread_histogram
from collector.metrics.moments import layer_moments
from collector.metrics.norms import norm, sizes_of
from collector.metrics.not_finite import not_finite
from collector.storage.layer_arrays import ENDINGS
from collector.storage.schema import LayerRecord, ParameterArrays

Values = dict[int, np.ndarray]
"""``id`` of TensorFlow's variable → array."""

FIRST_MOMENTS = ("_momentums", "momentums")
SECOND_MOMENTS = ("_velocities", "_accumulators")
"""The lists in which Keras's optimizers hold their running averages: Adam's, SGD's, RMSprop's, Adagrad's."""


class PassRecorder:
    """Takes passes of one model.

    Args:
        optimizers: of its training.
        probe: runs it on the probe.
    """

    def __init__(self, optimizers: Iterable[Any], probe: ProbeRun, guard: Guard, *, has_histograms: bool) -> None:
        self._optimizers = optimizers
        self._probe = probe
        self._plans = probe.plans
        self._variables = {key: each for plan in probe.plans for key, each in plan.variables.items()}
        self._read_weights: Reader | None = None
        self._guard = guard
        self._has_histograms = has_histograms
        self._states: tuple[list[tuple[int, int]], dict[int, dict[str, Any]]] = ([], {})

    def weights(self) -> dict[int, tf.Tensor]:
        """All parameters of the layers as they are now; nothing is copied until they change."""
        if self._read_weights is None:
            self._read_weights = Reader(self._variables)
        return self._read_weights()

    def state(self) -> PassDraft[int]:
        """The network as it is: activations of the probe, weights and biases; of scalars those of dead units."""
        draft = PassDraft[int]({plan.name: LayerRecord() for plan in self._plans})
        with self._guard("running the model on the probe"):
            self._probe.take(draft)
        self._put(draft, arrays(self.weights()), "value")
        return draft

    def add_step(
        self, draft: PassDraft[int], before: Values, after: Values, gradients: Values, covered: Collection[str]
    ) -> None:
        """Add what a step was made of and what it did: gradients, updates, norms, the optimizer's statistics.

        Args:
            after: the weights behind it; none where there was none.
            covered: scalars of this step that come from elsewhere.
        """
        with np.errstate(all="ignore"):
            updates = {key: after[key] - before[key] for key in before if key in after}
        self._put(draft, gradients, "gradient")
        self._put(draft, updates, "update")
        optimizers = list(self._optimizers)
        self._put_states(draft, optimizers)
        layers = {plan.name: keys for plan in self._plans if not plan.is_gone and (keys := list(plan.variables))}
        draft.scalars |= moments(optimizers, layers)
        draft.has_norms = any(f"weight_norm/{layer}" not in covered for layer in layers)
        for kind, values in (("weight", before), ("gradient", gradients), ("update", updates)):
            self._measure(draft, draft.of(kind), values)
        draft.add_layer_numbers(layers)

    def step_state(
        self, step: int, needs: Collection[str], before: Values, after: Values, gradients: Values
    ) -> StepState:
        """Copies of what metrics need of a step, in the axes that the file has."""
        with np.errstate(all="ignore"):
            updates = {key: after[key] - before[key] for key in before} if UPDATES in needs else {}
        return StepState(
            step,
            self._by_layer(before if WEIGHTS in needs else {}),
            self._by_layer(gradients if GRADIENTS in needs else {}),
            self._by_layer(updates),
        )

    def _by_layer(self, values: Values) -> Arrays:
        found = {}
        for plan in self._plans:
            own = {} if plan.is_gone else {name: values.get(id(each.value)) for name, each in plan.parameters.items()}
            arrays = {
                name: np.array(canonical(plan.layer, name, each), order="C")
                for name, each in own.items()
                if each is not None
            }
            if arrays:
                found[plan.name] = arrays
        return found

    def _measure(self, draft: PassDraft[int], of: ParameterNumbers[int], values: Values) -> None:
        """Take the size of what belongs to each parameter, and how its values are spread."""
        if draft.has_norms:
            sizes = sizes_of(list(values.values()))
            of.norms = dict(zip(values, sizes.norms.tolist(), strict=True))
            hit = [key for key, count in zip(values, sizes.not_finite, strict=True) if count]
            of.not_finite = {key: not_finite(values[key]) for key in hit}
        if self._has_histograms and draft.has_histograms:
            total = sum(array.size for array in values.values())
            of.histograms = {
                key: spread_histogram(array, counting_step(array.shape, total)) for key, array in values.items()
            }

    def _put(self, draft: PassDraft[int], values: Values, kind: str) -> None:
        """Put what belongs to the parameters: ``value``, ``gradient`` or ``update``."""
        for plan, name, variable in self._recorded():
            array = values.get(id(variable.value))
            if array is None:
                continue
            record = draft.layers[plan.name]
            if plan.has_field(name):
                setattr(record, name + ENDINGS[kind], _kept(plan, name, array))
            else:
                setattr(record.parameters.setdefault(name, ParameterArrays()), kind, _kept(plan, name, array))

    def _put_states(self, draft: PassDraft[int], optimizers: list[Any]) -> None:
        """Put what the optimizers hold for each value of a parameter."""
        known = [(id(each), len(each.variables)) for each in optimizers]
        if known != self._states[0]:  # an optimizer makes them once
            states, left_out = states_of(optimizers)
            self._states = known, states
            if left_out:
                self._guard.remark(states_left_out(dict.fromkeys(left_out, OTHER_SHAPE)))
        states = self._states[1]
        for plan, name, variable in self._recorded():
            for state, held_in in states.get(id(variable.value), {}).items():
                of_parameter = draft.layers[plan.name].moments.setdefault(name, {})
                of_parameter[state] = _kept(plan, name, as_array(read(held_in)))  # type: ignore[assignment]

    def _recorded(self) -> Iterator[tuple[LayerPlan, str, Any]]:
        for plan in self._plans:
            for name, variable in plan.parameters.items() if not plan.is_gone else ():
                if name not in plan.not_recorded:
                    yield plan, name, variable


def _kept(plan: LayerPlan, name: str, array: np.ndarray) -> np.ndarray:
    """What is kept of an array as large as a parameter. It may share the framework's memory; this does not."""
    return np.array(plan.reduced(name, array), order="C")


def arrays(tensors: Mapping[int, tf.Tensor]) -> Values:
    """The tensors as arrays that share their memory."""
    return {key: as_array(tensor) for key, tensor in tensors.items()}


def held(optimizers: Iterable[Any], lists: tuple[str, ...]) -> dict[int, Any]:
    """``id`` of TensorFlow's variable → the running average that one of the optimizers holds for it."""
    found: dict[int, Any] = {}
    for optimizer in map(inner, optimizers):
        averages: list[Any] = next((each for name in lists if (each := getattr(optimizer, name, None))), [])
        known = getattr(optimizer, "_trainable_variables", [])
        if len(averages) == len(known):
            pairs = zip(known, averages, strict=True)
            found |= {id(each.value): average for each, average in pairs if average is not None}
    return found


def moments(optimizers: Iterable[Any], layers: Mapping[str, list[int]]) -> dict[str, float]:
    """The sizes of what the optimizers hold, by layer; see `collector.metrics.moments.layer_moments`.

    Keras's momentum has the sign and the size of the update, PyTorch's those of the gradient.
    """
    known = {key for keys in layers.values() for key in keys}
    first = {key: to_numpy(read(each)) for key, each in held(optimizers, FIRST_MOMENTS).items() if key in known}
    second = {key: to_numpy(read(each)) for key, each in held(optimizers, SECOND_MOMENTS).items() if key in known}
    return layer_moments(
        {key: norm(values) for key, values in first.items()},
        {key: float(values.sum(dtype=np.float64)) for key, values in second.items()},
        {key: values.size for key, values in second.items()},
        layers,
    )
