"""The probe: the held-out samples that every pass of a run is measured on."""

import torch
from torch import Tensor

from data.pictures import DataSource


def choose_probe(source: DataSource, n: int = 16) -> tuple[Tensor, Tensor]:
    """`n` test samples: normalised pictures, float32 `[n, C, H, W]`, and labels, int64 `[n]`.

    Classes take turns, each giving its next sample in the order of the test set, so that they are spread as
    evenly as they go; the same source always gives the same probe, and a larger one begins with the smaller.
    Fewer than `n` come back only where the test set has no more. Raises ValueError for `n` below 1.
    """
    return source.test.__getitems__(probe_numbers(source, n))


def probe_numbers(source: DataSource, n: int) -> list[int]:
    """Which test samples `choose_probe` takes. Raises ValueError for `n` below 1."""
    if n < 1:
        raise ValueError(f"a probe needs at least one sample, not {n}")
    labels = source.test.labels
    turn_in_class = torch.empty_like(labels)
    for label in labels.unique():
        members = (labels == label).nonzero().flatten()
        turn_in_class[members] = torch.arange(len(members))
    by_turn_then_class = torch.argsort(turn_in_class * source.n_classes + labels, stable=True)
    numbers: list[int] = by_turn_then_class[:n].tolist()
    return numbers
