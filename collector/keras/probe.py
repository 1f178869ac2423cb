"""The probe: what a user gives, and the model run on it inside one graph."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.keras.flow_tracing import FlowTracing
from collector.keras.idle_units import idle_fractions
from collector.keras.layers import layers_of
from collector.keras.plan import LayerPlan, choose_maps, plan_layers
from collector.keras.tensors import to_numpy
from collector.keras.trace import logits, watch
from collector.keras.unseen import unseen
from collector.storage import schema
from collector.storage.schema import LayerRecord

_HOW = "give it as (inputs, labels), or (inputs, None): inputs one array [N, …], labels class numbers [N]"


def check_samples(given: Any, option: str = "probe") -> tuple[np.ndarray, np.ndarray | None]:
    """The probe's inputs and labels, or those of another option, in memory of their own.

    Raises:
        ValueError: it is something else than one array of samples and class numbers for them.
    """
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ValueError(f"{option} is of type {type(given).__name__}; {_HOW}")
    if isinstance(given[0], Mapping | tuple | list):
        raise ValueError(
            f"the inputs of {option} are of type {type(given[0]).__name__}; a model that takes several inputs cannot "
            f"have a probe yet. For any other, {_HOW}"
        )
    inputs = np.array(given[0])
    if inputs.ndim < 1 or len(inputs) == 0 or inputs.dtype.kind not in "fiub":
        raise ValueError(f"the inputs of {option} have shape {inputs.shape} and type {inputs.dtype}; {_HOW}")
    if given[1] is None:
        return inputs, None
    labels = np.array(given[1])
    if labels.dtype.kind not in "iu":
        raise ValueError(f"the labels of {option} are of type {labels.dtype}; {_HOW}")
    if labels.shape != inputs.shape[:1]:
        raise ValueError(f"{option} has {len(inputs)} samples, but labels of shape {labels.shape}; {_HOW}")
    return inputs, labels


def describe_probe(
    inputs: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> schema.Probe:
    """The probe as the header holds it: pictures ``[N, C, H, W]``, wherever the model has its channels."""
    return schema.Probe(
        inputs=np.ascontiguousarray(channels_first(inputs), np.float32),  # type: ignore[arg-type]
        labels=None if labels is None else labels.astype(np.int64),  # type: ignore[arg-type]
        class_names=[str(name) for name in class_names],
        mean=[float(each) for each in mean],
        std=[float(each) for each in std],
    )


def channels_first(inputs: np.ndarray) -> np.ndarray:
    """Samples that are pictures as ``[N, C, H, W]``, wherever the model has its channels; all others as they are."""
    is_last = inputs.ndim == 4 and keras.config.image_data_format() == "channels_last"
    return np.moveaxis(inputs, -1, 1) if is_last else inputs


class ProbeRun:
    """The model as it runs on the probe.

    Args:
        maps: of which layers feature maps are kept and of how many samples, see `collector.capture.feature_budget`.

    Attributes:
        plans: its layers and their unit plan.
        problem: why the model could not run on the probe; empty where it could.
        flow: what the data of the probe pass on their way; None where that is not known.
        flow_problem: why it is not known; empty where it is, and without a probe.
    """

    def __init__(
        self, model: keras.Model, inputs: np.ndarray | None, cap: int, rule: str, maps: tuple[str, int | None]
    ) -> None:
        self._model = model
        self._inputs = None if inputs is None else tf.constant(inputs)
        self._function: Callable[[tf.Tensor], Any] | None = None
        self.problem = ""
        self.flow: list[schema.FlowNode] | None = None
        self.flow_problem = ""
        self._layers = layers_of(model)
        self.plans: list[LayerPlan] = []
        if self._inputs is not None:
            self._trace(cap, rule, maps)
        if self._function is None:
            self.plans = plan_layers(self._layers, {}, (), cap, rule, self.problem or "there is no probe")

    def _trace(self, cap: int, rule: str, kept_maps: tuple[str, int | None]) -> None:
        shape = tuple(self._inputs.shape)  # type: ignore[union-attr]

        def run(inputs: tf.Tensor) -> Any:
            with FlowTracing(self._model, inputs) as flow:
                calls, output = watch(self._model, self._layers, inputs)
            self.flow, self.flow_problem = flow.nodes, flow.problem
            self.plans = plan_layers(self._layers, calls, shape[1:], cap, rule, "")
            choose_maps(self.plans, kept_maps[0], shape[0], kept_maps[1])
            means, maps, idle = {}, {}, {}
            for plan in self.plans:
                if "activation" not in plan.not_recorded:
                    tensor = tf.cast(calls[plan.name].output, tf.float32)
                    positions = [axis for axis in range(1, len(tensor.shape)) if axis != plan.unit_axis]
                    means[plan.name] = tf.reduce_mean(tensor, positions) if positions else tf.identity(tensor)
                    if plan.n_mapped:
                        maps[plan.name] = tf.identity(tensor[: plan.n_mapped])
                    for metric, fraction in idle_fractions(plan.layer, tensor, plan.unit_axis).items():
                        idle[f"{metric}/{plan.name}"] = fraction
            return means, maps, idle, logits(output, shape[0])

        try:
            # Only the graph is made here: nothing runs, so nothing moves.
            with unseen(self._model):
                function = tf.function(run, autograph=False)
                self._function = function.get_concrete_function(tf.TensorSpec(shape, self._inputs.dtype))  # type: ignore[union-attr]
        except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without a probe
            first_line = str(error).strip().partition("\n")[0]
            self.problem = f"the model could not run on the probe ({type(error).__name__}: {first_line})"

    def take(self, records: Mapping[str, LayerRecord]) -> tuple[np.ndarray | None, dict[str, float]]:
        """Put activations and feature maps into the records; the logits ``[N, K]``, and fractions of idle units.

        Where the model ends in a softmax, the logits are what that softmax was given. The fractions are under their
        names as scalars, as ``dead_fraction/relu1``.
        """
        if self._function is None:
            return None, {}
        with unseen(self._model):
            means, maps, idle, output = self._function(self._inputs)
        for plan in self.plans:
            record = records[plan.name]
            if plan.name in means:
                record.activation = _own(plan.units.reduce(to_numpy(means[plan.name]), 1))  # type: ignore[assignment]
            if plan.name in maps:
                by_unit = np.moveaxis(to_numpy(maps[plan.name]), plan.unit_axis, 1)
                with np.errstate(over="ignore"):
                    half = np.ascontiguousarray(plan.units.reduce(by_unit, 1).astype(np.float16))
                record.feature_maps = half  # type: ignore[assignment]
        fractions = {name: float(to_numpy(fraction)) for name, fraction in idle.items()}
        return None if output is None else _own(to_numpy(output)), fractions


def _own(array: np.ndarray) -> np.ndarray:
    """The array in memory that no tensor shares."""
    return array if array.flags.owndata and array.flags.c_contiguous else np.array(array, order="C")
