"""The probe that a user gives, checked and described."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.pytorch.tensors import to_numpy
from collector.storage import schema

_HOW = "give it as (inputs, labels), or (inputs, None): inputs one tensor [N, …], labels class numbers [N]"


def check_probe(probe: Any) -> tuple[Tensor, Tensor | None]:
    """The probe's inputs and labels.

    Raises:
        ValueError: it is something else than one tensor of samples and class numbers for them.
    """
    if not isinstance(probe, tuple | list) or len(probe) != 2:
        raise ValueError(f"probe is of type {type(probe).__name__}; {_HOW}")
    inputs, labels = probe
    if not isinstance(inputs, Tensor):
        raise ValueError(
            f"the probe's inputs are of type {type(inputs).__name__}; a model that takes several inputs, or keywords, "
            f"cannot have a probe yet. For any other, {_HOW}"
        )
    if inputs.ndim < 1 or len(inputs) == 0:
        raise ValueError(f"the probe's inputs have shape {tuple(inputs.shape)}; {_HOW}")
    if labels is None:
        return inputs, None
    if not isinstance(labels, Tensor) or labels.is_floating_point() or labels.is_complex():
        kind = labels.dtype if isinstance(labels, Tensor) else type(labels).__name__
        raise ValueError(f"the probe's labels are of type {kind}; {_HOW}")
    if labels.shape != inputs.shape[:1]:
        raise ValueError(f"the probe has {len(inputs)} samples, but labels of shape {tuple(labels.shape)}; {_HOW}")
    return inputs, labels


def describe_probe(
    inputs: Tensor,
    labels: Tensor | None,
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> schema.Probe:
    """The probe as the header holds it, in memory of its own."""
    return schema.Probe(
        inputs=np.array(to_numpy(inputs)),  # type: ignore[arg-type]
        labels=None if labels is None else np.array(labels.detach().to(torch.int64).tolist(), np.int64),  # type: ignore[arg-type]
        class_names=[str(name) for name in class_names],
        mean=[float(each) for each in mean],
        std=[float(each) for each in std],
    )
