"""Copies of a model's arrays under the unit plan."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.missing import OTHER_SHAPE
from collector.capture.parameter_axes import reduce_axes
from collector.capture.units import reduce_weight
from collector.pytorch.activations import ActivationRecorder
from collector.pytorch.attention import AttentionRecorder
from collector.pytorch.attention_calls import AttentionCalls
from collector.pytorch.attention_scores import Scores
from collector.pytorch.expert_choices import ChoosingCalls
from collector.pytorch.fixed_numbers import fixed_on
from collector.pytorch.functions import FunctionCalls
from collector.pytorch.hooks import Hooks
from collector.pytorch.layers import layer_name
from collector.pytorch.modules import modules_of
from collector.pytorch.network_output import OutputRecorder
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.probe_losses import ProbeLosses
from collector.pytorch.samples import Samples
from collector.pytorch.shards import is_shard
from collector.pytorch.statistics import Held
from collector.pytorch.tensors import is_wide
from collector.storage.layer_arrays import ENDINGS
from collector.storage.schema import LayerRecord, ParameterArrays


def put_parameters(draft: PassDraft, plan: LayerPlan, tensors: Mapping[str, Tensor], kind: str = "value") -> None:
    """Put a layer's parameters, or what belongs to them, into a pass.

    Args:
        kind: ``value``, ``gradient`` or ``update``.
    """
    for name, tensor in tensors.items():
        if _is_kept(plan, name, tensor):
            _take(draft, plan, name, tensor, _place(draft, plan, name, kind), has_field=plan.has_field(name))


def kept_values(plan: LayerPlan, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What the file will hold of a layer's parameters, in memory of its own; `put_changes` needs it of before."""
    return {name: _kept(plan, name, each).clone() for name, each in tensors.items() if _is_kept(plan, name, each)}


