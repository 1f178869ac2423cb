"""What samples are to give, in any form in which a user has it, as arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.capture.targets import Targets, of_names, targets_of
from collector.capture.wording import listed
from collector.pytorch.samples import mapped
from collector.pytorch.tensors import named_tensors, shape_of


def targets_in(given: Any, n_samples: int, axis: int = 0) -> Targets:
    """The targets of so many samples: see `collector.capture.targets` for what numbers stand for.

    They come as a tensor, array or list of numbers ``[N, …]``; as a dict, or a tuple of several, of which one with
    class numbers and one other is kept; or as a list with a dict, or a tensor, for each sample.

    Args:
        axis: along which the samples lie in tensors where they do not lie along the first.

    Raises:
        ValueError: they are not for so many samples, or no numbers; the text goes on from "the probe's labels".
    """
    if given is None:
        return Targets()
    if isinstance(given, Mapping):
        return _of_names(given, n_samples, axis)
    if not isinstance(given, list | tuple) or not any(isinstance(each, Mapping | Tensor) for each in given):
        return targets_of(_array(given, n_samples, axis), n_samples)
    are_tensors = all(isinstance(each, Tensor) for each in given)
    if are_tensors and len(given) == n_samples and len({each.shape for each in given}) == 1:
        return targets_of(_array(torch.stack(list(given)), n_samples, 0), n_samples)
    if len(given) == n_samples:
        kind = "tensors of different sizes" if are_tensors else "dicts" if isinstance(given[0], Mapping) else "lists"
        return Targets(told=f"The probe's targets, {kind}, one for each sample, are not in the file.")
    return _of_names({str(number): each for number, each in enumerate(given)}, n_samples, axis)


def targets_on(given: Any, device: torch.device) -> Any:
    """The targets as a loss is given them: as the user has them, on the model's device; arrays as tensors."""
    are_numbers = isinstance(given, list) and all(isinstance(each, int | float) for each in given)
    if isinstance(given, np.ndarray) or are_numbers:
        given = torch.as_tensor(given)
    return mapped(given, lambda each: each.to(device))


def _of_names(given: Mapping[str, Any], n_samples: int, axis: int) -> Targets:
    tensors = list(named_tensors(given))
    fitting = {name: each for name, each in tensors if _axis_of(each, n_samples, axis) is not None}
    if not fitting:
        shapes = listed([f"{name} {shape_of(each)}" for name, each in tensors]) or "no tensor"
        raise ValueError(f"hold {shapes}, nothing for each of {n_samples} samples")
    found = {name: targets_of(_array(each, n_samples, axis), n_samples) for name, each in fitting.items()}
    return of_names(found, [name for name, _ in tensors if name not in found])


def _array(given: Any, n_samples: int, axis: int) -> np.ndarray:
    """The numbers ``[N, …]``."""
    if not isinstance(given, Tensor):
        return _numbers(given)
    if given.is_complex() or given.is_nested or given.is_quantized:
        raise ValueError(f"are of type {given.dtype}{', nested' if given.is_nested else ''}")
    found = _axis_of(given, n_samples, axis)
    if found is None:
        raise ValueError(f"have shape {shape_of(given)}, but there are {n_samples} samples")
    own = given.detach().to_dense() if given.layout != torch.strided else given.detach()
    kind = torch.float32 if given.is_floating_point() else torch.int64
    return np.array(own.to("cpu", kind).movedim(found, 0).numpy())


def _numbers(given: Any) -> np.ndarray:
    try:
        array = np.array(given)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"are of type {type(given).__name__}")
    return array


def _axis_of(tensor: Tensor, n_samples: int, axis: int) -> int | None:
    if tensor.is_nested:
        return None
    return next((each for each in (axis, 0) if tensor.ndim > each and tensor.size(each) == n_samples), None)
