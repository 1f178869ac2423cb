"""Copies of a model's arrays under the unit plan."""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor, nn

from collector.capture.units import reduce_weight
from collector.pytorch import forward
from collector.pytorch.plan import LayerPlan
from collector.storage.schema import LayerRecord


def to_numpy(tensor: Tensor) -> np.ndarray:
    """The values as float32 on the CPU; shares the tensor's memory where it can."""
    array: np.ndarray = tensor.detach().float().cpu().numpy()
    return array


def reduced(plan: LayerPlan, name: str, tensor: Tensor) -> np.ndarray | None:
    """A weight or bias (or its gradient) under the unit plan, as an array of its own; None where it has no plan."""
    if name not in ("weight", "bias") or name in plan.not_recorded or tensor.is_sparse:
        return None
    array = to_numpy(tensor)
    if name == "weight" and array.ndim > 1 and plan.inputs is not None:
        if plan.is_transposed:
            array = array.swapaxes(0, 1)
        array = reduce_weight(array, plan.units, plan.inputs, plan.input_block)
    elif array.shape == (plan.units.total,):
        array = plan.units.reduce(array, 0)
    else:
        return None
    return np.array(array, order="C")


def parameter_arrays(plan: LayerPlan, tensors: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """``weight`` and ``bias`` under the unit plan, those that there are."""
    arrays = {name: reduced(plan, name, tensor) for name, tensor in tensors.items()}
    return {name: array for name, array in arrays.items() if array is not None}


def probe_arrays(
    model: nn.Module, inputs: Tensor, plans: list[LayerPlan], n_mapped: int
) -> tuple[dict[str, LayerRecord], np.ndarray | None]:
    """Activations and feature maps of each layer for the probe, and the logits ``[N, K]``.

    Args:
        inputs: the probe, ``[N, …]``, on the model's device.
        n_mapped: feature maps are kept of so many first samples.
    """
    records = {plan.name: LayerRecord() for plan in plans}

    def taker(plan: LayerPlan) -> Callable[[Any], None]:
        def take(output: Any) -> None:
            if isinstance(output, Tensor) and output.ndim > plan.unit_axis:
                _take(plan, output, records[plan.name], n_mapped)

        return take

    output = forward.run(model, inputs, {plan.module: taker(plan) for plan in plans})
    logits = forward.first_tensor(output)
    is_matrix = logits is not None and logits.ndim == 2 and logits.is_floating_point()
    return records, np.array(to_numpy(logits)) if is_matrix and logits is not None else None


def _take(plan: LayerPlan, output: Tensor, record: LayerRecord, n_mapped: int) -> None:
    if output.shape[plan.unit_axis] != plan.units.total:
        return
    if plan.has_maps and output.ndim == 4:
        maps = plan.units.reduce(to_numpy(output[:n_mapped]), 1)
        with np.errstate(over="ignore"):
            record.feature_maps = maps.astype(np.float16)  # type: ignore[assignment]
    positions = [axis for axis in range(1, output.ndim) if axis != plan.unit_axis]
    means = output.float().mean(positions) if positions else output
    record.activation = np.array(plan.units.reduce(to_numpy(means), 1))  # type: ignore[assignment]
