"""What the file says of a pass is what a person finds who keeps the tensors by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]
PARAMETERS = ("weight", "bias")


class Zoo(nn.Sequential):
    """A layer of each kind that has a unit plan."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 7, 3, padding=1)
        self.norm = nn.BatchNorm2d(7)
        self.relu = nn.ReLU(inplace=True)
        self.up = nn.ConvTranspose2d(7, 9, 2, stride=2)
        self.leaky = nn.LeakyReLU(inplace=True)
        self.pool = nn.MaxPool2d(4)
        self.flat = nn.Flatten()
        self.fc = nn.Linear(9 * 9, 11)
        self.norm1d = nn.BatchNorm1d(11)
        self.tanh = nn.Tanh()
        self.out = nn.Linear(11, 3)


READS = {"conv": ("input", 2), "up": ("conv", 7), "fc": ("up", 9), "out": ("fc", 11)}
"""Layer → what it reads and how many units that has."""


class Kept:
    """What a person keeps by hand at each step."""

    def __init__(self, model: nn.Module, probe: Tensor) -> None:
        self._model = model
        self._probe = probe
        self.parameters: list[dict[str, Tensor]] = []
        self.gradients: list[dict[str, Tensor]] = []
        self.updates: list[dict[str, Tensor]] = []
        self.outputs: list[dict[str, Tensor]] = []

    def __call__(self, step: int, when: str) -> None:
        now = {name: each.detach().clone() for name, each in self._model.named_parameters()}
        if when == "after":
            self.updates.append({name: now[name] - before for name, before in self.parameters[-1].items()})
            return
        self.parameters.append(now)
        self.gradients.append({name: each.grad.clone() for name, each in self._model.named_parameters()})
        self.outputs.append(self._run())

    def _run(self) -> dict[str, Tensor]:
        outputs: dict[str, Tensor] = {}
        hooks = [
            module.register_forward_hook(lambda _m, _a, output, name=name: outputs.update({name: output.clone()}))
            for name, module in self._model.named_children()
        ]
        modes = [(module, module.training) for module in self._model.modules()]
        self._model.eval()
        with torch.no_grad():
            outputs["logits"] = self._model(self._probe)
        for module, mode in modes:
            module.training = mode
        for hook in hooks:
            hook.remove()
        return outputs


def groups(total: int, cap: int) -> list[list[int]]:
    """The groups of the original visualizer: contiguous, sizes differ by at most one, the longer first."""
    n = total if cap == 0 else min(total, cap)
    size, longer = divmod(total, n)
    made, start = [], 0
    for number in range(n):
        length = size + (1 if number < longer else 0)
        made.append(list(range(start, start + length)))
        start += length
    return made


def spread(total: int, cap: int) -> list[list[int]]:
    """Single units at even distances, the first and the last among them."""
    if cap == 0 or total <= cap:
        return [[unit] for unit in range(total)]
    return [[round(place * (total - 1) / (cap - 1))] for place in range(cap)]


def along(array: np.ndarray, axis: int, chosen: list[list[int]]) -> np.ndarray:
    """The mean of each group of units, one group after the other."""
    rows = np.moveaxis(array.astype(np.float64), axis, 0)
    return np.moveaxis(np.stack([sum(rows[unit] for unit in group) / len(group) for group in chosen]), 0, axis)


PLANS = pytest.mark.parametrize(
    ("cap", "rule", "choose"),
    [(4, "spread", spread), (0, "spread", spread), (4, "group_mean", groups), (0, "group_mean", groups)],
)


@pytest.fixture
def recorded(collect: Collect, make_batches: Batches) -> Callable[[int, str], tuple[Collection, Kept]]:
    """Five steps of the zoo with a pass at each, and what was kept by hand."""

    def run(cap: int, rule: str) -> tuple[Collection, Kept]:
        batches = make_batches(5, 2, 6, 6)
        probe = make_batches(1, 2, 6, 6, size=4)[0]
        model = Zoo()
        kept = Kept(model, probe[0])
        return collect(model, batches, watch=kept, probe=probe, interval=1, neuron_cap=cap, unit_rule=rule), kept

    return run


Recorded = Callable[[int, str], tuple[Collection, Kept]]
UNITS = {"conv": 7, "norm": 7, "relu": 7, "up": 9, "leaky": 9, "fc": 11, "norm1d": 11, "tanh": 11, "out": 3}


def by_hand(
    layer: str, kind: str, tensor: Tensor, cap: int, choose: Callable[[int, int], list[list[int]]]
) -> np.ndarray:
    """A weight or bias under the unit plan, slowly."""
    array = tensor.numpy()
    units = choose(UNITS[layer], cap)
    if kind == "bias" or layer not in READS:
        return along(array, 0, units)
    if layer == "up":
        array = array.swapaxes(0, 1)
    source, n_inputs = READS[layer]
    inputs = [[unit] for unit in range(n_inputs)] if source == "input" else choose(n_inputs, cap)
    rows = along(array, 0, units)
    if layer != "fc":
        return along(rows, 1, inputs)
    blocks = [[rows[:, unit * 9 : unit * 9 + 9] for unit in group] for group in inputs]
    return np.concatenate([sum(block) / len(block) for block in blocks], 1)


