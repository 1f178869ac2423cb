"""Odd models learn as they do without the collector, and are recorded as what they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from collector import Collector, open_collection
from collector.storage import Collection

Batches = Callable[..., list[tuple[Any, Tensor]]]


class TupleAndDict(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 5, batch_first=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, sequences: Tensor) -> dict[str, Any]:
        outputs, (hidden, _) = self.lstm(sequences)
        return {"logits": self.fc(outputs[:, -1]), "more": (hidden, None)}


class Partly(nn.Module):
    """A layer that is never called, one only in training, a frozen one, and one whose gradient stays None."""

    def __init__(self) -> None:
        super().__init__()
        self.never, self.aside, self.unused = nn.Linear(20, 2), nn.Linear(20, 3), nn.Linear(20, 2)
        self.frozen = nn.Linear(20, 20).requires_grad_(False)
        self.out = nn.Linear(20, 3)

    def forward(self, sequences: Tensor) -> Tensor:
        features = self.frozen(sequences.flatten(1))
        self.unused(features)
        return self.out(features) + (self.aside(features) if self.training else 0)


class Words(nn.Module):
    """Sparse gradients of an embedding, whose weight is tied to a layer or not."""

    def __init__(self, sparse: bool) -> None:
        super().__init__()
        self.words = nn.Embedding(30, 5, sparse=sparse)
        self.attention = nn.MultiheadAttention(5, 1, batch_first=True)
        self.norm = nn.LayerNorm(5)
        self.out = nn.Linear(5, 3)
        self.decoder = nn.Linear(5, 30)
        if not sparse:
            self.decoder.weight = self.words.weight

    def forward(self, sequences: Tensor) -> Tensor:
        words = self.words((sequences.abs() * 9).long().clamp(max=29).flatten(1))
        attended, _ = self.attention(words, words, words)
        features = self.norm(words + attended)
        return self.out(features).mean(1) + self.decoder(features).mean((1, 2)).unsqueeze(1)


class Grouped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.depthwise = nn.Conv1d(5, 8, 1), nn.Conv1d(8, 8, 3, groups=8)
        self.transposed = nn.ConvTranspose1d(8, 4, 2, groups=2)
        self.prelu, self.wide_norm = nn.PReLU(), nn.LayerNorm((4, 3))
        self.out = nn.Linear(12, 3)

    def forward(self, sequences: Tensor) -> Tensor:
        return self.out(self.wide_norm(self.prelu(self.transposed(self.depthwise(self.conv(sequences))))).flatten(1))


class Folding(nn.Module):
    """Folds positions into the samples, so that a layer's output has no axis of samples."""

    def __init__(self) -> None:
        super().__init__()
        self.each, self.out = nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, sequences: Tensor) -> Tensor:
        n_samples = len(sequences)
        folded = self.each(sequences.reshape(-1, 4)).relu()
        return self.out(folded).view(n_samples, -1, 3).mean(1)


