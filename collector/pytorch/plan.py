"""What a PyTorch model is made of: its layers in order of execution, who reads whom, and the unit plan."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from collector.capture.units import MOST_INPUTS, Units, choose_units
from collector.pytorch.forward import Call, trace
from collector.storage import schema

STAGES = (
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
)
"""Modules that make units of their own and whose weight joins units to units."""

INPUT = "input"


@dataclass
class LayerPlan:
    """One layer of the model and how its arrays are reduced."""

    name: str
    module: nn.Module
    stage: str
    units: Units
    unit_axis: int = 1
    """The axis of the output, sample axis included, along which the units lie."""
    reads: list[str] = field(default_factory=list)
    inputs: Units | None = None
    input_block: int = 1
    output_shape: tuple[int, ...] = ()
    has_maps: bool = False
    """Whether this is the last layer of a convolutional stage, whose feature maps are kept."""
    not_recorded: dict[str, str] = field(default_factory=dict)

    @property
    def is_transposed(self) -> bool:
        """Whether the weight's first axis is the input's, as in transposed convolutions."""
        return isinstance(self.module, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d)

    @property
    def parameters(self) -> dict[str, Tensor]:
        """The module's own parameters by name."""
        return {name: each for name, each in self.module._parameters.items() if each is not None}

    def to_schema(self) -> schema.Layer:
        """The layer as the header describes it."""
        return schema.Layer(
            name=self.name,
            kind=type(self.module).__name__,
            units=self.units.total,
            stage=self.stage,
            kept=self.units.kept,  # type: ignore[arg-type]
            reads=self.reads,
            input_units=self.inputs.total if self.inputs else 0,
            input_kept=self.inputs.kept if self.inputs else [],  # type: ignore[arg-type]
            input_block=self.input_block,
            output_shape=list(self.output_shape),
            parameters={name: list(each.shape) for name, each in self.parameters.items()},
            not_recorded=self.not_recorded,
        )


def plan_layers(model: nn.Module, inputs: Tensor | None, cap: int, rule: str) -> list[LayerPlan]:
    """The model's layers and their unit plan.

    Order, output shapes and connections come from one forward pass over ``inputs`` ``[N, …]``; without inputs, from
    the order in which the modules were made.
    """
    calls = {} if inputs is None else trace(model, inputs)
    # Layers in order of execution, those that were never called last.
    named = [(name, module) for name, module in model.named_modules() if is_layer(module)]
    named.sort(key=lambda each: calls[each[0]].order if each[0] in calls else len(calls))
    planner = _Planner(calls, cap, rule)
    for name, module in named:
        plan = planner.add(name, module)
        if inputs is None:
            plan.not_recorded["activation"] = "there is no probe"
        elif name not in calls:
            plan.not_recorded["activation"] = "the model did not call it in its forward pass"
        elif calls[name].times > 1:
            plan.not_recorded["earlier_calls"] = f"called {calls[name].times} times; the last one counts"
    _choose_maps(planner.plans)
    return list(planner.plans.values())


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer in Strobe's sense: it has parameters of its own, or is an activation."""
    has_parameters = any(parameter is not None for parameter in module._parameters.values())
    return has_parameters or type(module).__module__ == "torch.nn.modules.activation"


def makes_units(module: nn.Module) -> bool:
    """Whether the module's units are its own, and not those of a layer before it."""
    weight = module._parameters.get("weight")
    return (
        isinstance(module, STAGES) or (weight is not None and weight.ndim > 1) or "weight_ih_l0" in module._parameters
    )


