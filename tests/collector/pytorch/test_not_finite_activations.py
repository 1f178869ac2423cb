"""What is not finite in the probe, or in what a layer makes of it, is counted, and told where it began."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, open_collection

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def a_model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_that_values_of_an_activation_that_are_not_finite_are_counted_and_their_first_layer_is_told(
    value: float, path: Path, train: Train, make_batches: Batches
) -> None:
    batches, model = make_batches(6, 4), a_model()
    optimizer = torch.optim.SGD([model[4].bias], 0.0)  # so that it does not spread by the gradients

    def spoil(step: int, when: str) -> None:
        if (step, when) == (3, "after"):
            with torch.no_grad():
                model[2].bias[1] = value

    with Collector(model, optimizer, path, probe=batches[0], interval=2, insight=None) as collector:
        train(model, optimizer, batches, collector, spoil)

    with open_collection(path) as collection:
        told = [note.text for note in collection.notes if "activation" in note.text]
        assert len(told) == 1
        assert told[0].startswith("The first NaN or Inf in an activation of the probe was seen at step 4, in 2")
        steps, counts = collection.series.recorded("not_finite_activation/2")
        assert (steps.tolist(), counts.tolist()) == ([4, 6], [6, 6])
        assert "not_finite_activation/0" not in collection.series
        if np.isnan(value):
            assert collection.series.recorded("not_finite_activation/4")[1].tolist() == [18, 18]


def test_that_large_values_whose_sum_overflows_are_finite(path: Path) -> None:
    model = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        model.weight.fill_(1e38)

    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(torch.ones(9, 2), None)):
        pass

    with open_collection(path) as collection:
        assert not [name for name in collection.series if "not_finite" in name]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_that_a_probe_that_is_not_finite_is_told_at_the_start(value: float, path: Path) -> None:
    model, given = a_model(), torch.ones(3, 4)
    given[1, 2] = value

    with pytest.warns(CollectorWarning) as caught:
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(given, None)).close()

    told = [str(each.message) for each in caught]
    assert told[0] == "The probe's inputs hold 1 values that are NaN or Inf."
    with open_collection(path) as collection:
        told = [note.text for note in collection.notes]
        assert any("in an activation of the probe was seen at step 0, in 0" in text for text in told)
