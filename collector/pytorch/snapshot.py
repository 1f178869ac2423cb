"""Copies of a model's arrays under the unit plan."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.units import reduce_weight
from collector.pytorch.idle_units import idle_fractions
from collector.pytorch.logits import logits_of
from collector.pytorch.plan import LayerPlan
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import to_numpy
from collector.pytorch.unseen import unseen
from collector.storage.schema import LayerRecord

Arrays = dict[str, LayerRecord]


def put_parameters(record: LayerRecord, plan: LayerPlan, tensors: Mapping[str, Tensor], ending: str = "") -> None:
    """Put weight and bias, or what belongs to them, into a record: ``weight_update`` with the ending ``_update``."""
    for name in ("weight", "bias"):
        tensor = tensors.get(name)
        if tensor is not None and tensor.layout == torch.strided and name not in plan.not_recorded:
            setattr(record, name + ending, _own(_reduced(plan, to_numpy(tensor))))


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
    model: nn.Module, inputs: Samples, plans: list[LayerPlan], tell: Callable[[str], object] = lambda _: None
) -> tuple[Arrays, np.ndarray | None, dict[str, float]]:
    """Activations and feature maps of each layer for the probe, the logits ``[N, K]``, and fractions of idle units.

    The fractions are under their names as scalars, as ``dead_fraction/relu1``. No hook is left behind.

    Args:
        inputs: the probe, on the model's device.
        tell: is given a sentence where the logits had to be chosen, or are not there.
    """
    idle: dict[str, float] = {}
    records = {plan.name: LayerRecord() for plan in plans}
    handles = [
        plan.module.register_forward_hook(_taker(plan, records[plan.name], len(inputs), idle))
        for plan in plans
        if "activation" not in plan.not_recorded
    ]
    try:
        with unseen(model):
            logits, choice = logits_of(inputs.run(model), len(inputs))
    finally:
        for handle in handles:
            handle.remove()
    if choice:
        tell(choice)
    return records, None if logits is None else _own(to_numpy(logits)), idle


def _taker(plan: LayerPlan, record: LayerRecord, n_samples: int, idle: dict[str, float]) -> Callable[..., None]:
    """A hook that copies what a layer gives at once: a later one may work in place."""
    shape = (n_samples, *plan.output_shape)
    positions = [axis for axis in range(1, len(shape)) if axis != plan.unit_axis]

    def take(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        # A module that is used several times may have given something else before.
        if not isinstance(output, Tensor) or output.shape != shape:
            return
        if plan.n_mapped:
            with np.errstate(over="ignore"):
                maps = plan.units.reduce(to_numpy(output[: plan.n_mapped]), 1).astype(np.float16)
            record.feature_maps = maps  # type: ignore[assignment]
        if output.numel():
            for metric, fraction in idle_fractions(module, output, plan.unit_axis).items():
                idle[f"{metric}/{plan.name}"] = fraction
        means = output.float().mean(positions) if positions else output
        record.activation = _own(plan.units.reduce(to_numpy(means), 1))  # type: ignore[assignment]

    return take
