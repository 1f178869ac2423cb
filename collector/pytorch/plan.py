"""The unit plan of a PyTorch model: its layers in order of execution, who reads whom, and which units are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import torch
from torch import Tensor, nn

from collector.capture import layer_plan
from collector.capture.missing import activation_absence, edges_absence, holder_kind
from collector.capture.network_output import Output, are_many, kept_positions
from collector.capture.parameter_axes import Axis
from collector.capture.sequences import attention_of
from collector.capture.units import MOST_INPUTS, Units, choose_units, units_of_stages
from collector.capture.wording import listed
from collector.pytorch.expert_choices import ExpertChoice, holds_experts
from collector.pytorch.layers import (
    INPUT,
    STAGES,
    TRANSPOSED,
    class_of,
    layers_of,
    n_units,
    parameters_of,
    unit_axis,
)
from collector.pytorch.module_options import module_options
from collector.pytorch.modules import is_within, modules_of
from collector.pytorch.origins import Origin
from collector.pytorch.parameter_plan import (
    axes_of_parameters,
    fused_axis,
    known_inputs,
    mark_experts,
    n_fused,
    parted_units,
)
from collector.pytorch.trace import Call
from collector.pytorch.weight_form import WeightForm
from collector.storage.schema import Option

_WITHIN_SCRIPT = "it is a compiled script of torch.jit, which nobody can look into while it runs"

MOST_READ = 64
"""What has added up from more layers is not told as edges from each of them."""

MOST_OUTPUT = 2**24
"""Of a last layer that gives more values for the probe no more is computed at the passes than what is kept; of one
that gives logits of tokens, fewer are enough for that where no loss is computed of all of them; see `are_many`."""


@dataclass(kw_only=True)
class LayerPlan(layer_plan.LayerPlan):
    """A PyTorch layer's plan."""

    module: nn.Module
    number_of_call: int | None = None
    """Of an activation that is called as a function, which of those calls in a run; see `functions`."""
    tensor: int = 0
    """See `Call`."""
    weight_form: WeightForm = ""
    """See `Call`."""
    choices: dict[int, ExpertChoice] = field(default_factory=dict)
    """See `Call`."""
    is_not_run: bool = False
    """Whether passes end before this layer: nothing of what it gives is kept."""
    cut: tuple[int, int] | None = None
    """Of what it is given ``[N, T, …]`` passes let it have so many first samples and positions only; None: all."""

    @property
    def kind(self) -> str:
        """Class name of the module."""
        return class_of(self.module).__name__

    @property
    def options(self) -> dict[str, Option]:
        """What the module was made with."""
        return module_options(self.module)

    @property
    def is_transposed(self) -> bool:
        """Whether the weight's first axis is the input's, as in transposed convolutions, and in the Conv1D of GPT-2."""
        return isinstance(self.module, TRANSPOSED) or self.weight_form == "in_out"

    @property
    def is_joining(self) -> bool:
        """Whether its weight joins units to units."""
        return isinstance(self.module, STAGES) or bool(self.weight_form)

    def has_field(self, name: str) -> bool:
        if name == "weight" and isinstance(self.module, TRANSPOSED) and self.module.groups > 1:
            return False
        return super().has_field(name)

    @property
    def has_maps(self) -> bool:
        """Whether its output is a picture for each unit."""
        return super().has_maps and self.unit_axis == 1

    @property
    def parameters(self) -> dict[str, Tensor]:
        """The module's own parameters by name, as they are now; none where it is gone."""
        return {} if self.is_gone else parameters_of(self.module)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name → shape of its parameters."""
        return {name: tuple(each.shape) for name, each in self.parameters.items()}

    def shape_of(self, name: str) -> tuple[int, ...]:
        return tuple(self.module._parameters[name].shape)  # type: ignore[union-attr]


def plan_layers(
    model: nn.Module, calls: Mapping[str, Call], cap: int, rule: str, *, no_calls: str = ""
) -> list[LayerPlan]:
    """The model's layers in order of execution and their unit plan.

    Args:
        calls: what `trace` saw.
        cap: units kept of each layer; 0 keeps all.
        rule: see `collector.capture.units`.
        no_calls: why there are no calls at all. The order is then that in which the layers were made.
    """
    layers = layers_of(model) | {name: call.like for name, call in calls.items() if call.like is not None}
    plans: dict[str, LayerPlan] = {}
    modules = modules_of(model)
    for name in _in_order(layers, calls):
        plans[name] = _alone(name, layers[name], calls.get(name), cap, rule)
    for plan in plans.values():
        call = calls.get(plan.name)
        if call is not None and call.holds is not None:
            plan.carry(plans[call.holds.stages[0]], call.holds.axis)
        if plan.is_joining:
            _join(plan, call, plans, cap, rule)
        _keep_parameters(plan, call, plans, modules, cap)
        within = _WITHIN_SCRIPT if isinstance(plan.module, torch.jit.ScriptModule) else ""
        plan.not_recorded |= activation_absence(call, no_calls or within, holder_kind(plan.name, layers, calls))
        _explain_parameters(plan)
    for plan in list(plans.values()):
        _name_experts(plan, plans)
    return list(plans.values())


def _in_order(layers: Mapping[str, nn.Module], calls: Mapping[str, Call]) -> list[str]:
    """The layers in order of execution.

    One that was not called stands behind that which was made before it, but never behind the network's last stage,
    which is its output.
    """
    names = sorted((name for name in layers if name in calls), key=lambda name: calls[name].order)
    last = next((name for name in reversed(names) if isinstance(layers[name], STAGES) or calls[name].weight_form), None)
    before = None
    for name in layers:
        if name not in calls:
            place = 0 if before is None else names.index(before) + 1
            names.insert(place if last is None else min(place, names.index(last)), name)
        before = name
    return names


def _alone(name: str, module: nn.Module, call: Call | None, cap: int, rule: str) -> LayerPlan:
    """A layer with units of its own."""
    shape = call.output_shape if call is not None and not call.problem else ()
    weight = parameters_of(module).get("weight")
    plan = LayerPlan(name=name, module=module, stage=name, units=choose_units(0, cap, rule), output_shape=shape)
    if call is not None:
        plan.number_of_call, plan.weight_form, plan.choices = call.number, call.weight_form, call.choices
        plan.tensor, plan.sample_axis = call.tensor, call.sample_axis
        plan.experts = max((each.n_experts for each in call.choices.values()), default=0)
    plan.unit_axis = len(shape) if plan.weight_form else unit_axis(module, 1 + len(shape), plan.sample_axis)
    total = n_units(module)
    if total is None or (shape and not isinstance(module, STAGES)):
        total = shape[plan.unit_axis - 1] if shape else len(weight) if weight is not None and weight.ndim == 1 else 0
    n_parts = n_fused(name, call) if rule == "spread" else 0
    plan.units = parted_units(total, n_parts, cap) if n_parts else choose_units(total, cap, rule)
    if call is not None and call.attends is not None:
        plan.attention = attention_of(*call.attends)
    return plan


def _join(plan: LayerPlan, call: Call | None, plans: Mapping[str, LayerPlan], cap: int, rule: str) -> None:
    """Join the units of a linear or convolutional layer to those that it reads, where they are known."""
    is_linear = isinstance(plan.module, nn.Linear) or bool(plan.weight_form)
    if plan.weight_form:
        n_inputs = plan.parameters["weight"].shape[plan.weight_form == "out_in"]
    else:
        n_inputs = int(plan.module.in_features if is_linear else plan.module.in_channels)  # type: ignore[arg-type]
    n_groups = 1 if is_linear else int(plan.module.groups)  # type: ignore[arg-type]
    plan.inputs = choose_units(n_inputs // n_groups, cap, rule)
    origin = None if call is None else call.reads
    if n_groups > 1:
        plan.not_recorded["edges"] = f"in {n_groups} groups, each unit reads a part of the channels"
    elif call is None or origin is None or call.reads_differ:
        plan.not_recorded["edges"] = edges_absence(call)
    elif len(origin.stages) > MOST_READ:
        plan.not_recorded["edges"] = f"what it reads holds the units of {len(origin.stages)} layers"
    elif origin.stages == (INPUT,):
        plan.reads = [INPUT]
        plan.inputs = choose_units(n_inputs, MOST_INPUTS if is_linear and cap else cap, rule)
    elif (units := _units_of(origin, plans)) is not None and units.total * origin.block == n_inputs:
        plan.read(list(origin.stages), units, origin.block)
    else:
        plan.not_recorded["edges"] = f"its {n_inputs} inputs are not the units of {listed(origin.stages)}"


def _units_of(origin: Origin, plans: Mapping[str, LayerPlan]) -> Units | None:
    units = {name: plan.units for name, plan in plans.items()}
    return units_of_stages(origin.stages, units, is_joined=origin.is_joined)


def _keep_parameters(
    plan: LayerPlan, call: Call | None, plans: Mapping[str, LayerPlan], modules: Mapping[str, nn.Module], cap: int
) -> None:
    """Plan what is kept of the parameters that have no field of their own."""
    own = plan.parameters
    others = {name: each for name, each in own.items() if not plan.has_field(name) and not each.is_complex()}
    if others:
        units = {name: each.units for name, each in plans.items()}
        inputs = known_inputs(call, units, _n_read(others), cap)
        axes = axes_of_parameters(plan.name, plan.module, plan.units, inputs, call, cap)
        plan.kept_parameters = {name: axes[name] for name in others}
    is_fused = call is not None and n_fused(plan.name, call) and plan.units.rule == "spread"
    if call is not None and is_fused and plan.inputs is not None and "weight" in own:
        rows = fused_axis(plan.units, call, plan.name, modules)
        columns = Axis(plan.inputs.total * plan.input_block, plan.input_columns)
        plan.kept_parameters |= {"weight": [rows, columns]} | ({"bias": [rows]} if "bias" in own else {})


def _n_read(parameters: Mapping[str, Tensor]) -> int:
    """Features that a recurrent layer is given."""
    first = next((each for name, each in parameters.items() if name.startswith("weight_ih")), None)
    return 0 if first is None else first.shape[1]


def _explain_parameters(plan: LayerPlan) -> None:
    """Say of each parameter that will not be recorded why."""
    if isinstance(plan.module, STAGES) and "weight" not in plan.parameters:
        plan.not_recorded["weight"] = "it is computed from other parameters"
    for name, each in plan.parameters.items():
        problem = "its numbers are complex" if each.is_complex() else ""
        plan.explain_parameter(name, problem, is_trained=each.requires_grad)


def _name_experts(plan: LayerPlan, plans: Mapping[str, LayerPlan]) -> None:
    """Name the experts in the parameters that the router's module holds."""
    for choice in plan.choices.values():
        for other in plans.values():
            if is_within(other.name, choice.place) and holds_experts(other.module, choice.n_experts):
                mark_experts(other.kept_parameters, choice)