class Functional(nn.Module):
    """No module but one, with parameters of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(20, 3) / 5)
        self.weights = nn.ParameterList([torch.zeros(3)])
        self.turn = nn.Parameter(torch.ones(3, dtype=torch.complex64))

    def forward(self, sequences: Tensor) -> Tensor:
        return (sequences.flatten(1) @ self.matrix + self.weights[0]) * self.turn.real


def reparametrized() -> nn.Module:
    first = nn.utils.parametrizations.weight_norm(nn.Linear(20, 6))
    return nn.Sequential(nn.Flatten(), first, nn.utils.parametrizations.spectral_norm(nn.Linear(6, 3)))


def transformer() -> nn.Module:
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    return nn.Sequential(nn.TransformerEncoder(layer, 2), nn.Flatten(), nn.Linear(20, 3))


MODELS: dict[str, Callable[[], nn.Module]] = {
    "tuple_and_dict": TupleAndDict,
    "partly": Partly,
    "sparse": lambda: Words(sparse=True),
    "tied": lambda: Words(sparse=False),
    "grouped": Grouped,
    "folding": Folding,
    "functional": Functional,
    "bfloat16": lambda: nn.Sequential(nn.Flatten(), nn.Linear(20, 6), nn.ReLU(), nn.Linear(6, 3)).bfloat16(),
    "float64": lambda: nn.Sequential(nn.Flatten(), nn.Linear(20, 6), nn.ReLU(), nn.Linear(6, 3)).double(),
    "reparametrized": reparametrized,
    "transformer": transformer,
}
NOTES = {
    "sparse": ["Not in the passes of what the optimizer holds"],
    "partly": [
        "No gradient came to never and unused in the first 2 passes. That is so where the loss does not depend on "
        "them, where they are cut off by detach() or no_grad(), and where copies of them are trained."
    ],
}
ARRAYS = (
    "activation",
    "weight",
    "bias",
    "weight_gradient",
    "bias_gradient",
    "weight_update",
    "bias_update",
    "feature_maps",
)


def learn(make: Callable[[], nn.Module], batches: Any, path: Path | None = None) -> list[Any]:
    """The losses and final weights of a training, collected where there is a path."""
    torch.manual_seed(0)
    model = make()
    dtype = next((each.dtype for each in model.parameters() if each.is_floating_point()), torch.float32)
    batches = [(inputs.to(dtype), labels) for inputs, labels in batches]
    optimizer = torch.optim.SGD([each for each in model.parameters() if each.requires_grad], 0.05, momentum=0.9)
    collector = None if path is None else Collector(model, optimizer, path, probe=batches[0], interval=2, neuron_cap=4)
    ends: list[Any] = []
    for inputs, labels in batches:
        output = model(inputs)
        loss = cross_entropy(output["logits"] if isinstance(output, dict) else output, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if collector is not None:
            collector.log(loss=loss)
        ends.append(loss.item())
    if collector is not None:
        collector.close()
    return ends + [each.tolist() for each in model.state_dict().values()]


@pytest.fixture
def batches(make_batches: Batches) -> list[tuple[Tensor, Tensor]]:
    """Five batches of sequences of five positions and four features."""
    return make_batches(5, 5, 4)


@pytest.mark.filterwarnings("ignore:No gradient came to")
@pytest.mark.parametrize("name", MODELS)
def test_that_an_odd_model_learns_as_without_the_collector_and_every_array_is_readable_or_explained(
    batches: Any, path: Path, name: str
) -> None:
    make = MODELS[name]

    assert learn(make, batches, path) == learn(make, batches)

    with open_collection(path) as collection:
        assert collection.finished
        assert [one.step for one in collection.passes] == [0, 2, 4, 5]
        assert [note.text.partition(":")[0] for note in collection.notes] == NOTES.get(name, [])
        for one in collection.passes:
            for layer, arrays in one.layers.items():
                unrecorded = collection.layers[layer].not_recorded
                for kind in ARRAYS:
                    getattr(arrays, kind)
                assert (arrays.activation is None) == ("activation" in unrecorded)
                for kind in collection.layers[layer].parameters:
                    own = arrays.parameters.get(kind)
                    is_there = getattr(arrays, kind, None) is not None if own is None else own.value is not None
                    assert is_there == (kind not in unrecorded)


@pytest.fixture
def recorded(batches: Any, path: Path) -> Callable[[str], Collection]:
    """Trains one of the odd models and opens what was recorded of it."""

    def run(name: str) -> Collection:
        learn(MODELS[name], batches, path)
        return open_collection(path)

    return run


Recorded = Callable[[str], Collection]


def test_that_of_a_layer_whose_output_is_a_tuple_the_first_tensor_is_recorded_and_what_follows(
    recorded: Recorded,
) -> None:
    collection = recorded("tuple_and_dict")

    assert collection.passes[0].layers["lstm"].activation.shape == (6, 4)
    assert collection.layers["lstm"].not_recorded == {}
    assert collection.layers["fc"].reads == ("lstm",)
    assert collection.passes[0].logits.shape == (6, 3)


@pytest.mark.filterwarnings("ignore:No gradient came to")
def test_that_layers_that_take_no_part_are_recorded_as_what_they_are(recorded: Recorded) -> None:
    collection = recorded("partly")
    first = collection.passes[0].layers

    assert "did not call it" in collection.layers["never"].not_recorded["activation"]
    assert first["never"].weight is not None
    assert first["never"].weight_gradient is None
    assert not first["never"].weight_update.any()
    assert first["unused"].activation is not None
    assert first["unused"].weight_gradient is None
    assert first["aside"].activation is None
    assert first["aside"].weight_gradient.any()
    assert collection.layers["frozen"].not_recorded["weight_gradient"].startswith("frozen")
    assert first["frozen"].weight_gradient is None
    assert not first["frozen"].weight_update.any()
    assert "gradient_norm/never" not in collection.series
    assert collection.series["update_norm/never"][0] == 0


def test_that_the_norm_of_a_sparse_gradient_is_the_true_one(batches: Any, path: Path) -> None:
    torch.manual_seed(0)
    model = Words(sparse=True)
    inputs, labels = batches[0]
    cross_entropy(model(inputs), labels).backward()
    expected = model.words.weight.grad.to_dense().norm().item()

    learn(MODELS["sparse"], batches, path)

    with open_collection(path) as collection:
        assert collection.series["gradient_norm/words"][0] == pytest.approx(expected, rel=1e-5)
        rows, columns = collection.layers["words"].kept_parameters["weight"]
        found = collection.passes[0].layers["words"].parameters["weight"].gradient
        np.testing.assert_array_equal(found, model.words.weight.grad.to_dense().numpy()[rows.kept][:, columns.kept])


def test_that_tied_weights_are_in_both_layers_and_once_in_the_total(recorded: Recorded) -> None:
    series = recorded("tied").series
    parameters = Words(sparse=False).state_dict()

    layers = {name.partition("/")[2]: series[name][0] for name in series if name.startswith("weight_norm/")}
    shared = series["weight_norm/words"][0]
    total = layers.pop("total")
    assert "decoder.weight" in parameters
    assert total**2 == pytest.approx(sum(norm**2 for norm in layers.values()) - shared**2, rel=1e-5)


def test_that_weights_that_are_no_units_by_inputs_are_kept_dimension_by_dimension(recorded: Recorded) -> None:
    collection = recorded("grouped")
    found = collection.passes[0].layers

    assert found["transposed"].parameters["weight"].value.shape == (4, 2, 2)
    assert found["prelu"].parameters["weight"].gradient.shape == (1,)
    assert collection.layers["prelu"].stage == "transposed"
    assert found["wide_norm"].parameters["weight"].update.shape == (4, 3)


def test_that_an_output_without_an_axis_of_samples_is_no_activation(recorded: Recorded) -> None:
    collection = recorded("folding")

    assert "(30, 6)" in collection.layers["each"].not_recorded["activation"]
    assert collection.passes[0].layers["each"].weight.shape == (4, 4)
    assert collection.passes[0].logits.shape == (6, 3)


def test_that_a_model_of_functions_alone_has_the_statistics_of_its_parameters(recorded: Recorded) -> None:
    collection = recorded("functional")

    assert set(collection.layers) == {"(model)", "weights"}
    assert collection.series["gradient_norm/(model)"][0] > 0
    assert collection.passes[0].layers["(model)"].parameters["matrix"].gradient.shape == (4, 3)


def test_that_bfloat16_is_recorded_as_the_numbers_it_stands_for(batches: Any, path: Path) -> None:
    torch.manual_seed(0)
    weight = MODELS["bfloat16"]()[1].weight.detach().float().numpy()

    learn(MODELS["bfloat16"], batches, path)

    with open_collection(path) as collection:
        layer, arrays = collection.layers["1"], collection.passes[0].layers["1"]
        np.testing.assert_array_equal(arrays.weight, weight[layer.kept])
        assert arrays.activation.dtype == np.float32


def test_that_a_weight_that_is_computed_says_so(recorded: Recorded) -> None:
    collection = recorded("reparametrized")

    assert "computed" in collection.layers["1"].not_recorded["weight"]
    assert collection.passes[0].layers["1"].bias is not None
    assert collection.layers["2"].reads == ("1",)


def test_that_layers_inside_a_transformer_are_seen(recorded: Recorded) -> None:
    layers = recorded("transformer").layers

    assert layers["0.layers.0.linear2"].reads == ("0.layers.0.linear1",)
    assert layers["0.layers.1.self_attn"].not_recorded == {}


def test_that_a_layer_that_is_not_called_stands_where_it_was_made_and_never_behind_the_output(
    batches: Any, path: Path
) -> None:
    class Late(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 1, batch_first=True)  # which does not call its out_proj
            self.out, self.softmax, self.never, self.last = nn.Linear(4, 3), nn.Softmax(1), nn.Linear(4, 9), nn.PReLU(9)

        def forward(self, sequences: Tensor) -> Tensor:
            attended, _ = self.attention(sequences, sequences, sequences)
            return self.softmax(self.out(attended.mean(1)))

    model = Late()
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=batches[0]):
        pass

    with open_collection(path) as collection:
        assert list(collection.layers) == ["attention", "attention.out_proj", "never", "last", "out", "softmax"]


def test_that_one_activation_for_few_and_then_many_units_is_recorded_at_its_last_use(batches: Any, path: Path) -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.few, self.many, self.relu = nn.Linear(20, 2), nn.Linear(2, 9), nn.ReLU()

        def forward(self, sequences: Tensor) -> Tensor:
            return self.relu(self.many(self.relu(self.few(sequences.flatten(1)))))

    learn(Shared, batches, path)

    with open_collection(path) as collection:
        arrays = collection.passes[0].layers
        np.testing.assert_array_equal(arrays["relu"].activation, arrays["many"].activation.clip(0))


class Counts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1), requires_grad=False)

    def forward(self, inputs: Tensor) -> Tensor:
        return (inputs * self.scale).long()


class Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.counts, self.out = Counts(), nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.out(inputs + self.counts(inputs))


def test_that_whole_numbers_are_no_activation(path: Path) -> None:
    model = Counting()
    with Collector(model, torch.optim.SGD(model.out.parameters(), 0.1), path, probe=(torch.randn(4, 4), None)):
        pass

    with open_collection(path) as collection:
        assert collection.layers["counts"].not_recorded["activation"] == "its output is of type torch.int64"


@pytest.mark.parametrize(("most", "reads"), [(2, ("left", "right")), (1, ())])
def test_that_a_layer_reads_so_many_others_and_no_more(
    path: Path, monkeypatch: pytest.MonkeyPatch, most: int, reads: tuple[str, ...]
) -> None:
    class Joined(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right, self.out = nn.Linear(4, 2), nn.Linear(4, 2), nn.Linear(4, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.out(torch.cat([self.left(inputs), self.right(inputs)], 1))

    monkeypatch.setattr("collector.pytorch.plan.MOST_READ", most)
    model = Joined()
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(torch.randn(4, 4), None)):
        pass

    with open_collection(path) as collection:
        out = collection.layers["out"]
        assert (out.reads, "units of 2 layers" in out.not_recorded.get("edges", "")) == (reads, not reads)
