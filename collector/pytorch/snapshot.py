"""Copies of a model's arrays under the unit plan."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.classes import MOST_CLASSES
from collector.capture.units import reduce_weight
from collector.pytorch.hooks import Hooks
from collector.pytorch.idle_units import idle_fractions
from collector.pytorch.logits import logits_of, top_logits
from collector.pytorch.plan import LayerPlan
from collector.pytorch.samples import Samples
from collector.pytorch.taken import Taken
from collector.pytorch.tensors import is_wide
from collector.pytorch.unseen import unseen
from collector.storage.schema import LayerRecord, TopLogits


def put_parameters(taken: Taken, plan: LayerPlan, tensors: Mapping[str, Tensor], ending: str = "") -> None:
    """Put weight and bias, or what belongs to them, into a pass: ``weight_update`` with the ending ``_update``."""
    record = taken.layers[plan.name]
    for name in ("weight", "bias"):
        tensor = tensors.get(name)
        if tensor is not None and tensor.layout == torch.strided and name not in plan.not_recorded:
            taken.bringing.take(tensor, partial(_put, record, name + ending, plan), exactly=is_wide(tensor))


def _put(record: LayerRecord, kind: str, plan: LayerPlan, array: np.ndarray) -> None:
    setattr(record, kind, _own(_reduced(plan, array)))


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
    taken: Taken,
    tell: Callable[[str], object] = lambda _: None,
    labels: Tensor | None = None,
) -> None:
    """Put into a pass what the probe makes of the network.

    That is activations and feature maps of each layer, the logits ``[N, K]``, and fractions of idle units under their
    names as scalars, as ``dead_fraction/relu1``. No hook is left behind.

    Args:
        inputs: the probe, on the model's device.
        labels: class numbers ``[N]`` of the probe.
        tell: is given a sentence where the logits had to be chosen, or are not there.
    """
    with unseen(model), Hooks() as hooks:
        for plan in plans:
            if "activation" not in plan.not_recorded:
                hooks.after(plan.module, _taker(plan, taken, len(inputs)))
        logits, choice = logits_of(inputs.run(model), len(inputs))
    if choice:
        tell(choice)
    if logits is not None and logits.shape[1] > MOST_CLASSES:
        taken.top_logits = TopLogits(0, [], [], [], [])
        with torch.no_grad():
            taken.top_logits.classes = top_logits(logits, labels, partial(_keep_top, taken, taken.top_logits))
    elif logits is not None:
        taken.bringing.take(logits, lambda array: setattr(taken, "logits", _own(array)))


def _keep_top(taken: Taken, top: TopLogits, name: str, tensor: Tensor) -> None:
    def put(array: np.ndarray) -> None:
        setattr(top, name, np.array(array, np.int64 if name == "numbers" else np.float32))

    taken.bringing.take(tensor, put, exactly=name == "numbers")


def _taker(plan: LayerPlan, taken: Taken, n_samples: int) -> Callable[..., None]:
    """A hook that takes what a layer gives at once: a later one may work in place."""
    shape = (n_samples, *plan.output_shape)
    positions = [axis for axis in range(1, len(shape)) if axis != plan.unit_axis]
    record, bringing = taken.layers[plan.name], taken.bringing

    def put_maps(array: np.ndarray) -> None:
        with np.errstate(over="ignore"):
            record.feature_maps = plan.units.reduce(array, 1).astype(np.float16)  # type: ignore[assignment]

    def put_activation(array: np.ndarray) -> None:
        record.activation = _own(plan.units.reduce(array, 1))  # type: ignore[assignment]

    def take(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        # A module that is used several times may have given something else before.
        if not isinstance(output, Tensor) or output.shape != shape:
            return
        if plan.n_mapped:
            bringing.take(output[: plan.n_mapped], put_maps)
        if output.numel():
            for metric, fraction in idle_fractions(module, output, plan.unit_axis).items():
                bringing.take(fraction, partial(_put_number, taken.scalars, f"{metric}/{plan.name}"))
        bringing.take(output.float().mean(positions) if positions else output, put_activation)

    return take


def _put_number(scalars: dict[str, float], name: str, array: np.ndarray) -> None:
    scalars[name] = float(array)