def put_changes(draft: PassDraft, plan: LayerPlan, before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> None:
    """Put the changes of a layer's parameters since `kept_values` into a pass."""
    for name, was in before.items():
        change = _kept(plan, name, after[name]) - was
        put = partial(_put_own, _place(draft, plan, name, "update"))
        draft.host_copy.take(change, put, exactly=is_wide(change))


def _is_kept(plan: LayerPlan, name: str, tensor: Tensor) -> bool:
    has_field = plan.has_field(name)
    is_dense = tensor.layout == torch.strided or not has_field
    return is_dense and not tensor.is_complex() and has_place(plan, name, has_field=has_field)


def _place(draft: PassDraft, plan: LayerPlan, name: str, kind: str) -> Callable[[np.ndarray], None]:
    """Puts what is kept of a parameter where the file has it."""
    record = draft.layers[plan.name]
    if plan.has_field(name):
        return partial(setattr, record, name + ENDINGS[kind])
    return partial(setattr, record.parameters.setdefault(name, ParameterArrays()), kind)


def put_moments(draft: PassDraft, plan: LayerPlan, held: Held) -> dict[str, str]:
    """Put what the optimizers hold for each value of a layer's parameters into a pass.

    Returns:
        Name of what else they hold, as Adafactor's rows and columns → why it is not in the pass.
    """
    moments, left_out = draft.layers[plan.name].moments, dict[str, str]()
    for name, parameter in plan.parameters.items():
        has_field = plan.has_field(name)
        # reading what is not there would make it
        if parameter not in held or not has_place(plan, name, has_field=has_field):
            continue
        for state, tensor in held[parameter].items():
            why = _why_no_moment(tensor, parameter)
            if why is None and isinstance(state, str):
                of_parameter = moments.setdefault(name, {})
                _take(draft, plan, name, tensor, partial(of_parameter.__setitem__, state), has_field=has_field)
            elif why:
                left_out[str(state)] = why
    return left_out


def _why_no_moment(state: object, parameter: Tensor) -> str | None:
    """Why a state is no dense number of each value; empty where it is a counter or the like."""
    if isinstance(state, list | tuple):  # as LBFGS has
        return OTHER_SHAPE if any(_why_no_moment(each, parameter) != "" for each in state) else ""
    if not isinstance(state, Tensor) or not state.ndim:
        return ""
    if state.shape != parameter.shape:
        return OTHER_SHAPE
    return "sparse" if state.layout != torch.strided else "complex" if state.is_complex() else None


def has_place(plan: LayerPlan, name: str, *, has_field: bool) -> bool:
    """Whether the file can hold the parameter: one that came into the module since the run began has no place there."""
    return name not in plan.not_recorded and (has_field or name in plan.kept_parameters)


def _take(
    draft: PassDraft,
    plan: LayerPlan,
    name: str,
    tensor: Tensor,
    put: Callable[[np.ndarray], None],
    *,
    has_field: bool,
) -> None:
    """Take what is kept of a tensor as large as a parameter."""
    tensor, take = tensor.detach(), partial(draft.host_copy.take, exactly=is_wide(tensor))
    if is_shard(tensor) or (has_field and plan.units.rule != "spread"):  # means are made of all values
        take(tensor, partial(_put_own, put), part=partial(_reduced, plan, name))
    else:
        take(_kept(plan, name, tensor), partial(_put_own, put))


def _kept(plan: LayerPlan, name: str, tensor: Tensor) -> Tensor:
    """The values under the unit plan, where the tensor is."""
    tensor = tensor.detach()
    axes, is_swapped = kept_axes(plan, name, tensor.ndim, has_field=plan.has_field(name))
    return gathered(tensor.swapaxes(0, 1) if is_swapped else tensor, axes)


def kept_axes(plan: LayerPlan, name: str, n_axes: int, *, has_field: bool) -> tuple[list[tuple[int, np.ndarray]], bool]:
    """Axes of a parameter and their kept positions, and whether its first two have to change places before."""
    if not has_field:
        return [(number, each.kept) for number, each in enumerate(plan.kept_parameters[name])], False
    axes = [(0, plan.units.kept)]
    if n_axes < 2 or plan.inputs is None:
        return axes, False
    return [*axes, (1, plan.input_columns)], plan.is_transposed


def gathered(tensor: Tensor, axes: Iterable[tuple[int, np.ndarray]]) -> Tensor:
    """The kept positions along some axes, taken where the tensor is."""
    for axis, kept in axes:
        if len(kept) < tensor.shape[axis]:
            tensor = tensor.index_select(axis, fixed_on(tensor.device, kept))
    return tensor.to_dense() if tensor.layout != torch.strided else tensor


def _reduced(plan: LayerPlan, name: str, array: np.ndarray) -> np.ndarray:
    if not plan.has_field(name):
        return reduce_axes(array, plan.kept_parameters[name])
    if array.ndim == 1 or plan.inputs is None:
        return plan.units.reduce(array, 0)
    if plan.is_transposed:
        array = array.swapaxes(0, 1)
    return reduce_weight(array, plan.units, plan.inputs, plan.input_block)


def _put_own(put: Callable[[np.ndarray], None], array: np.ndarray) -> None:
    put(_own(array))


def _own(array: np.ndarray) -> np.ndarray:
    """The array in memory that no tensor shares."""
    return array if array.flags.owndata and array.flags.c_contiguous else np.array(array, order="C")


def run_probe(
    model: nn.Module,
    inputs: Samples,
    plans: list[LayerPlan],
    draft: PassDraft,
    output: OutputRecorder,
    losses: ProbeLosses | None = None,
) -> None:
    """Put into a pass what the probe makes of the network.

    That is activations, feature maps, sequences and attention of each layer, what the network gives, and as scalars
    fractions of dead units, entropies and logits of attention under their names, as ``dead_fraction/relu1``. No hook is
    left behind.

    Args:
        inputs: the probe, on the model's device.
        output: keeps what the network gives.
        losses: computes losses of it.
    """
    with preserved_state(model):
        made = _run(model, inputs, plans, draft)
        if made is not None:
            output.take(inputs.rows(made), draft)
            if losses is not None:
                losses.take(made, draft)


def _run(model: nn.Module, inputs: Samples, plans: list[LayerPlan], draft: PassDraft) -> Any:
    """What the network gives; what its layers do is taken while it runs."""
    takers = {
        plan.name: ActivationRecorder(plan, draft, inputs) for plan in plans if "activation" not in plan.not_recorded
    }
    with ExitStack() as stack:
        choosers = {number: plan for plan in plans for number in plan.choices}
        if choosers:
            counts: dict[str, Tensor] = {}
            stack.enter_context(ChoosingCalls(partial(_count_choices, choosers, counts)))
            stack.callback(_put_choices, counts, draft)
        attending = {plan.name: AttentionRecorder(plan, draft) for plan in plans if plan.attention is not None}
        if attending:
            stack.enter_context(AttentionCalls(modules_of(model), len(inputs), partial(_take_scores, attending)))
        return run_watched(model, inputs, plans, takers)


class Taker(Protocol):
    """Takes what a layer gives, at once: a later one may work in place."""

    def take(self, given: Any) -> None:
        """Take an output."""

    def is_of(self, like: nn.Module) -> bool:
        """Whether a function that does what such a module does is the one that was planned for."""


def run_watched(model: nn.Module, inputs: Samples, plans: list[LayerPlan], takers: Mapping[str, Taker]) -> Any:
    """What the network gives for the probe, with each layer's output handed to its taker; no hook is left behind.

    None where all that is left of the run is a last layer that is not computed. Call it within `preserved_state`.
    """
    called = {
        plan.number_of_call: takers[plan.name]
        for plan in plans
        if plan.name in takers and plan.number_of_call is not None
    }
    with Hooks() as hooks, ExitStack() as stack:
        for plan in plans:
            if plan.name in takers and plan.number_of_call is None:
                hooks.after(plan.module, partial(_take_output, takers[plan.name]))
        if called:
            stack.enter_context(FunctionCalls(modules_of(model), partial(_take_result, called)))
        for plan in plans:
            if plan.is_not_run:
                hooks.before(plan.module, _stop)
            if plan.cut is not None:
                hooks.before(plan.module, partial(_give_part, *plan.cut))
        with suppress(_Enough):
            return inputs.run(model)
        return None


class _Enough(BaseException):
    """What is left of the run is not needed."""


def _stop(*_: Any) -> None:
    raise _Enough


def _give_part(
    n: int, positions: int, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Of what a module is given, ``[N, T, …]``, the first samples and positions."""
    return tuple(each[:n, :positions] if isinstance(each, Tensor) and each.ndim > 2 else each for each in args), kwargs


def _take_output(taker: Taker, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
    taker.take(output)


def _take_result(called: Mapping[int, Taker], number: int, like: nn.Module, name: str, result: Tensor) -> None:
    if number in called and called[number].is_of(like):
        called[number].take(result)


def _count_choices(
    choosers: Mapping[int, LayerPlan], counts: dict[str, Tensor], number: int, _: Tensor, n_experts: int, chosen: Tensor
) -> None:
    plan = choosers.get(number)
    if plan is not None and plan.experts == n_experts:
        of_call = chosen.reshape(-1).bincount(minlength=n_experts)
        counts[plan.name] = counts[plan.name] + of_call if plan.name in counts else of_call


def _put_choices(counts: Mapping[str, Tensor], draft: PassDraft) -> None:
    for name, of_layer in counts.items():
        shares = of_layer.double() / of_layer.sum()
        draft.host_copy.take(shares, partial(_put_chosen, draft.layers[name]))


def _put_chosen(record: LayerRecord, shares: np.ndarray) -> None:
    record.chosen = _own(shares)  # type: ignore[assignment]


def _take_scores(attending: Mapping[str, AttentionRecorder], place: str, scores: Scores) -> None:
    if (name := layer_name(place)) in attending:
        attending[name].take(scores)