class _Planner:
    """Plans one layer after the other, each knowing those before it."""

    def __init__(self, calls: dict[str, Call], cap: int, rule: str) -> None:
        self.plans: dict[str, LayerPlan] = {}
        self._calls = calls
        self._cap = cap
        self._rule = rule

    def add(self, name: str, module: nn.Module) -> LayerPlan:
        """The plan of the next layer."""
        if isinstance(module, STAGES):
            plan = self._joining(name, module)
        elif makes_units(module):
            plan = self._alone(name, module)
            plan.not_recorded["weight"] = f"{type(module).__name__} has no weight that joins units to units"
        else:
            plan = self._carrying(name, module)
        self.plans[name] = plan
        return plan

    def _choose(self, total: int) -> Units:
        return choose_units(int(total), self._cap, self._rule)

    def _output_shape(self, name: str) -> tuple[int, ...]:
        return self._calls[name].output_shape if name in self._calls else ()

    def _source(self, name: str) -> str:
        """The stage whose units reach a layer, `INPUT` where it is the network's input.

        Follows the tensors through modules that only pass units on; behind an operation that is no module, the
        layer before stands in.
        """
        call = self._calls.get(name)
        while call is not None:
            if call.reads == INPUT:
                return INPUT
            if call.reads in self.plans:
                return self.plans[call.reads].stage
            call = self._calls.get(call.reads)
        return next(reversed(self.plans.values())).stage if self.plans else INPUT

    def _joining(self, name: str, module: nn.Module) -> LayerPlan:
        """A linear or convolutional layer: its weight joins the units of its source to its own."""
        shape = self._output_shape(name)
        if isinstance(module, nn.Linear):
            total, n_inputs, axis, groups = module.out_features, module.in_features, max(len(shape), 1), 1
        else:
            total, n_inputs, axis, groups = module.out_channels, module.in_channels, 1, module.groups  # type: ignore[assignment]
        plan = LayerPlan(name, module, name, self._choose(total), axis, output_shape=shape)
        source = self._source(name)
        if groups > 1:
            plan.inputs = self._choose(n_inputs // groups)
            plan.not_recorded["edges"] = f"in {groups} groups, each unit reads a part of the channels"
        elif source == INPUT:
            is_linear = isinstance(module, nn.Linear)
            plan.reads = [INPUT]
            plan.inputs = choose_units(n_inputs, MOST_INPUTS if is_linear and self._cap else self._cap, self._rule)
        elif (units := self.plans[source].units).total and n_inputs % units.total == 0:
            plan.reads, plan.inputs, plan.input_block = [source], units, n_inputs // units.total
        else:
            plan.inputs = self._choose(n_inputs)
            plan.not_recorded["edges"] = f"its {n_inputs} inputs are not the {units.total} units of {source}"
        return plan

    def _alone(self, name: str, module: nn.Module) -> LayerPlan:
        """A layer with units of its own that no weight joins to others."""
        shape = self._output_shape(name)
        axis = 1 if len(shape) in (0, 1, 3, 4) else len(shape)
        total = shape[axis - 1] if shape else 0
        return LayerPlan(name, module, name, self._choose(total), axis, output_shape=shape)

    def _carrying(self, name: str, module: nn.Module) -> LayerPlan:
        """An activation or norm: it carries the units of the stage it reads."""
        shape = self._output_shape(name)
        source = self._source(name)
        weight = module._parameters.get("weight")
        length = None if weight is None else weight.numel()
        if source in self.plans:
            units = self.plans[source].units
            axis = 1 if len(shape) == 1 else self.plans[source].unit_axis
            has_units = not shape or (axis <= len(shape) and shape[axis - 1] == units.total)
            if has_units and length in (None, 1, units.total):
                plan = LayerPlan(name, module, source, units, axis, output_shape=shape)
                if length == 1 != units.total:
                    plan.not_recorded["weight"] = "one number for all units"
                return plan
        plan = self._alone(name, module)
        if plan.parameters and length != plan.units.total:
            plan.not_recorded["weight"] = "its units are not those of a layer before it"
        return plan


def _choose_maps(plans: dict[str, LayerPlan]) -> None:
    last: dict[str, LayerPlan] = {}
    for plan in plans.values():
        if len(plan.output_shape) == 3 and plan.unit_axis == 1:
            last[plan.stage] = plan
    for plan in last.values():
        plan.has_maps = True


def n_map_values(plans: list[LayerPlan]) -> int:
    """Values of the kept feature maps of one sample."""
    return sum(len(plan.units.kept) * plan.output_shape[1] * plan.output_shape[2] for plan in plans if plan.has_maps)


def device_of(model: nn.Module) -> torch.device:
    """Where the model's first parameter is."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
