"""What a model's outputs for held-out samples are to be, in any form in which a user has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.capture.wording import listed
from collector.pytorch.samples import mapped
from collector.pytorch.tensors import named_tensors, shape_of

_CLASSES = ("labels", "label", "classes", "class", "y")
"""Under these names targets by name have class numbers."""


@dataclass(frozen=True)
class Targets:
    """Targets, checked.

    Attributes:
        given: as the user has them, which is what a loss is given.
        labels: class numbers ``[N]``.
        values: what else the file can hold, ``[N, …]`` of any real numbers.
        told: sentences on what it cannot.
    """

    given: Any = None
    labels: Tensor | None = None
    values: Tensor | None = None
    told: list[str] = field(default_factory=list)

    def copied(self) -> "Targets":
        """The targets in memory of their own."""
        return replace(
            self,
            given=mapped(self.given, lambda each: each.detach().clone()),
            labels=None if self.labels is None else self.labels.detach().clone(),
            values=None if self.values is None else self.values.detach().clone(),
        )

    @property
    def n_labels(self) -> int | None:
        """How many class numbers, or rows of one number, there are; None where there are none."""
        own = self.labels if self.labels is not None else self.values
        return None if own is None or own.ndim > 2 else len(own)


def targets_of(given: Any, n_samples: int, axis: int = 0) -> Targets:
    """The targets of so many samples.

    A tensor, array or list of numbers ``[N, …]``: whole ones ``[N]`` are class numbers, any others (several labels or
    one-hot rows ``[N, K]``, values ``[N]`` or ``[N, D]``, masks ``[N, H, W]``, tokens ``[N, T]``) are kept as they are.
    A dict of them, of which one is class numbers and one other is kept; or a list with a dict, or a tensor, for each
    sample.

    Args:
        axis: along which the samples lie in tensors where they do not lie along the first.

    Raises:
        ValueError: they are not for so many samples, or no numbers; the text goes on from "the probe's labels".
    """
    if given is None:
        return Targets()
    if isinstance(given, list | tuple) and any(isinstance(each, Mapping | Tensor) for each in given):
        return _of_several(given, n_samples, axis)
    if isinstance(given, Mapping):
        return _of_names(given, n_samples, axis)
    if not isinstance(given, Tensor):
        given = _numbers(given)
    rows = _rows(given, n_samples, axis)
    return Targets(given, rows, None) if _are_classes(rows) else Targets(given, None, rows)


def _of_names(given: Mapping[str, Any], n_samples: int, axis: int) -> Targets:
    tensors = {name: each for name, each in named_tensors(given) if _axis_of(each, n_samples, axis) is not None}
    if not tensors:
        shapes = listed([f"{name} {shape_of(each)}" for name, each in named_tensors(given)]) or "no tensor"
        raise ValueError(f"hold {shapes}, nothing for each of {n_samples} samples")
    rows = {name: _rows(each, n_samples, axis) for name, each in tensors.items()}
    classes = [name for name, each in rows.items() if _are_classes(each)]
    named = next((name for name in classes if name.rpartition(".")[2] in _CLASSES), classes[0] if classes else "")
    others = [name for name in rows if name not in classes]
    kept = [name for name in (named, *others[:1]) if name]
    left = [name for name, _ in named_tensors(given) if name not in kept]
    told = f"Of the probe's targets the file holds {' and '.join(kept)}; not in it: {listed(left, 8)}."
    return Targets(given, rows.get(named), rows[others[0]] if others else None, [told] if left else [])


def _of_several(given: Any, n_samples: int, axis: int) -> Targets:
    """One for each sample; or one tensor for each of several outputs."""
    are_tensors = all(isinstance(each, Tensor) for each in given)
    if are_tensors and len(given) == n_samples and len({each.shape for each in given}) == 1:
        stacked = torch.stack(list(given))
        return Targets(given, stacked, None) if _are_classes(stacked) else Targets(given, None, stacked)
    if len(given) == n_samples:
        kind = "tensors of different sizes" if are_tensors else "dicts" if isinstance(given[0], Mapping) else "lists"
        return Targets(given, None, None, [f"The probe's targets, {kind}, one for each sample, are not in the file."])
    return _of_names({str(number): each for number, each in enumerate(given)}, n_samples, axis)


def _numbers(given: Any) -> Tensor:
    try:
        array = np.asarray(given)
        if array.dtype.kind in "biuf":
            return torch.as_tensor(array)
    except ValueError:  # rows of different lengths
        pass
    raise ValueError(f"are of type {type(given).__name__}")


def _rows(given: Tensor, n_samples: int, axis: int) -> Tensor:
    if given.is_complex() or given.is_nested or given.is_quantized:
        raise ValueError(f"are of type {given.dtype}{', nested' if given.is_nested else ''}")
    own = given.to_dense() if given.layout != torch.strided else given
    found = _axis_of(own, n_samples, axis)
    if found is None:
        raise ValueError(f"have shape {shape_of(given)}, but there are {n_samples} samples")
    return own.detach().movedim(found, 0)


def _axis_of(tensor: Tensor, n_samples: int, axis: int) -> int | None:
    if tensor.is_nested:
        return None
    return next((each for each in (axis, 0) if tensor.ndim > each and tensor.size(each) == n_samples), None)


def _are_classes(rows: Tensor) -> bool:
    return rows.ndim == 1 and not rows.is_floating_point()
