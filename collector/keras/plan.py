"""The unit plan of a Keras model: its layers in order of execution, who reads whom, and which units are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import keras
import numpy as np

from collector.capture import layer_plan
from collector.capture.missing import activation_absence, edges_absence
from collector.capture.parameter_axes import Axis, KnownUnits, reduce_axes, rows_by_use
from collector.capture.sequences import attention_of
from collector.capture.units import MOST_INPUTS, Units, choose_units, reduce_weight, units_of_stages
from collector.keras.einsum import einsum_form
from collector.keras.layer_options import layer_options
from collector.keras.layers import (
    DEPTHWISE,
    INPUT,
    canonical,
    canonical_shape,
    cell_of,
    is_stage,
    parameters_of,
    unit_axis,
)
from collector.keras.origins import Origin
from collector.keras.parameter_plan import axes_of_parameters
from collector.keras.tensors import is_real
from collector.keras.trace import Call
from collector.storage import schema


@dataclass(kw_only=True)
class LayerPlan(layer_plan.LayerPlan):
    """A Keras layer's plan."""

    layer: Any
    n_interleaved: int = 0
    """Channels that lie together at each position of a flattened input; 0: those of one unit lie together."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """The layer's own variables by their name in the file."""

    @cached_property
    def variables(self) -> dict[int, Any]:
        """``id`` of TensorFlow's variable → that, of those of its parameters that hold real numbers."""
        return {id(each.value): each.value for each in self.parameters.values() if is_real(each)}

    @property
    def kind(self) -> str:
        """Class name of the layer."""
        return type(self.layer).__name__

    @property
    def options(self) -> dict[str, schema.Option]:
        """What the layer was made with."""
        return layer_options(self.layer)

    @cached_property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name → shape of its parameters, as PyTorch has them."""
        return {name: canonical_shape(self.layer, name, tuple(each.shape)) for name, each in self.parameters.items()}

    @property
    def shape_by_units(self) -> tuple[int, ...]:
        """The output's shape for one sample with the units first, as the file has it."""
        axis = self.unit_axis - 1
        shape = self.output_shape
        return (shape[axis], *shape[:axis], *shape[axis + 1 :]) if shape else ()

    def reduced(self, name: str, array: np.ndarray) -> np.ndarray:
        """A parameter, or what belongs to it, as the file has it: in its axes and under the unit plan."""
        array = canonical(self.layer, name, array)
        if not self.has_field(name):
            return reduce_axes(array, self.kept_parameters[name])
        if array.ndim == 1 or self.inputs is None:
            return self.units.reduce(array, 0)
        if self.n_interleaved:
            array = self.units.reduce(array, 0)
            rows = len(array)
            array = array.reshape(rows, -1, self.n_interleaved).swapaxes(1, 2).reshape(rows, -1)
            return reduce_weight(array, _all(rows), self.inputs, self.input_block)
        return reduce_weight(array, self.units, self.inputs, self.input_block)

    def keep_used(self, counts: np.ndarray, cap: int) -> None:
        """Keep those rows of an embedding that the probe uses most, and others evenly spread.

        Args:
            counts: how often it uses each, int ``[rows]``.
            cap: `neuron_cap`.
        """
        for name in self.kept_parameters.keys() & {"weight", "lora_embeddings_a"}:
            self.kept_parameters[name][0] = Axis(len(counts), rows_by_use(counts, cap))


def _all(total: int) -> Units:
    return Units(total, np.arange(total))


def plan_layers(
    layers: Mapping[str, Any],
    calls: Mapping[str, Call],
    input_shape: tuple[int, ...],
    cap: int,
    rule: str,
    no_calls: str,
) -> list[LayerPlan]:
    """The model's layers in order of execution and their unit plan.

    Args:
        layers: name → layer.
        calls: what `watch` saw, in order.
        input_shape: of one sample of the probe.
        cap: units kept of each layer; 0 keeps all.
        rule: see `collector.capture.units`.
        no_calls: why there are no calls at all. The order is then that in which the model holds the layers.
    """
    layers = {**layers, **{name: call.like for name, call in calls.items() if call.like is not None}}
    names = [*calls, *(name for name in layers if name not in calls)]
    plans = {name: _alone(name, layers[name], calls.get(name), cap, rule) for name in names}
    for plan in plans.values():
        call = calls.get(plan.name)
        if call is not None and call.holds is not None:
            plan.carry(plans[call.holds.stages[0]], call.holds.axis)
        if is_stage(plan.layer):
            _join(plan, call, plans, input_shape, cap, rule)
        _keep_parameters(plan, call, plans, input_shape, cap)
        if call is not None and call.scores is not None:
            plan.attention = attention_of(*call.scores.shape[1:])
        plan.not_recorded |= activation_absence(call, no_calls)
        if call is not None and call.more and not call.problem:
            plan.not_recorded["further outputs"] = f"it gives {1 + call.more}; the first one is recorded"
        _explain_parameters(plan)
    return list(plans.values())


