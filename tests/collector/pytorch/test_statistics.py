"""The statistics of a step against a slow float64 version of each."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]

OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "adamw": lambda parameters: torch.optim.AdamW(parameters, 0.01),
    "adam_amsgrad": lambda parameters: torch.optim.Adam(parameters, 0.01, amsgrad=True),
    "momentum": lambda parameters: torch.optim.SGD(parameters, 0.05, momentum=0.9),
    "rmsprop": lambda parameters: torch.optim.RMSprop(parameters, 0.01),
    "rmsprop_momentum": lambda parameters: torch.optim.RMSprop(parameters, 0.01, momentum=0.5),
    "adagrad": lambda parameters: torch.optim.Adagrad(parameters, 0.01),
    "sgd": lambda parameters: torch.optim.SGD(parameters, 0.05),
}
FIRST = {
    "adamw": "exp_avg",
    "adam_amsgrad": "exp_avg",
    "momentum": "momentum_buffer",
    "rmsprop_momentum": "momentum_buffer",
}
SECOND = {
    "adamw": "exp_avg_sq",
    "adam_amsgrad": "exp_avg_sq",
    "rmsprop": "square_avg",
    "rmsprop_momentum": "square_avg",
    "adagrad": "sum",
}


class Tied(nn.Module):
    """Two layers that share one weight, and a third."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(5, 5)
        self.second = nn.Linear(5, 5)
        self.second.weight = self.first.weight
        self.norm = nn.BatchNorm1d(5)
        self.out = nn.Linear(5, 3, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.out(self.norm(self.second(torch.relu(self.first(inputs)))))


PARAMETERS = {
    "first": ["first.weight", "first.bias"],
    "second": ["first.weight", "second.bias"],
    "norm": ["norm.weight", "norm.bias"],
    "out": ["out.weight"],
    "total": ["first.weight", "first.bias", "second.bias", "norm.weight", "norm.bias", "out.weight"],
}


def as_float64(tensor: Tensor) -> np.ndarray:
    return tensor.detach().clone().numpy().astype(np.float64)


class Slow:
    """Keeps every tensor of every step and computes each statistic the long way."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, name: str) -> None:
        self._parameters = dict(model.named_parameters())
        self._state = optimizer.state
        self._name = name
        self.statistics: list[dict[str, float]] = []

    def __call__(self, step: int, when: str) -> None:
        if when == "before":
            self._before = {name: as_float64(each) for name, each in self._parameters.items()}
            self._gradients = {name: as_float64(each.grad) for name, each in self._parameters.items()}
            return
        updates = {name: as_float64(each) - self._before[name] for name, each in self._parameters.items()}
        found: dict[str, float] = {}
        for layer, names in PARAMETERS.items():
            weight, gradient, update = (
                float(np.sqrt(sum((tensors[name] ** 2).sum() for name in names)))
                for tensors in (self._before, self._gradients, updates)
            )
            found[f"weight_norm/{layer}"] = weight
            found[f"gradient_norm/{layer}"] = gradient
            found[f"update_norm/{layer}"] = update
            found[f"update_ratio/{layer}"] = update / weight
            found[f"step_size/{layer}"] = update / gradient
            if self._name in FIRST:
                states = [as_float64(self._state[self._parameters[name]][FIRST[self._name]]) for name in names]
                found[f"first_moment_norm/{layer}"] = float(np.sqrt(sum((each**2).sum() for each in states)))
            if self._name in SECOND:
                states = [as_float64(self._state[self._parameters[name]][SECOND[self._name]]) for name in names]
                found[f"second_moment_mean/{layer}"] = float(np.concatenate([each.ravel() for each in states]).mean())
        self.statistics.append(found)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_that_statistics_of_each_layer_and_the_total_are_those_of_the_slow_version(
    collect: Collect, make_batches: Batches, name: str
) -> None:
    model = Tied()
    optimizer = OPTIMIZERS[name](model.parameters())
    slow = Slow(model, optimizer, name)

    series = collect(model, make_batches(4, 5), optimizer, slow, interval=1, insight=None).series

    per_step = {"loss", "learning_rate", "dead_fraction/first.relu"}
    assert set(series) - per_step == set(slow.statistics[0])
    for statistic in slow.statistics[0]:
        steps, values = series.recorded(statistic)
        assert steps.tolist() == [0, 1, 2, 3]
        expected = [each[statistic] for each in slow.statistics]
        # An update is the small difference of two float32 numbers, whose rounding is the update's own.
        np.testing.assert_allclose(values, expected, rtol=1e-5, err_msg=statistic)


def test_that_statistics_are_there_at_passes_only(collect: Collect, make_batches: Batches) -> None:
    series = collect(Tied(), make_batches(7, 5), interval=3, insight=None).series

    assert series.recorded("gradient_norm/total")[0].tolist() == [0, 3, 6]
    assert np.isnan(series["gradient_norm/total"]).tolist() == [False, True, True, False, True, True, False]


def test_that_a_vanishing_gradient_is_not_told_as_zero(collect: Collect, make_batches: Batches) -> None:
    model = nn.Linear(4, 3)

    def shrink(step: int, when: str) -> None:
        if when == "before":
            model.weight.grad.fill_(1e-30)
            model.bias.grad.zero_()

    series = collect(model, make_batches(1, 4), torch.optim.SGD(model.parameters(), 0.1), shrink).series

    np.testing.assert_allclose(series["gradient_norm/total"], [1e-30 * np.sqrt(12)], rtol=1e-5)
    assert series["update_norm/total"].tolist() == [0]


def test_that_a_step_without_any_gradient_to_divide_by_has_no_step_size(
    collect: Collect, make_batches: Batches
) -> None:
    model = nn.Linear(4, 3)

    def clear(step: int, when: str) -> None:
        if when == "before":
            for parameter in model.parameters():
                parameter.grad.zero_()

    series = collect(model, make_batches(1, 4), torch.optim.SGD(model.parameters(), 0.1), clear).series

    assert series["gradient_norm/total"].tolist() == [0]
    assert "step_size/total" not in series


def test_that_a_run_that_diverges_is_recorded_as_it_is(collect: Collect, make_batches: Batches) -> None:
    model = nn.Sequential(nn.Linear(4, 3))

    collection = collect(model, make_batches(3, 4), torch.optim.SGD(model.parameters(), float("inf")), interval=1)

    assert not np.isfinite(collection.passes[2].layers["0"].weight).any()
    assert not np.isfinite(collection.series["weight_norm/total"][1:]).any()
    told = [note.text.partition(",")[0] for note in collection.notes]
    assert told[0] == "The first NaN or Inf in an update was seen at step 0"
    assert "The first NaN or Inf in the weights came at step 1" in told
    assert collection.series.recorded("not_finite_activation/0")[1].tolist() == [18, 18, 18]
