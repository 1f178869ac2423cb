"""Copies of a model's arrays under the unit plan."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.top_logits import MOST_CLASSES
from collector.capture.units import reduce_weight
from collector.pytorch.activations import ActivationRecorder
from collector.pytorch.functions import FunctionCalls
from collector.pytorch.hooks import Hooks
from collector.pytorch.logits import logits_of, top_logits
from collector.pytorch.modules import modules_of
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import is_wide
from collector.storage.schema import LayerRecord, TopLogits


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
    labels: Tensor | None = None,
) -> None:
    """Put into a pass what the probe makes of the network.

    That is activations and feature maps of each layer, the logits ``[N, K]``, and fractions of dead units under their
    names as scalars, as ``dead_fraction/relu1``. No hook is left behind.

    Args:
        inputs: the probe, on the model's device.
        labels: class numbers ``[N]`` of the probe.
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
        if called:
            stack.enter_context(FunctionCalls(modules_of(model), partial(_take_result, called)))
        for plan in plans:
            if plan.is_not_run:
                hooks.before(plan.module, _stop)
        try:
            logits, _ = logits_of(inputs.run(model), len(inputs))
        except _Enough:
            logits = None
    if logits is not None and logits.shape[1] > MOST_CLASSES:
        draft.top_logits = TopLogits(0, [], [], [], [])
        with torch.no_grad():
            draft.top_logits.classes = top_logits(logits, labels, partial(_keep_top, draft, draft.top_logits))
    elif logits is not None:
        draft.host_copy.take(logits, lambda array: setattr(draft, "logits", _own(array)))


class _Enough(BaseException):
    """What is left of the run is not needed."""


def _stop(*_: Any) -> None:
    raise _Enough


def _take_output(
    taker: ActivationRecorder, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any
) -> None:
    taker.take(output)


def _take_result(
    called: dict[int, ActivationRecorder], number: int, like: nn.Module, name: str, result: Tensor
) -> None:
    if number in called and called[number].is_of(like):
        called[number].take(result)


def _keep_top(draft: PassDraft, top: TopLogits, name: str, tensor: Tensor) -> None:
    def put(array: np.ndarray) -> None:
        setattr(top, name, np.array(array, np.int64 if name == "numbers" else np.float32))

    draft.host_copy.take(tensor, put, exactly=name == "numbers")
