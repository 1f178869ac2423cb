"""What is told of many tensors on an accelerator, by few calls for all of them, without bringing them over."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from collector.pytorch.pinned_memory import sent_to
from collector.pytorch.tensors import wide
from collector.storage.schema import N_HISTOGRAM_BINS

_MIDDLE = N_HISTOGRAM_BINS // 2
_LEAST = -48
"""2⁻⁴⁸: what is smaller counts as zero; see `collector.metrics.histogram`."""


def far_sizes(tensors: list[Tensor]) -> Tensor:
    """‖x‖₂ and the largest value of each, ``[2, n]``, of tensors on one device that are not empty."""
    norms = torch._foreach_norm(tensors, 2, dtype=wide(tensors[0]))
    largest = torch._foreach_max(tensors)
    return torch.stack([torch.stack(norms), torch.stack([each.to(norms[0].dtype) for each in largest])])


def size_of(norm: float, largest: float) -> tuple[float, np.ndarray]:
    """The norm, and of NaN, +∞ and −∞ a 1 for that which there is for sure, int ``[3]``: how many is not known.

    The norm is made in float64, where squares of finite float32 values add up to a finite number.
    """
    kinds = np.zeros(3, np.int64)
    if not np.isfinite(norm):
        kinds[0 if np.isnan(norm) else 1 if largest == np.inf else 2] = 1
    return norm, kinds


def far_histograms(values: Sequence[Tensor]) -> Tensor:
    """Counts by sign and power of two of each vector, ``[n, 129]``, as `collector.metrics.histogram` has them."""
    counts = []
    for each in _joined(values):
        parts, lengths = each
        flat = torch.cat([part.to(torch.promote_types(part.dtype, torch.float32)) for part in parts])
        own = sent_to(flat.device, np.array(lengths))
        owners = torch.repeat_interleave(own, output_size=sum(lengths))
        exponents = torch.frexp(flat).exponent - 1
        places = (exponents - _LEAST).clamp_(-1, _MIDDLE - 1) + 1
        bins = torch.where(flat < 0, _MIDDLE - places, _MIDDLE + places)
        bins = torch.where(flat == 0, _MIDDLE, torch.where(torch.isfinite(flat), bins, N_HISTOGRAM_BINS))
        found = torch.zeros(len(parts) * (N_HISTOGRAM_BINS + 1), dtype=torch.float32, device=flat.device)
        one = torch.ones((), device=flat.device).expand(len(flat))
        found.index_add_(0, owners * (N_HISTOGRAM_BINS + 1) + bins, one)
        counts.append(found.reshape(len(parts), -1)[:, :-1])
    return torch.cat(counts)


_AT_ONCE = 2**18
"""Values whose bins are made at once: their memory is the training's."""


def _joined(values: Sequence[Tensor]) -> list[tuple[list[Tensor], list[int]]]:
    """Neighbours that are counted together."""
    groups: list[tuple[list[Tensor], list[int]]] = []
    for each in values:
        if not groups or sum(groups[-1][1]) + each.numel() > _AT_ONCE:
            groups.append(([], []))
        groups[-1][0].append(each)
        groups[-1][1].append(each.numel())
    return groups