def is_too_large(n_values: int) -> bool:
    """Whether a last layer that gives so many values for the probe is not run as a whole at passes."""
    return n_values > MOST_OUTPUT


def leave_out_last(
    plans: list[LayerPlan], calls: Mapping[str, Call], n_samples: int, main: Output | None, *, has_loss: bool = False
) -> None:
    """Let passes end before the network's last layer, or give it some positions only, where its output is large.

    All that would be kept of it is the mean activation, and of tokens the logits of some positions.

    Args:
        main: what is kept of the network's output.
        has_loss: whether a loss of the output is to be computed.
    """
    last = max(plans, key=lambda plan: calls[plan.name].order if plan.name in calls else -1, default=None)
    if last is None or last.name not in calls or not last.is_joining:
        return
    if calls[last.name].times > 1 or (main is not None and main.form != "tokens"):
        return
    n_values = n_samples * prod(last.output_shape)
    is_of_tokens = main is not None and main.shape[1:] == tuple(last.output_shape)
    if main is not None and is_of_tokens and (is_too_large(n_values) or (are_many(main.shape) and not has_loss)):
        last.cut = kept_positions(main.shape)
        told = "passes give it {:,} samples and {:,} positions".format(*last.cut)
    elif is_too_large(n_values):
        last.is_not_run = True
        told = "passes end before it"
    else:
        return
    last.not_recorded["activation"] = f"for the probe it gives {n_values:,} numbers, and {told}"
