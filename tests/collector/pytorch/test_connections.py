"""Which units a layer reads: an edge is there where it is known, and nowhere else."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]


class Picture(nn.Module):
    """A convolution, whatever a test puts behind it, and a linear layer."""

    def __init__(self, between: Callable[[Any, Tensor], Tensor], n_inputs: int, **modules: nn.Module) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        for name, module in modules.items():
            self.add_module(name, module)
        self.fc = nn.Linear(n_inputs, 3)
        self._between = between

    def forward(self, pictures: Tensor) -> Tensor:
        output = self.fc(self._between(self, self.conv(pictures)))
        return output.reshape(len(pictures), -1)[:, :3]


Edges = Callable[[nn.Module], Any]


@pytest.fixture
def edges_of(collect: Collect, make_batches: Batches) -> Edges:
    """The layers of a model that was run on pictures of 1×4×4, by name."""
    return lambda model: collect(model, make_batches(1, 1, 4, 4), neuron_cap=4).layers


KNOWN: dict[str, tuple[Callable[[Any, Tensor], Tensor], int, int]] = {
    "flattened": (lambda _, x: torch.flatten(x, 1), 96, 16),
    "viewed": (lambda _, x: x.view(x.shape[0], -1), 96, 16),
    "reshaped_in_two_steps": (lambda _, x: x.reshape(-1, 6, 16).flatten(1), 96, 16),
    "rectified": (lambda _, x: nn.functional.relu(x).flatten(1), 96, 16),
    "rectified_in_place": (lambda _, x: nn.functional.relu(x, inplace=True).flatten(1), 96, 16),
    "method": (lambda _, x: x.sigmoid().flatten(1), 96, 16),
    "pooled": (lambda _, x: nn.functional.max_pool2d(nn.functional.gelu(x), 2).flatten(1), 24, 4),
    "pooled_to_one": (lambda _, x: nn.functional.adaptive_avg_pool2d(x, 1).squeeze(), 6, 1),
    "mean_over_positions": (lambda _, x: x.mean((2, 3)), 6, 1),
    "mean_over_positions_kept": (lambda _, x: x.mean(dim=[-2, -1], keepdim=True).flatten(1), 6, 1),
    "dropped_out": (lambda _, x: nn.functional.dropout(x, 0.5, training=True).flatten(1), 96, 16),
    "scaled_by_a_constant": (lambda _, x: (x * 2 + torch.ones(6, 1, 1)).flatten(1), 96, 16),
    "padded": (lambda _, x: nn.functional.pad(x, (1, 1, 1, 1)).flatten(1), 216, 36),
    "softmax": (lambda _, x: x.softmax(1).flatten(1), 96, 16),
    "channels_last": (lambda _, x: x.contiguous(memory_format=torch.channels_last).flatten(1), 96, 16),
}


@pytest.mark.parametrize("name", KNOWN)
def test_that_an_edge_goes_through_operations_that_leave_units_in_their_place(edges_of: Edges, name: str) -> None:
    between, n_inputs, block = KNOWN[name]

    layers = edges_of(Picture(between, n_inputs))

    assert layers["fc"].reads == ("conv",)
    assert layers["fc"].input_block == block
    np.testing.assert_array_equal(layers["fc"].input_kept, layers["conv"].kept)
    assert "edges" not in layers["fc"].not_recorded


UNKNOWN: dict[str, tuple[Callable[[Any, Tensor], Tensor], int]] = {
    "permuted": (lambda _, x: x.permute(0, 2, 3, 1).flatten(1), 96),
    "transposed": (lambda _, x: x.flatten(2).transpose(1, 2).flatten(1), 96),
    "a_part": (lambda _, x: x[:, :3].flatten(1), 48),
    "chunked": (lambda _, x: x.chunk(2, 1)[1].flatten(1), 48),
    "flipped": (lambda _, x: x.flip(1).flatten(1), 96),
    "rolled": (lambda _, x: torch.roll(x, 1, 1).flatten(1), 96),
    "shuffled": (lambda _, x: x.view(-1, 2, 3, 4, 4).transpose(1, 2).flatten(1), 96),
    "pixel_shuffle": (lambda _, x: nn.functional.pixel_shuffle(x[:, :4], 2).flatten(1), 64),
    "written_into": (lambda _, x: _written_into(x).flatten(1), 96),
    "mean_over_channels": (lambda _, x: x.mean(1).flatten(1), 16),
    "product_with_itself": (lambda _, x: (x @ x).flatten(1), 96),
    "gated_by_another": (lambda _, x: (x * x.mean(1, keepdim=True)).flatten(1), 96),
    "mixed_with_another_of_unknown_origin": (lambda _, x: (x + x.flip(1)).flatten(1), 96),
    "functional_linear": (lambda _, x: nn.functional.linear(x.flatten(1), torch.ones(96, 96)), 96),
    "functional_convolution": (lambda _, x: nn.functional.conv2d(x, torch.ones(6, 6, 1, 1)).flatten(1), 96),
    "positions_as_features": (lambda _, x: x, 4),
    "positions_as_features_in_the_number_of_units": (lambda _, x: nn.functional.interpolate(x, (6, 6)), 6),
    "regrouped_over_samples": (lambda _, x: x.reshape(12, 6, 8).flatten(1), 48),
    "given_another_axis": (lambda _, x: (x.mean((2, 3)) + torch.zeros(6, 6, 1)).flatten(1), 36),
    "padded_among_the_channels": (lambda _, x: nn.functional.pad(x, (0, 0, 0, 0, 1, -1)).flatten(1), 96),
    "pooled_over_channels": (lambda _, x: nn.functional.max_pool2d(x.flatten(2), 3, 1, 1).flatten(1), 96),
    "joined_with_a_constant": (lambda _, x: torch.cat([x, torch.zeros(6, 1, 4, 4)], 1).flatten(1), 112),
}


def _written_into(output: Tensor) -> Tensor:
    output[:, 0] = 0
    return output


@pytest.mark.parametrize("name", UNKNOWN)
def test_that_no_edge_is_made_up_behind_operations_that_move_units(edges_of: Edges, name: str) -> None:
    between, n_inputs = UNKNOWN[name]
    model = Picture(between, n_inputs)
    if name == "written_into":
        model.conv.requires_grad_(False)

    layers = edges_of(model)

    assert layers["fc"].reads == ()
    assert layers["fc"].not_recorded["edges"]
    assert "weight" not in layers["fc"].not_recorded


def test_that_a_layer_behind_an_operation_that_moves_units_has_units_of_its_own(edges_of: Edges) -> None:
    layers = edges_of(Picture(lambda model, x: model.act(x.flip(1)).flatten(1), 96, act=nn.ReLU()))

    assert layers["act"].stage == "act"
    assert layers["fc"].reads == ("act",)


def test_that_a_layer_that_reads_a_sum_reads_both(edges_of: Edges) -> None:
    model = Picture(lambda m, x: nn.functional.relu(m.second(x) + m.third(x)).flatten(1), 96)
    model.second, model.third = nn.Conv2d(6, 6, 1), nn.Conv2d(6, 6, 1)

    layers = edges_of(model)

    assert layers["fc"].reads == ("second", "third")
    assert (layers["fc"].input_units, layers["fc"].input_block) == (6, 16)


def test_that_a_sum_in_place_is_a_sum_of_both(edges_of: Edges) -> None:
    def residual(model: Any, x: Tensor) -> Tensor:
        output = model.second(x)
        output += x
        return output.flatten(1)

    layers = edges_of(Picture(residual, 96, second=nn.Conv2d(6, 6, 1)))

    assert layers["fc"].reads == ("second", "conv")


def test_that_a_norm_or_activation_of_a_sum_belongs_to_neither_part(edges_of: Edges) -> None:
    model = Picture(lambda m, x: m.act(m.second(x) + x).flatten(1), 96, second=nn.Conv2d(6, 6, 1), act=nn.ReLU())

    layers = edges_of(model)

    assert layers["act"].stage == "act"
    assert layers["act"].units == 6
    assert layers["fc"].reads == ("act",)


def test_that_concatenated_layers_are_read_one_after_the_other(collect: Collect, make_batches: Batches) -> None:
    model = Picture(lambda m, x: m.mix(torch.cat([x, m.second(x)], dim=1)).flatten(1), 32)
    model.second, model.mix = nn.Conv2d(6, 10, 1), nn.Conv2d(16, 2, 1)
    weight = model.mix.weight.detach().numpy().copy()

    collection = collect(model, make_batches(1, 1, 4, 4), neuron_cap=4)

    mix, parts = collection.layers["mix"], [collection.layers["conv"], collection.layers["second"]]
    assert mix.reads == ("conv", "second")
    assert mix.input_units == 16
    assert mix.input_kept.tolist() == [*parts[0].kept, *(parts[1].kept + 6)]
    np.testing.assert_array_equal(collection.passes[0].layers["mix"].weight, weight[:, mix.input_kept])


def test_that_a_skip_from_the_input_is_not_told_as_an_edge_from_the_layer_alone(edges_of: Edges) -> None:
    class Skip(Picture):
        def forward(self, pictures: Tensor) -> Tensor:
            mixed = self.mix(torch.cat([self.conv(pictures), pictures], 1))
            return self.fc(mixed.flatten(1))

    layers = edges_of(Skip(lambda m, x: x, 32, mix=nn.Conv2d(7, 2, 1)))

    assert layers["fc"].reads == ("mix",)
    assert layers["mix"].reads == ()


def test_that_one_activation_used_everywhere_connects_nothing_wrongly(edges_of: Edges) -> None:
    def chain(model: Any, x: Tensor) -> Tensor:
        return model.relu(model.last(model.relu(model.second(model.relu(x))))).flatten(1)

    model = Picture(chain, 64, relu=nn.ReLU(), second=nn.Conv2d(6, 5, 1), last=nn.Conv2d(5, 4, 1))

    layers = edges_of(model)

    assert [layers[name].reads for name in ("conv", "second", "last", "fc")] == [
        ("input",),
        ("conv",),
        ("second",),
        ("last",),
    ]
    assert layers["relu"].stage == "last"
    assert "last one" in layers["relu"].not_recorded["earlier calls"]
    assert list(layers) == ["conv", "second", "last", "relu", "fc"]


def test_that_features_of_a_sequence_are_the_units_of_the_layer_before(collect: Collect, make_batches: Batches) -> None:
    class Sequence(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.norm, self.second = nn.Linear(4, 8), nn.LayerNorm(8), nn.Linear(8, 3)
            self.flat = nn.Linear(40, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            features = nn.functional.gelu(self.norm(self.first(inputs)))
            return self.second(features).mean(1) + self.flat(features.flatten(1))

    model = Sequence()

    collection = collect(model, make_batches(1, 5, 4), neuron_cap=3)

    layers = collection.layers
    assert layers["first"].reads == ("input",)
    assert layers["norm"].stage == "first"
    assert layers["second"].reads == ("first",)
    assert layers["flat"].reads == (), "features of one position stand side by side, not positions of one feature"
    assert collection.passes[0].layers["first"].activation.shape == (6, 3)


def test_that_a_layer_used_twice_on_different_inputs_has_no_edges(edges_of: Edges) -> None:
    layers = edges_of(
        Picture(lambda m, x: m.same(nn.functional.relu(m.same(x))).flatten(1), 96, same=nn.Conv2d(6, 6, 1))
    )

    assert layers["same"].reads == ()
    assert "called 2 times" in layers["same"].not_recorded["edges"]
    assert layers["fc"].reads == ("same",)


@pytest.mark.parametrize("groups", [2, 6])
def test_that_a_grouped_convolution_is_recorded_without_edges(edges_of: Edges, groups: int) -> None:
    layers = edges_of(Picture(lambda m, x: m.grouped(x).flatten(1), 96, grouped=nn.Conv2d(6, 6, 1, groups=groups)))

    assert layers["grouped"].reads == ()
    assert f"{groups} groups" in layers["grouped"].not_recorded["edges"]
    assert layers["fc"].reads == ("grouped",)


def test_that_without_a_probe_no_edge_is_known(collect: Collect, make_batches: Batches) -> None:
    model = nn.Sequential(nn.Conv2d(1, 6, 1), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(96, 3))
    weight = model[4].weight.detach().numpy().copy()

    collection = collect(model, make_batches(1, 1, 4, 4), probe=None, neuron_cap=4)

    assert list(collection.layers) == ["0", "1", "2", "4"]
    assert all(layer.reads == () for layer in collection.layers.values())
    assert all(layer.not_recorded["activation"] == "there is no probe" for layer in collection.layers.values())
    fc, norm = collection.layers["4"], collection.passes[0].layers["1"]
    np.testing.assert_array_equal(collection.passes[0].layers["4"].weight, weight[np.ix_(fc.kept, fc.input_kept)])
    assert norm.weight.shape == (4,)
    assert norm.activation is None


def test_that_layers_with_names_of_the_formats_own_are_told_apart(edges_of: Edges) -> None:
    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))
            self.input, self.total = nn.Linear(16, 5), nn.Linear(5, 3)

        def forward(self, pictures: Tensor) -> Tensor:
            return self.total(self.input(pictures.flatten(1))) * self.scale

    layers = edges_of(Named())

    assert layers["input (layer)"].reads == ("input",)
    assert layers["total (layer)"].reads == ("input (layer)",)
    assert "(model)" in layers


class LastState(nn.Module):
    """Pictures as sequences of rows, and a layer that reads the last state in place of the outputs."""

    def __init__(self, recurrent: nn.Module, n_inputs: int, number: int = 0) -> None:
        super().__init__()
        self.recurrent, self.fc = recurrent, nn.Linear(n_inputs, 3)
        self._number = number

    def forward(self, pictures: Tensor) -> Tensor:
        states = self.recurrent(pictures.flatten(1, 2))[1]
        return self.fc((states[self._number] if isinstance(states, tuple) else states)[-1])


@pytest.mark.parametrize(
    "model",
    [
        lambda: LastState(nn.LSTM(4, 6, batch_first=True), 6),
        lambda: LastState(nn.LSTM(4, 6, batch_first=True), 6, number=1),
        lambda: LastState(nn.GRU(4, 6, batch_first=True), 6),
        lambda: LastState(nn.RNN(4, 6, batch_first=True), 6),
    ],
)
def test_that_the_last_state_of_a_recurrent_layer_holds_its_units(edges_of: Edges, model: Any) -> None:
    layers = edges_of(model())

    assert layers["fc"].reads == ("recurrent",)
    np.testing.assert_array_equal(layers["fc"].input_kept, layers["recurrent"].kept)


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("options", [{"num_layers": 2}, {"bidirectional": True}, {"proj_size": 5}])
def test_that_states_of_several_layers_or_directions_or_before_a_projection_are_no_units_of_it(
    edges_of: Edges, options: dict[str, Any]
) -> None:
    layers = edges_of(LastState(nn.LSTM(4, 6, batch_first=True, **options), 6, number=1))

    assert layers["fc"].reads == ()
    assert layers["fc"].not_recorded["edges"]
