"""Filters, feature maps and idle units of a pass against what is counted slowly by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector.pytorch.dead_units import useless_units
from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]


class Net(nn.Sequential):
    """A convolution with a norm and a rectifier, with some units that never fire."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 10, 3)
        self.norm = nn.BatchNorm2d(10)
        self.relu = nn.ReLU(inplace=True)
        self.flat = nn.Flatten()
        self.fc = nn.Linear(10 * 16, 6)
        self.tanh = nn.Tanh()
        self.out = nn.Linear(6, 3)
        with torch.no_grad():
            self.norm.bias[:4] = -50
            self.fc.bias[:2] = 40


def by_hand(model: nn.Module, layer: str, inputs: Tensor) -> np.ndarray:
    """The output of a layer, as a hook sees it."""
    seen: list[Tensor] = []
    handle = model.get_submodule(layer).register_forward_hook(lambda _m, _a, output: seen.append(output.clone()))
    model.eval()
    with torch.no_grad():
        model(inputs)
    model.train()
    handle.remove()
    return seen[0].numpy()


def test_that_filters_and_maps_are_the_weight_and_a_hooks_output_on_the_same_sample(
    collect: Collect, make_batches: Batches
) -> None:
    model, probe = Net(), make_batches(1, 3, 6, 6, size=4)[0]
    kept: list[tuple[np.ndarray, ...]] = []

    def keep(step: int, when: str) -> None:
        if when == "before":
            weight = model.conv.weight.detach().numpy().copy()
            kept.append((weight, by_hand(model, "conv", probe[0]), by_hand(model, "relu", probe[0])))

    collection = collect(model, make_batches(2, 3, 6, 6), watch=keep, probe=probe, interval=1)
    keep(2, "before")  # the state after the last step

    for one, (weight, before, after) in zip(collection.passes, kept, strict=True):
        np.testing.assert_array_equal(one.layers["conv"].weight, weight)
        for sample in range(4):
            np.testing.assert_array_equal(one.layers["conv"].feature_maps[sample], before[sample].astype(np.float16))
            np.testing.assert_array_equal(one.layers["relu"].feature_maps[sample], after[sample].astype(np.float16))
    assert "feature_maps 'all'" in collection.layers["norm"].not_recorded["feature_maps"]


@pytest.mark.parametrize(("rule", "layers"), [("all", ["conv", "norm", "relu"]), ("last", ["relu"]), ("none", [])])
def test_that_maps_are_kept_of_the_layers_and_samples_that_were_asked_for(
    collect: Collect, make_batches: Batches, rule: str, layers: list[str]
) -> None:
    collection = collect(
        Net(),
        make_batches(1, 3, 6, 6),
        probe=make_batches(1, 3, 6, 6, size=5)[0],
        feature_maps=rule,
        feature_samples=2,
    )
    maps = {name: each.feature_maps for name, each in collection.passes[0].layers.items()}
    assert [name for name, each in maps.items() if each is not None] == layers
    assert all(len(maps[name]) == 2 for name in layers)


def test_that_dead_and_saturated_fractions_equal_a_slow_count_at_every_pass_and_at_the_end(
    collect: Collect, make_batches: Batches
) -> None:
    model, probe = Net(), make_batches(1, 3, 6, 6, size=4)[0]
    dead, saturated = [], []

    def count(step: int, when: str) -> None:
        if when == "before":
            relu, tanh = by_hand(model, "relu", probe[0]), by_hand(model, "tanh", probe[0])
            dead.append(sum(all(value == 0 for value in relu[:, unit].ravel()) for unit in range(10)) / 10)
            beyond = [sum(abs(value) > 0.99 for value in tanh[:, unit]) for unit in range(6)]
            saturated.append(sum(number >= 0.95 * 4 for number in beyond) / 6)

    collection = collect(model, make_batches(3, 3, 6, 6), watch=count, probe=probe, interval=1, neuron_cap=3)
    count(3, "before")

    steps, values = collection.series.recorded("dead_fraction/relu")
    np.testing.assert_array_equal(steps, [0, 1, 2, 3])
    np.testing.assert_allclose(values, dead, rtol=1e-6)
    assert dead[0] >= 0.4
    for one, share in zip(collection.passes, dead, strict=True):
        assert set(one.unit_states) == {"relu", "tanh"}
        assert one.unit_states["relu"].sum() == round(10 * share)
    silent = (by_hand(model, "relu", probe[0]) == 0).all(axis=(0, 2, 3))
    assert collection.passes[3].unit_states["relu"].tolist() == silent.tolist()
    np.testing.assert_allclose(collection.series.recorded("saturated_fraction/tanh")[1], saturated, rtol=1e-6)
    assert saturated[0] >= 2 / 6
    assert collection.n_steps == 3, "the state after the last step is no step"
    assert not {"dead_fraction/norm", "dead_fraction/tanh", "saturated_fraction/relu"} & set(collection.series)


@pytest.mark.parametrize(
    ("module", "low", "high"),
    [
        (nn.Sigmoid(), 0.0, 1.0),
        (nn.Tanh(), -1.0, 1.0),
        (nn.Hardsigmoid(), 0.0, 1.0),
        (nn.Softsign(), -1.0, 1.0),
        (nn.Hardtanh(-2.0, 3.0), -2.0, 3.0),
    ],
    ids=lambda each: type(each).__name__,
)
def test_that_saturation_is_counted_within_the_bounds_of_each_function(
    module: nn.Module, low: float, high: float
) -> None:
    output = module(torch.randn(20, 30, 7) * torch.linspace(0, 3000, 30)[:, None])
    n_saturated = 0
    for unit in range(30):
        values = output[:, unit].flatten().tolist()
        edge = 0.005 * (high - low)
        n_saturated += sum(value < low + edge or value > high - edge for value in values) >= 0.95 * len(values)
    assert 0 < n_saturated < 30
    assert int(useless_units(module, output, 1)["saturated_fraction"].sum()) == n_saturated


def test_that_a_unit_with_nan_is_neither_and_functions_without_the_notion_have_no_figure() -> None:
    output = torch.zeros(3, 2)
    output[1, 0] = torch.nan
    assert useless_units(nn.ReLU(), output, 1)["dead_fraction"].tolist() == [False, True]
    assert not useless_units(nn.Tanh(), torch.full((3, 2), torch.nan), 1)["saturated_fraction"].any()
    for module in (nn.LeakyReLU(), nn.GELU(), nn.Softmax(1), nn.BatchNorm1d(2), nn.ELU()):
        assert useless_units(module, output, 1) == {}