@PLANS
def test_that_weights_gradients_and_updates_are_those_kept_by_hand(
    recorded: Recorded, cap: int, rule: str, choose: Any
) -> None:
    collection, kept = recorded(cap, rule)

    for number in range(5):
        for layer, arrays in collection.passes[number].layers.items():
            for kind in PARAMETERS:
                name = f"{layer}.{kind}"
                if name not in kept.parameters[0]:
                    assert getattr(arrays, kind) is None
                    continue
                for ending, tensors in (
                    ("", kept.parameters),
                    ("_gradient", kept.gradients),
                    ("_update", kept.updates),
                ):
                    expected = by_hand(layer, kind, tensors[number][name], cap, choose)
                    found = getattr(arrays, kind + ending)
                    assert found.shape == expected.shape
                    if rule == "spread":
                        np.testing.assert_array_equal(found, expected.astype(np.float32))
                    else:
                        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-8)


@PLANS
def test_that_activations_and_feature_maps_are_those_of_a_hook(
    recorded: Recorded, cap: int, rule: str, choose: Any
) -> None:
    collection, kept = recorded(cap, rule)

    for number in range(5):
        one = collection.passes[number]
        np.testing.assert_array_equal(one.logits, kept.outputs[number]["logits"])
        for layer, arrays in one.layers.items():
            output = along(kept.outputs[number][layer].numpy(), 1, choose(UNITS[layer], cap))
            expected = output.reshape(*output.shape[:2], -1).mean(2)
            np.testing.assert_allclose(arrays.activation, expected, rtol=1e-4, atol=1e-6)
            if arrays.feature_maps is not None:
                assert arrays.feature_maps.dtype == np.float16
                assert len(arrays.feature_maps) == 4
                np.testing.assert_allclose(arrays.feature_maps, output, rtol=1e-3, atol=1e-3)
    with_maps = [name for name, arrays in collection.passes[0].layers.items() if arrays.feature_maps is not None]
    assert with_maps == ["conv", "relu", "up", "leaky"], "before and after norm and activation"


def test_that_a_layer_that_works_in_place_does_not_falsify_the_one_before_it(recorded: Recorded) -> None:
    collection, _ = recorded(0, "spread")

    layers = collection.passes[0].layers
    assert (layers["norm"].activation < layers["relu"].activation).any()
    assert (layers["up"].activation < layers["leaky"].activation).any()


@pytest.mark.parametrize("rule", ["spread", "group_mean"])
def test_that_both_sides_of_an_edge_are_the_same_units(recorded: Recorded, rule: str) -> None:
    collection, _ = recorded(4, rule)

    for name, (source, n_units) in READS.items():
        layer = collection.layers[name]
        assert layer.reads == (source,)
        assert layer.input_units == n_units
        if source != "input":
            np.testing.assert_array_equal(layer.input_kept, collection.layers[source].kept)
    assert collection.layers["fc"].input_block == 9


def test_that_layers_carry_the_units_of_their_stage(recorded: Recorded) -> None:
    collection, _ = recorded(4, "spread")

    stages = {name: layer.stage for name, layer in collection.layers.items()}
    assert stages == {
        "conv": "conv",
        "norm": "conv",
        "relu": "conv",
        "up": "up",
        "leaky": "up",
        "fc": "fc",
        "norm1d": "fc",
        "tanh": "fc",
        "out": "out",
    }
    for layer in collection.layers.values():
        np.testing.assert_array_equal(layer.kept, collection.layers[layer.stage].kept)


def test_that_true_sizes_are_in_the_file_whatever_the_cap(recorded: Recorded) -> None:
    collection, kept = recorded(4, "spread")

    for name, layer in collection.layers.items():
        assert layer.units == UNITS[name]
        true = {kind: tuple(kept.parameters[0][f"{name}.{kind}"].shape) for kind in layer.parameters}
        assert dict(layer.parameters) == true


def test_that_all_pixels_of_a_flattened_picture_are_kept_whatever_the_cap(
    collect: Collect, make_batches: Batches
) -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 3))
    weight = model[1].weight.detach().numpy().copy()

    collection = collect(model, make_batches(1, 1, 10, 10), neuron_cap=2)

    np.testing.assert_array_equal(collection.passes[0].layers["1"].weight, weight[[0, 2]])
    assert collection.layers["1"].reads == ("input",)


def test_that_feature_maps_beyond_float16_are_infinite_without_a_warning(
    collect: Collect, make_batches: Batches
) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.Flatten(), nn.Linear(8, 3))
    nn.init.constant_(model[0].bias, 1e6)

    collection = collect(model, make_batches(1, 1, 2, 2))

    assert np.isinf(collection.passes[0].layers["0"].feature_maps).all()
    assert np.isfinite(collection.passes[0].layers["0"].activation).all()
    assert not collection.notes
