"""Learning rates of whatever kind, and what is said where there is none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, open_collection


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


class OfItsOwn(torch.optim.Optimizer):
    """Adafactor's manner: a rate that the step finds itself."""

    def __init__(self, groups: Any, **defaults: Any) -> None:
        super().__init__(groups, defaults)

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for each in group["params"]:
                each.data.add_(each.grad, alpha=-0.01)


@pytest.mark.parametrize("lr", [None, "warmup", [0.1, 0.2], torch.zeros(2)])
def test_that_one_group_without_a_rate_costs_the_others_nothing_and_is_noted_once(
    path: Path, lr: object, recwarn: pytest.WarningsRecorder
) -> None:
    model = a_model()
    groups = [{"params": model[0].parameters(), "lr": lr}, {"params": model[2].parameters(), "lr": 0.5}]
    optimizer = OfItsOwn(groups)
    with Collector(model, optimizer, path, interval=1) as collector:
        for _ in range(3):
            model(torch.ones(2, 4)).square().sum().backward()
            optimizer.step()
            collector.log(loss=1.0)

    assert not recwarn
    with open_collection(path) as collection:
        assert "learning_rate" not in collection.series
        assert collection.series["learning_rate/group1"].tolist() == [0.5] * 3
        assert collection.series["loss"].tolist() == [1] * 3
        text = "There is no learning_rate: OfItsOwn has no number for it in that group."
        assert [note.text for note in collection.notes] == [text]


def test_that_an_optimizer_whose_groups_know_no_rate_is_recorded_all_the_same(path: Path) -> None:
    model = a_model()
    optimizer = OfItsOwn(model.parameters())
    with Collector(model, optimizer, path, interval=1):
        model(torch.ones(2, 4)).square().sum().backward()
        optimizer.step()

    with open_collection(path) as collection:
        assert not any(name.startswith("learning_rate") for name in collection.series)
        assert collection.passes[0].layers["2"].weight_update.any()


@pytest.mark.parametrize("lr", [torch.tensor(0.25), torch.tensor([0.25]), np.float32(0.25), 0.25, "0.25"])
def test_that_whatever_is_one_number_is_a_rate(path: Path, lr: object) -> None:
    model = a_model()
    optimizer = OfItsOwn(model.parameters(), lr=lr)
    with Collector(model, optimizer, path, interval=1):
        model(torch.ones(2, 4)).square().sum().backward()
        optimizer.step()

    with open_collection(path) as collection:
        assert collection.series["learning_rate"].tolist() == [0.25]
        assert not collection.notes
