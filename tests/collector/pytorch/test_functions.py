"""Activations that are called as functions are recorded as the modules are that do the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]

PAIRS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[], nn.Module], str, str]] = {
    "F.relu": (F.relu, nn.ReLU, "relu", "dead_fraction"),
    "F.relu in place": (lambda x: F.relu(x, inplace=True), nn.ReLU, "relu", "dead_fraction"),
    "torch.relu": (torch.relu, nn.ReLU, "relu", "dead_fraction"),
    "a method": (lambda x: x.relu(), nn.ReLU, "relu", "dead_fraction"),
    "a method in place": (lambda x: x.relu_(), nn.ReLU, "relu", "dead_fraction"),
    "clamp": (lambda x: x.clamp(min=0), nn.ReLU, "relu", "dead_fraction"),
    "torch.clamp": (lambda x: torch.clamp(x, 0), nn.ReLU, "relu", "dead_fraction"),
    "clamp_min": (lambda x: x.clamp_min_(0.0), nn.ReLU, "relu", "dead_fraction"),
    "F.relu6": (F.relu6, nn.ReLU6, "relu6", "dead_fraction"),
    "torch.sigmoid": (torch.sigmoid, nn.Sigmoid, "sigmoid", "saturated_fraction"),
    "a sigmoid method": (lambda x: x.sigmoid(), nn.Sigmoid, "sigmoid", "saturated_fraction"),
    "F.hardsigmoid": (F.hardsigmoid, nn.Hardsigmoid, "hardsigmoid", "saturated_fraction"),
    "torch.tanh": (torch.tanh, nn.Tanh, "tanh", "saturated_fraction"),
    "F.softsign": (F.softsign, nn.Softsign, "softsign", "saturated_fraction"),
    "F.hardtanh as it is": (F.hardtanh, nn.Hardtanh, "hardtanh", "saturated_fraction"),
    "F.hardtanh": (
        lambda x: F.hardtanh(x, -0.5, 0.5),
        lambda: nn.Hardtanh(-0.5, 0.5),
        "hardtanh",
        "saturated_fraction",
    ),
}


class Net(nn.Module):
    """A small network whose activations are given, or are functions."""

    def __init__(self, function: Callable[[Tensor], Tensor] | None, module: Callable[[], nn.Module]) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.conv, self.norm = nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6)
        self.fc, self.out = nn.Linear(6 * 9, 20), nn.Linear(20, 3)
        with torch.no_grad():  # some units dead or saturated, some not
            self.fc.bias += torch.linspace(-6, 6, 20)
            self.norm.bias += torch.linspace(-6, 6, 6)
        if function is None:
            self.first, self.second = module(), module()
        self.function = function

    def forward(self, pictures: Tensor) -> Tensor:
        first, second = (self.first, self.second) if self.function is None else (self.function, self.function)
        features = F.max_pool2d(first(self.norm(self.conv(pictures))), 2)
        return self.out(second(self.fc(features.flatten(1))))


@pytest.mark.parametrize("kind", PAIRS)
def test_that_a_function_is_recorded_as_the_module_that_does_the_same(
    kind: str, collect: Collect, make_batches: Batches, path: Path
) -> None:
    function, module, name, metric = PAIRS[kind]
    batches = make_batches(4, 1, 8, 8)
    of_modules = collect(Net(None, module), batches)
    path.rename(path.with_name("modules.json"))

    found = collect(Net(function, module), batches)

    for with_us, expected in (f"conv.{name}", "first"), (f"fc.{name}", "second"):
        layer, other = found.layers[with_us], of_modules.layers[expected]
        assert (layer.kind, layer.stage, layer.output_shape) == (other.kind, other.stage, other.output_shape)
        np.testing.assert_array_equal(layer.kept, other.kept)
        np.testing.assert_array_equal(found.series[f"{metric}/{with_us}"], of_modules.series[f"{metric}/{expected}"])
        assert np.isfinite(found.series[f"{metric}/{with_us}"]).any()
        for one, same in zip(found.passes, of_modules.passes, strict=True):
            for array in ("activation", "feature_maps"):
                mine, theirs = getattr(one.layers[with_us], array), getattr(same.layers[expected], array)
                np.testing.assert_array_equal(mine, theirs)
    assert list(found.layers)[:4] == ["conv", "norm", f"conv.{name}", "fc"]


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, inputs: Tensor) -> Tensor:
        return F.relu(self.b(F.relu(self.a(inputs))) + inputs)


def test_that_functions_behind_a_sum_have_the_name_of_their_module(collect: Collect, make_batches: Batches) -> None:
    found = collect(nn.Sequential(Block(), Block(), nn.Linear(4, 3)), make_batches(3, 4))

    names = [name for name in found.layers if name.endswith("relu")]
    assert names == ["0.a.relu", "0.relu", "1.a.relu", "1.relu"]
    assert all(f"dead_fraction/{name}" in found.series for name in names)


def test_that_a_function_used_again_and_again_is_one_layer(collect: Collect, make_batches: Batches) -> None:
    class Again(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.out = nn.Linear(4, 4), nn.Linear(4, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            for _ in range(5):
                inputs = torch.tanh(self.cell(inputs))
            return self.out(inputs)

    found = collect(Again(), make_batches(3, 4))

    assert [name for name in found.layers if "tanh" in name] == ["cell.tanh"]
    assert "5 times" in found.layers["cell.tanh"].not_recorded["earlier calls"]


def test_that_what_activations_that_are_modules_call_is_theirs_alone(collect: Collect, make_batches: Batches) -> None:
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 5), nn.Hardtanh(), nn.ReLU6(), nn.Linear(5, 3))

    assert list(collect(model, make_batches(2, 4)).layers) == ["0", "1", "2", "3", "4", "5"]


def test_that_functions_of_weights_are_no_layers(collect: Collect, make_batches: Batches) -> None:
    class Gated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.gate = nn.Linear(4, 3), nn.Parameter(torch.zeros(3))

        def forward(self, inputs: Tensor) -> Tensor:
            return F.relu(self.fc(inputs)) * torch.sigmoid(self.gate)

    found = collect(Gated(), make_batches(3, 4))

    assert [name for name in found.layers if "." in name] == ["fc.relu"]


def test_that_a_run_that_takes_another_way_gives_no_function_what_is_anothers(
    collect: Collect, make_batches: Batches
) -> None:
    class Turning(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.is_late = nn.Linear(4, 3), False

        def forward(self, inputs: Tensor) -> Tensor:
            return torch.sigmoid(self.fc(inputs)) if self.is_late else F.relu(self.fc(inputs))

    model = Turning()
    found = collect(model, make_batches(6, 4), watch=lambda step, _: setattr(model, "is_late", step >= 3))

    there = [one.layers["fc.relu"].activation is not None for one in found.passes]
    assert there == [True, True, False, False]
