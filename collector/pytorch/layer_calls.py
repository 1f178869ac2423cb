"""A layer's part in one run of a model: what it read, what it gave, and whose units that holds."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import Tensor, nn

from collector.pytorch.expert_choices import ExpertChoice
from collector.pytorch.layers import CONVOLUTIONS, INPUT, unit_axis
from collector.pytorch.origin_tracing import OriginTracing, Split
from collector.pytorch.origins import Origin
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import shape_of, tensors_in
from collector.pytorch.weight_form import WeightForm


@dataclass
class Call:
    """A layer's part in the pass; of several calls the last one."""

    order: int
    reads: Origin | None
    """What it was given, where that is known and its weight fits that axis."""
    holds: Origin | None
    """What its output holds: units of its own, or of the stage that it carries on."""
    output_shape: tuple[int, ...] = ()
    """Without the sample axis."""
    tensor: int = 0
    """Number of the activation among the tensors that it gives."""
    sample_axis: int = 0
    """Of the activation as it is given."""
    weight_form: WeightForm = ""
    """Whether it multiplies what it reads with its weight; not asked of linear layers and convolutions."""
    split: Split | None = None
    """How its units were taken apart."""
    rows_used: np.ndarray | None = None
    """Of an embedding how often each row was used, int ``[rows]``."""
    choices: dict[int, ExpertChoice] = field(default_factory=dict)
    """Number of a call of `ChoosingCalls` → the experts that were chosen from what this layer gave."""
    problem: str = ""
    """Why its output is no activation ``[N, …]``."""
    times: int = 1
    reads_differ: bool = False
    """Whether it was given something else at an earlier call."""
    like: nn.Module | None = None
    """Of an activation that is called as a function, a module that does the same; of what only attends, itself."""
    number: int | None = None
    """Which of the calls of such functions it was."""
    attends: tuple[int, int, int] | None = None
    """Heads, queries and keys of the attention that its own code computes; of several the last one's."""


def readable(module: nn.Module, given: Tensor, origin: Origin | None) -> Origin | None:
    """The origin, if the axis that the module's weight reads is the one along which the units lie."""
    if origin is None or origin.stages == (INPUT,):
        return origin
    axis = 1 if isinstance(module, CONVOLUTIONS) else given.ndim - 1
    return origin if origin.axis == axis else None


def held(name: str, module: nn.Module, output: Tensor, carried: Origin | None, call: Call, *, is_stage: bool) -> Origin:
    """A layer that only passes on the units of one stage carries them; any other has units of its own."""
    if not is_stage and carried is not None:
        is_one_stage = len(carried.stages) == 1 and carried.stages != (INPUT,)
        if is_one_stage and carried.block == 1:
            return carried
    axis = output.ndim - 1 if call.weight_form else unit_axis(module, output.ndim, call.sample_axis)
    return Origin((name,), axis)


def held_by_part(holds: Origin | None, module: nn.Module, part: Tensor, made: Tensor | None) -> Origin | None:
    """What one of the tensors holds that a layer gives: the states of a recurrent layer are its units, too."""
    if holds is None or part is made:
        return holds
    is_last_state = isinstance(module, nn.RNNCellBase) or (
        isinstance(module, nn.RNNBase) and module.num_layers == 1 and not module.bidirectional and not module.proj_size
    )
    return Origin(holds.stages, part.ndim - 1) if is_last_state else None


def see_output(call: Call, output: Any, place: object, inputs: Samples, origins: OriginTracing) -> Tensor | None:
    """Note the shape of the activation in what a layer gives, or why there is none.

    It is the first tensor with an axis of samples and one of units, of the tensors in a tuple, dict or dataclass.

    Args:
        place: name of the layer, or number of the function's call; see `Samples.axis_at`.

    Returns:
        It; else what was given, where that is a tensor.
    """
    tensors = list(tensors_in(output))
    problems = []
    for number, tensor in enumerate(tensors):
        if tensor.is_nested:
            axis = None
        elif inputs.axes is None:
            axis = origins.sample_axis_of(tensor, len(inputs))
        else:
            axis = inputs.axis_at(place, tensor, number)
        if axis is None and not tensor.is_nested and inputs.is_by_node(tensor):
            axis = 0
        problem = _problem(tensor, axis)
        if not problem:
            shape = [*tensor.shape]
            del shape[axis or 0]
            call.output_shape, call.sample_axis, call.tensor = tuple(shape), axis or 0, number
            return tensor
        problems.append(problem)
    if isinstance(output, Tensor):
        call.output_shape, call.problem = shape_of(output)[1:], problems[0]
    elif not tensors:
        call.problem = f"its output is no tensor but of type {type(output).__name__}"
    else:
        kind = type(output).__name__
        call.problem = f"its output, a {kind}, holds no tensor with an axis of samples and one of units"
    return tensors[0] if isinstance(output, Tensor) else None


def _problem(output: Tensor, sample_axis: int | None) -> str:
    if not output.is_floating_point():
        return f"its output is of type {output.dtype}"
    if output.is_nested:
        return "its output is nested, of different lengths"
    if output.ndim < 2 or sample_axis is None:
        return f"its output has shape {tuple(output.shape)}, not an axis of samples and one of units"
    return ""
