"""The probe: how the file describes it, and the model run on it inside one graph."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.fact_names import ACTIVATIONS
from collector.capture.feature_maps import choose_maps
from collector.capture.network_output import NetworkOutput
from collector.capture.not_finite import ACTIVATION
from collector.capture.pass_draft import PassDraft
from collector.capture.sequences import choose_sequences
from collector.capture.targets import Targets
from collector.keras.attention import attention_tensors, put_attention
from collector.keras.building import build
from collector.keras.dead_units import useless_units
from collector.keras.flow_tracing import FlowTracing
from collector.keras.forward import Forward
from collector.keras.layers import layers_of
from collector.keras.network_output import OutputRecorder
from collector.keras.output_graph import OutputGraph, output_graph
from collector.keras.plan import LayerPlan, plan_layers
from collector.keras.preserved_state import StatePreservingFunction, why_not_run
from collector.keras.probe_losses import ProbeLosses
from collector.keras.samples import Samples, shown
from collector.keras.tensors import to_numpy
from collector.keras.trace import Call, watch
from collector.storage import schema


def describe_probe(
    samples: Samples,
    targets: Targets,
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> schema.Probe:
    """The probe as the header holds it: the first input; pictures ``[N, C, H, W]``, wherever the model has channels."""
    return schema.Probe(
        inputs=np.ascontiguousarray(channels_first(shown(samples.first)), np.float32),  # type: ignore[arg-type]
        whole_numbers=samples.first.dtype.kind == "i",  # those of pixels have no sign
        labels=targets.classes,  # type: ignore[arg-type]
        targets=None if targets.kept is None else channels_first(targets.kept),  # type: ignore[arg-type]
        n_inputs=len(samples.named),
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
        forward: runs the model.
        maps: of which layers feature maps are kept and of how many samples, see `collector.capture.feature_maps`.
        losses: computes those of the samples; None: there are none.

    Attributes:
        plans: its layers and their unit plan.
        problem: why the model could not run on the probe; empty where it could.
        flow: what the data of the probe pass on their way; None where that is not known.
        flow_problem: why it is not known; empty where it is, and without a probe.
        way: what lies in front of the model's one output; None where that is not known.
        unbuilt: what of the model is not recorded because its parameters are not made yet, in a sentence.
    """

    def __init__(
        self,
        forward: Forward,
        samples: Samples | None,
        cap: int,
        rule: str,
        maps: tuple[str, int | None],
        targets: Targets | None = None,
        kind: str = "",
        losses: ProbeLosses | None = None,
    ) -> None:
        self._forward = forward
        self._losses = losses
        self._output: OutputRecorder | None = None
        if samples is not None:
            shape = channels_first(shown(samples.first)).shape
            self._output = OutputRecorder(samples, shape, targets or Targets(), kind)
        self._samples = samples
        self._inputs = None if samples is None else samples.tensors()
        self._function: StatePreservingFunction | None = None
        self.problem = ""
        self.flow: list[schema.FlowNode] | None = None
        self.flow_problem = ""
        self.way: OutputGraph | None = None
        self.unbuilt = self._build(samples)
        self._layers = layers_of(forward.model)
        self.plans: list[LayerPlan] = []
        if samples is not None and not self.problem:
            self._trace(samples, cap, rule, maps)
        if self._function is None:
            self.plans = plan_layers(self._layers, {}, (), cap, rule, self.problem or "there is no probe")

    def _build(self, samples: Samples | None) -> str:
        try:
            return build(self._forward, samples)
        except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without a probe
            self.problem = why_not_run(error, "the probe", self._forward)
            return ""

    def _trace(self, samples: Samples, cap: int, rule: str, kept_maps: tuple[str, int | None]) -> None:
        shape, main = samples.first.shape, samples.main

        def run(inputs: Any) -> Any:
            with FlowTracing(self._forward, inputs) as flow:
                calls, output = watch(flow.forward, self._layers, inputs, main)
            self.flow, self.flow_problem = flow.nodes, flow.problem
            self.plans = plan_layers(self._layers, calls, shape[1:], cap, rule, "")
            choose_maps(self.plans, kept_maps[0], shape[0], kept_maps[1])
            choose_sequences(self.plans, kept_maps[0], shape[0], kept_maps[1])
            self.way = self._way(output)
            return self._probe_outputs(calls, output)

        self._make(run, samples)
        self._keep_used(cap)

    def _keep_used(self, cap: int) -> None:
        """Of embeddings keep what the probe uses, which a run on it tells."""
        embeddings = [plan for plan in self.plans if isinstance(plan.layer, keras.layers.Embedding)]
        if self._function is None or not embeddings:
            return
        *_, rows = self._function(self._inputs)
        for plan in embeddings:
            if plan.name in rows:
                numbers = np.clip(rows[plan.name].numpy().astype(np.int64), 0, plan.layer.input_dim - 1)
                plan.keep_used(np.bincount(numbers.ravel(), minlength=plan.layer.input_dim), cap)

    def _way(self, output: Any) -> OutputGraph | None:
        variables = [(plan.name, each) for plan in self.plans for each in plan.parameters.values()]
        layers = {id(each.value.handle): name for name, each in reversed(variables)}
        try:
            return output_graph(output, layers) if tf.is_tensor(output) else None
        except Exception:  # noqa: BLE001 - an error of ours must not look like one of the model
            return None

    def look_again(self) -> None:
        """Layers were replaced: what is still there of the plans is followed in the model as it is now."""
        samples = self._samples
        self._function, self.problem = None, ""
        if samples is None:
            return
        self._layers = {plan.name: plan.layer for plan in self.plans if not plan.is_gone}

        def run(inputs: Any) -> Any:
            calls, output = watch(self._forward, self._layers, inputs, samples.main)
            for plan in self.plans:
                call = calls.get(plan.name)
                if not plan.is_gone and (call is None or call.output_shape != plan.output_shape):
                    plan.not_recorded.setdefault("activation", "it gives another output since layers were replaced")
            return self._probe_outputs(calls, output)

        self._make(run, samples)

    def _probe_outputs(self, calls: Mapping[str, Call], output: Any) -> Any:
        """Means over positions, maps, dead units, numbers that are none, and logits, as tensors of the graph."""
        means, maps, sequences, useless, not_finite, sizes, attention = {}, {}, {}, {}, {}, {}, {}
        rows = {name: call.rows for name, call in calls.items() if call.rows is not None}
        for plan in self.plans:
            call = calls.get(plan.name)
            if call is not None and call.scores is not None and "attention" not in plan.not_recorded:
                attention[plan.name] = attention_tensors(call.scores, plan)
            if "activation" not in plan.not_recorded:
                tensor = tf.cast(calls[plan.name].output, tf.float32)
                positions = [axis for axis in range(1, len(tensor.shape)) if axis != plan.unit_axis]
                means[plan.name] = tf.reduce_mean(tensor, positions) if positions else tf.identity(tensor)
                if plan.n_mapped:
                    maps[plan.name] = tf.identity(tensor[: plan.n_mapped])
                if plan.sequence is not None:
                    by_step = tensor if plan.unit_axis == 2 else tf.transpose(tensor, (0, 2, 1))
                    sequences[plan.name] = tf.gather(by_step[: plan.n_sequences], plan.sequence.kept, axis=1)
                for metric, flags in useless_units(plan.layer, tensor, plan.unit_axis).items():
                    useless[f"{metric}/{plan.name}"] = flags
                not_finite[plan.name] = tf.math.count_nonzero(~tf.math.is_finite(tensor))
                sizes[plan.name] = _sizes(tensor)
        given = {} if self._output is None else self._output.tensors(output)
        losses = self.losses_of(output)
        return means, maps, sequences, useless, not_finite, sizes, given, losses, attention, rows

    def losses_of(self, output: Any) -> dict[str, tf.Tensor]:
        """See `ProbeLosses.tensors`; nothing where there are no losses."""
        return {} if self._losses is None or self._samples is None else self._losses.tensors(output, len(self._samples))

    @property
    def is_idle(self) -> bool:
        """Whether there is no probe that the model runs on."""
        return self._function is None

    @property
    def layers(self) -> Mapping[str, Any]:
        """Name → layer, as they are now: another mapping when layers were replaced."""
        return self._layers

    def further_run(self, take: Callable[[Mapping[str, Call], Any], Any]) -> Callable[[], Any] | None:
        """A run on the probe that gives something else; None where the model does not run on it.

        Args:
            take: what it is to give, as tensors, of the calls of layers and of the model's output.

        Raises:
            Exception: whatever the model raises.
        """
        samples, inputs = self._samples, self._inputs
        if samples is None or self._function is None:
            return None

        def run(given: Any) -> Any:
            return take(*watch(self._forward, self._layers, given, samples.main))

        function = StatePreservingFunction(self._forward, run, samples.specs())
        return lambda: function(inputs)

    @property
    def chosen(self) -> NetworkOutput:
        """What is kept of the output."""
        return NetworkOutput(None) if self._output is None else self._output.chosen

    def _make(self, run: Callable[[Any], Any], samples: Samples) -> None:
        try:
            self._function = StatePreservingFunction(self._forward, run, samples.specs())
        except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without a probe
            self.problem = why_not_run(error, "the probe", self._forward)

    def take(self, draft: PassDraft) -> None:
        """Put into a pass what the probe makes of the model: activations, maps, sequences, logits, and what is dead.

        Where the model ends in a softmax, the logits ``[N, K]`` are what that softmax was given. Fractions of dead
        units are scalars, as ``dead_fraction/relu1``.
        """
        if self._function is None:
            return
        records = draft.layers
        means, maps, sequences, useless, not_finite, sizes, given, losses, attention, _ = self._function(self._inputs)
        for plan in self.plans:
            record = records[plan.name]
            if plan.name in means:
                record.activation = _own(plan.units.reduce(to_numpy(means[plan.name]), 1))  # type: ignore[assignment]
            if plan.name in maps:
                by_unit = np.moveaxis(to_numpy(maps[plan.name]), plan.unit_axis, 1)
                with np.errstate(over="ignore"):
                    half = np.ascontiguousarray(plan.units.reduce(by_unit, 1).astype(np.float16))
                record.feature_maps = half  # type: ignore[assignment]
            if plan.name in sequences:
                with np.errstate(over="ignore"):
                    half = plan.units.reduce(to_numpy(sequences[plan.name]), 2).astype(np.float16)
                record.sequence = half  # type: ignore[assignment]
        for name, flags in useless.items():
            metric, _, layer = name.partition("/")
            draft.put_unit_states(metric, layer, flags.numpy())
        for layer, own in sizes.items():
            figures = to_numpy(own).tolist()
            draft.scalars |= {f"{metric}/{layer}": each for metric, each in zip(ACTIVATIONS, figures, strict=True)}
        for layer, found in attention.items():
            if found:
                put_attention(draft, layer, found)
        counts = {plan.name: int(not_finite[plan.name]) for plan in self.plans if plan.name in not_finite}
        draft.not_finite[ACTIVATION] = counts
        if self._output is not None:
            self._output.put(draft, given)
        if self._losses is not None:
            self._losses.put(draft, losses)


def _sizes(tensor: tf.Tensor) -> tf.Tensor:
    """`ACTIVATIONS` of all values of a tensor."""
    mean = tf.reduce_mean(tensor)
    deviation = tf.sqrt(tf.reduce_mean(tf.math.squared_difference(tensor, mean)))
    return tf.stack((mean, deviation, tf.reduce_max(tf.abs(tensor))))


def _own(array: np.ndarray) -> np.ndarray:
    """The array in memory that no tensor shares."""
    return array if array.flags.owndata and array.flags.c_contiguous else np.array(array, order="C")
