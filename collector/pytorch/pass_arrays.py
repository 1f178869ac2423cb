"""Copies of a model's arrays under the unit plan."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.units import reduce_weight
from collector.pytorch.activations import ActivationRecorder
from collector.pytorch.attention import AttentionRecorder
from collector.pytorch.attention_calls import AttentionCalls
from collector.pytorch.attention_scores import Scores
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
from collector.pytorch.tensors import is_wide
from collector.storage.schema import LayerRecord


def put_parameters(draft: PassDraft, plan: LayerPlan, tensors: Mapping[str, Tensor], ending: str = "") -> None:
    """Put weight and bias, or what belongs to them, into a pass: ``weight_update`` with the ending ``_update``."""
    record = draft.layers[plan.name]
    for name in ("weight", "bias"):
        tensor = tensors.get(name)
        if tensor is not None and tensor.layout == torch.strided and name not in plan.not_recorded:
            put, part = partial(_put, record, name + ending), partial(_reduced, plan)
            draft.host_copy.take(tensor, put, exactly=is_wide(tensor), part=part)


def _put(record: LayerRecord, kind: str, array: np.ndarray) -> None:
    setattr(record, kind, _own(array))


def _reduced(plan: LayerPlan, array: np.ndarray) -> np.ndarray:
    if array.ndim == 1 or plan.inputs is None:
        return plan.units.reduce(array, 0)
    if plan.is_transposed:
        array = array.swapaxes(0, 1)
    return reduce_weight(array, plan.units, plan.inputs, plan.input_block)


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
    called: dict[int, ActivationRecorder] = {}
    with preserved_state(model), Hooks() as hooks, ExitStack() as stack:
        for plan in plans:
            if "activation" not in plan.not_recorded:
                taker = ActivationRecorder(plan, draft, len(inputs))
                if plan.number_of_call is not None:
                    called[plan.number_of_call] = taker
                else:
                    hooks.after(plan.module, partial(_take_output, taker))
        attending = {plan.name: AttentionRecorder(plan, draft) for plan in plans if plan.attention is not None}
        if attending:
            stack.enter_context(AttentionCalls(modules_of(model), len(inputs), partial(_take_scores, attending)))
        if called:
            stack.enter_context(FunctionCalls(modules_of(model), partial(_take_result, called)))
        for plan in plans:
            if plan.is_not_run:
                hooks.before(plan.module, _stop)
            if plan.cut is not None:
                hooks.before(plan.module, partial(_give_part, *plan.cut))
        with suppress(_Enough):
            made = inputs.run(model)
            output.take(inputs.rows(made), draft)
            if losses is not None:
                losses.take(made, draft)


class _Enough(BaseException):
    """What is left of the run is not needed."""


def _stop(*_: Any) -> None:
    raise _Enough


def _give_part(
    n: int, positions: int, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Of what a module is given, ``[N, T, …]``, the first samples and positions."""
    return tuple(each[:n, :positions] if isinstance(each, Tensor) and each.ndim > 2 else each for each in args), kwargs


def _take_output(
    taker: ActivationRecorder, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any
) -> None:
    taker.take(output)


def _take_result(
    called: dict[int, ActivationRecorder], number: int, like: nn.Module, name: str, result: Tensor
) -> None:
    if number in called and called[number].is_of(like):
        called[number].take(result)


def _take_scores(attending: Mapping[str, AttentionRecorder], place: str, scores: Scores) -> None:
    if (name := layer_name(place)) in attending:
        attending[name].take(scores)
