"""Whether what is recorded of a training on an accelerator is what the processor records of the same one."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from collector import Collector, open_collection
from collector.storage import Collection
from tests.accelerator.models import Case

STEPS = 11
COMPARED = ("gradient_norm", "weight_norm", "near_zero_fraction", "activation_mean", "activation_std", "loss")


def largest_difference(case: Case, device: torch.device, folder: Path) -> float:
    """Of the arrays of the first pass, and of the series at its step, relative to the largest value of each."""
    here, there = (_recorded(case, each, folder / f"{each.type}.json") for each in (torch.device("cpu"), device))
    found = [0.0]
    one, other = here.passes[0], there.passes[0]
    for layer, arrays in one.layers.items():
        for name in ("activation", "weight", "bias", "weight_gradient", "bias_gradient"):
            mine, yours = getattr(arrays, name), getattr(other.layers[layer], name)
            if (mine is None) != (yours is None):
                raise AssertionError(f"{name} of {layer} is there on one of the two only")
            if mine is not None and mine.size and np.abs(mine).max() > 0:
                found.append(float(np.abs(yours - mine).max() / np.abs(mine).max()))
    for name in here.series:
        if name.split("@")[0].split("/")[0] in COMPARED:
            mine, yours = (each.series.recorded(name)[1][0] for each in (here, there))
            if np.isfinite(mine) and mine != 0:
                found.append(float(abs(yours - mine) / max(abs(mine), 1e-6)))
    return max(found)


def _recorded(case: Case, device: torch.device, path: Path) -> Collection:
    torch.manual_seed(0)
    model = case.make()
    inputs, targets = case.batch()
    model.to(device)
    inputs, targets = inputs.to(device), targets.to(device)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    with Collector(model, optimizer, path, probe=(inputs[:16], targets[:16]), interval=10, overwrite=True) as collector:
        for _ in range(STEPS):
            loss = nn.functional.cross_entropy(model(inputs).flatten(0, -2), targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    return open_collection(path)
