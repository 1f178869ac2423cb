"""What a reader is told of a layer that is frozen in mid-run, and of one whose gradient is NaN."""

from pathlib import Path

import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection
from collector.storage.states import NO_GRADIENT, NOT_A_NUMBER, NUMBER


@pytest.mark.parametrize("interval", [1, 5])
def test_that_a_frozen_layer_has_no_gradient_and_a_broken_one_is_not_a_number(path: Path, interval: int) -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    inputs, labels = torch.randn(6, 4), torch.tensor([0, 1, 0, 1, 0, 1])
    with Collector(model, optimizer, path, interval=10, insight=InsightOptions(interval=interval)) as collector:
        for step in range(40):
            model[0].requires_grad_(not 10 <= step < 20)
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            if step == 30:
                model[2].weight.grad[0, 0] = torch.nan
                weights = [each.detach().clone() for each in model.parameters()]
            optimizer.step()
            if step == 30:
                for parameter, weight in zip(model.parameters(), weights, strict=True):
                    parameter.data.copy_(weight)
            collector.log(loss=loss)
    with open_collection(path) as collection:
        states = {}
        for layer in ("0", "2"):
            steps, found = collection.series.states(f"gradient_norm/{layer}")
            states[layer] = {step: state for step, state in zip(steps.tolist(), found.tolist(), strict=True) if state}
            assert set(range(0, 40, interval)) <= set(steps.tolist())
        frozen = {step for step in states["0"] if 10 <= step < 20}
        assert states["0"] == dict.fromkeys(frozen, NO_GRADIENT)
        assert frozen >= set(range(10, 20, interval))
        assert states["2"] == {30: NOT_A_NUMBER}
        assert set(collection.series.states("loss")[1].tolist()) == {NUMBER}