def _alone(name: str, layer: Any, call: Call | None, cap: int, rule: str) -> LayerPlan:
    """A layer with units of its own."""
    shape = call.output_shape if call is not None else ()
    axis = unit_axis(layer, 1 + len(shape))
    parameters = parameters_of(layer)
    weight, cell = parameters.get("weight"), cell_of(layer)
    if is_stage(layer) and weight is not None:
        total = canonical_shape(layer, "weight", tuple(weight.shape))[0]
    elif shape:
        total = shape[axis - 1]
    elif cell is not None:
        total = int(getattr(cell, "units", None) or getattr(cell, "filters", None) or 0)
    else:
        total = weight.shape[0] if weight is not None and len(weight.shape) == 1 else 0
    units = choose_units(total, cap, rule)
    return LayerPlan(
        name=name, layer=layer, stage=name, units=units, unit_axis=axis, output_shape=shape, parameters=parameters
    )


def _join(
    plan: LayerPlan,
    call: Call | None,
    plans: Mapping[str, LayerPlan],
    input_shape: tuple[int, ...],
    cap: int,
    rule: str,
) -> None:
    """Join the units of a dense or convolutional layer to those that it reads, where they are known."""
    weight = plan.parameters.get("weight")
    if weight is None:
        return
    is_dense = isinstance(plan.layer, keras.layers.Dense | keras.layers.EinsumDense)
    n_inputs = canonical_shape(plan.layer, "weight", tuple(weight.shape))[1]
    is_grouped = isinstance(plan.layer, DEPTHWISE) or getattr(plan.layer, "groups", 1) > 1
    plan.inputs = choose_units(n_inputs, cap, rule)
    origin = None if call is None else call.reads
    if is_grouped:
        plan.not_recorded["edges"] = "in groups: each unit reads a part of the channels"
    elif call is None or origin is None or call.reads_differ:
        plan.not_recorded["edges"] = edges_absence(call)
    elif origin.stages == (INPUT,):
        plan.reads = [INPUT]
        plan.inputs = choose_units(n_inputs, MOST_INPUTS if is_dense and cap else cap, rule)
        plan.n_interleaved = _together(origin, input_shape[-1])
    elif origin.stages[0].startswith(f"{INPUT}."):
        plan.not_recorded["edges"] = f"it reads {origin.stages[0]}; of several inputs only the first is in the file"
    elif (units := _units_of(origin, plans)) is not None and units.total * origin.block == n_inputs:
        plan.read(list(origin.stages), units, origin.block)
        plan.n_interleaved = _together(origin, units.total)
    else:
        plan.not_recorded["edges"] = f"its {n_inputs} inputs are not the units of {', '.join(origin.stages)}"


def _keep_parameters(
    plan: LayerPlan, call: Call | None, plans: Mapping[str, LayerPlan], input_shape: tuple[int, ...], cap: int
) -> None:
    """Plan what is kept of parameters that have no field of their own, and tell the heads of those that have one."""
    shapes = plan.parameter_shapes
    others = {
        name: shape for name, shape in shapes.items() if not plan.has_field(name) and is_real(plan.parameters[name])
    }
    if others:
        units = KnownUnits(plan.units, plan.name)
        inputs = _known_inputs(plan, call, plans, input_shape, cap)
        plan.kept_parameters = axes_of_parameters(plan.layer, others, units, inputs, cap)
    form = einsum_form(plan.layer)
    if form is not None and (form.unit_heads or form.input_heads) and plan.inputs is not None:
        rows = Axis(form.n_units, plan.units.kept, heads=form.unit_heads, units_of=plan.name)
        columns = Axis(form.n_inputs, plan.input_columns, heads=form.input_heads)
        plan.kept_parameters |= {"weight": [rows, columns]} | ({"bias": [rows]} if "bias" in shapes else {})


def _known_inputs(
    plan: LayerPlan, call: Call | None, plans: Mapping[str, LayerPlan], input_shape: tuple[int, ...], cap: int
) -> KnownUnits | None:
    """The units along the last axis of what a layer is given, one position each; None where they are not known."""
    origin = None if call is None or call.reads_differ else call.reads
    if origin is None or len(origin.stages) != 1 or origin.block > 1:
        return None
    stage = origin.stages[0]
    if stage == INPUT:
        return KnownUnits(choose_units(input_shape[-1], cap), INPUT)
    return KnownUnits(plans[stage].units, stage) if stage in plans else None


def _together(origin: Origin, channels: int) -> int:
    return channels if origin.is_interleaved and origin.block > 1 and channels > 1 else 0


def _units_of(origin: Origin, plans: Mapping[str, LayerPlan]) -> Units | None:
    units = {name: plan.units for name, plan in plans.items()}
    return units_of_stages(origin.stages, units, is_joined=origin.is_joined)


def _explain_parameters(plan: LayerPlan) -> None:
    """Say of each parameter that will not be recorded why."""
    for name, each in plan.parameters.items():
        problem = "" if is_real(each) else f"its numbers are of type {each.dtype}"
        plan.explain_parameter(name, problem, is_trained=bool(each.trainable))
