"""Parameters of every kind of layer are recorded for the kept positions of each of their dimensions, exactly.

Every training here keeps by hand, before and after each step, all parameters, gradients and states of the optimizer.
"""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, open_collection
from collector.storage import Collection
from collector.storage.layer import Layer
from data.torchvision_import import import_torchvision

CAP = 6


class Words(nn.Module):
    """Embedding, recurrent layers whose samples are not first, and a layer that reads the last word."""

    def __init__(self, kind: type[nn.RNNBase] = nn.LSTM, **options: Any) -> None:
        super().__init__()
        self.words = nn.Embedding(40, 9)
        self.recurrent = kind(9, 8, **options)
        n_units = (self.recurrent.proj_size or 8) * (2 if self.recurrent.bidirectional else 1)
        self.out = nn.Linear(n_units, 3)

    def forward(self, words: Tensor) -> Tensor:
        outputs, _ = self.recurrent(self.words(words).transpose(0, 1))
        return self.out(outputs[-1])


class Cells(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(40, 9)
        self.first, self.second = nn.LSTMCell(9, 8), nn.GRUCell(8, 7)
        self.out = nn.Linear(7, 3)

    def forward(self, words: Tensor) -> Tensor:
        state, hidden = None, None
        for word in self.words(words).unbind(1):
            state = self.first(word, state)
            hidden = self.second(state[0], hidden)
        return self.out(hidden)


class Attending(nn.Module):
    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.words = nn.Embedding(40, 8)
        self.places = nn.Parameter(torch.randn(1, 5, 8))
        self.attention = nn.MultiheadAttention(8, 4, **options)
        self.norm, self.out = nn.LayerNorm(8), nn.Linear(8, 3)

    def forward(self, words: Tensor) -> Tensor:
        given = (self.words(words) + self.places).transpose(0, 1)
        sources = [given[..., : size or 8] for size in (self.attention.kdim, self.attention.vdim)]
        return self.out(self.norm(self.attention(given, *sources)[0]).mean(0))


class InOut(nn.Module):
    """A weight ``[in, out]``, as the Conv1D of GPT-2 has it."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(n_in, n_out)), nn.Parameter(torch.randn(n_out))

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.addmm(self.bias, inputs.reshape(-1, inputs.shape[-1]), self.weight).view(*inputs.shape[:-1], -1)


class Block(nn.Module):
    """Attention with one layer for query, key and value, split in one of two ways."""

    def __init__(self, layer: Callable[[int, int], nn.Module], *, by_view: bool) -> None:
        super().__init__()
        self.n_head, self.by_view = 2, by_view
        self.c_attn, self.c_proj = layer(8, 24), layer(8, 8)

    def forward(self, given: Tensor) -> Tensor:
        n, t, _ = given.shape
        fused = self.c_attn(given)
        if self.by_view:
            query, key, value = fused.view(n, t, 3, self.n_head, -1).permute(2, 0, 3, 1, 4)
        else:
            query, key, value = (each.view(n, t, self.n_head, -1).transpose(1, 2) for each in fused.split(8, 2))
        attended = functional.scaled_dot_product_attention(query, key, value)
        return self.c_proj(attended.transpose(1, 2).reshape(n, t, 8))


class Fused(nn.Module):
    def __init__(self, layer: Callable[[int, int], nn.Module] = nn.Linear, *, by_view: bool = False) -> None:
        super().__init__()
        self.words, self.attn, self.out = nn.Embedding(40, 8), Block(layer, by_view=by_view), nn.Linear(8, 3)

    def forward(self, words: Tensor) -> Tensor:
        return self.out(self.attn(self.words(words)).mean(1))


class Adapted(nn.Linear):
    """A linear layer with a low-rank adapter in parameters of its own."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__(n_in, n_out)
        self.lora_a, self.lora_b = nn.Parameter(torch.randn(2, n_in)), nn.Parameter(torch.zeros(n_out, 2))

    def forward(self, inputs: Tensor) -> Tensor:
        return super().forward(inputs) + inputs @ self.lora_a.T @ self.lora_b.T


class Experts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up, self.down = nn.Parameter(torch.randn(4, 10, 12)), nn.Parameter(torch.randn(4, 12, 10))
        self.shift = nn.Parameter(torch.randn(4, 10))

    def forward(self, inputs: Tensor, weights: Tensor, chosen: Tensor) -> Tensor:
        hidden = torch.einsum("nd,edh->neh", inputs, self.up).relu()
        outputs = torch.einsum("neh,ehd->ned", hidden, self.down) + self.shift
        return (outputs.gather(1, chosen[..., None].expand(-1, -1, 10)) * weights[..., None]).sum(1)


class Mixture(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.router, self.experts = nn.Linear(10, 4), Experts()
        self.out = nn.Linear(10, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        weights, chosen = self.router(inputs).softmax(-1).topk(2)
        return self.out(self.experts(inputs, weights, chosen))


class ListedExperts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.router, self.experts = nn.Linear(10, 4), nn.ModuleList(nn.Linear(10, 10) for _ in range(4))
        self.out = nn.Linear(10, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        chosen = self.router(inputs).argmax(-1)
        return self.out(torch.stack([self.experts[n](row) for n, row in zip(chosen.tolist(), inputs, strict=True)]))


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.hidden, self.out = nn.Embedding(40, 8), nn.Linear(8, 8), nn.Linear(8, 40, bias=False)
        self.out.weight = self.words.weight

    def forward(self, words: Tensor) -> Tensor:
        return self.out(self.hidden(self.words(words)).mean(1))


def picture_model() -> nn.Module:
    return nn.Sequential(
        nn.Unflatten(1, (2, 5, 1)),
        nn.ConvTranspose2d(2, 8, 2, groups=2),
        nn.LayerNorm((8, 6, 2)),
        nn.PReLU(),
        nn.Conv2d(8, 7, 2),
        nn.BatchNorm2d(7),
        nn.Flatten(),
        nn.Linear(35, 3),
    )


class OnGraph(nn.Module):
    """Graph attention, whose parameters have names and shapes of their own; its nodes are the samples."""

    def __init__(self) -> None:
        super().__init__()
        layers = pytest.importorskip("torch_geometric.nn")
        self.attending, self.out = layers.GATConv(10, 4, heads=2), layers.GCNConv(8, 3)
        self.register_buffer("edges", torch.stack([torch.arange(7), torch.arange(7).roll(1)]))

    def forward(self, nodes: Tensor) -> Tensor:
        return self.out(self.attending(nodes, self.edges).relu(), self.edges)


def with_adapters() -> nn.Module:
    import_torchvision()  # which peft imports by way of transformers
    peft = pytest.importorskip("peft")
    base = nn.Sequential(OrderedDict(hidden=nn.Linear(10, 8), act=nn.ReLU(), out=nn.Linear(8, 3)))
    adapted: nn.Module = peft.get_peft_model(base, peft.LoraConfig(r=2, target_modules=["hidden"]))
    return adapted


def of_transformers() -> nn.Module:
    conv1d = pytest.importorskip("transformers.pytorch_utils").Conv1D
    return nn.Sequential(conv1d(8, 10), nn.GELU(), conv1d(3, 8))


WORDS, NUMBERS = "words", "numbers"
MODELS: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "LSTM": (lambda: Words(num_layers=2), WORDS),
    "bidirectional LSTM": (lambda: Words(bidirectional=True), WORDS),
    "projected LSTM": (lambda: Words(proj_size=5), WORDS),
    "GRU": (lambda: Words(nn.GRU), WORDS),
    "RNN": (lambda: Words(nn.RNN), WORDS),
    "cells": (Cells, WORDS),
    "attention": (Attending, WORDS),
    "attention with other sources": (lambda: Attending(kdim=7, vdim=6, add_bias_kv=True), WORDS),
    "fused attention": (Fused, WORDS),
    "fused attention [in, out]": (lambda: Fused(InOut), WORDS),
    "sparse embedding": (lambda: nn.Sequential(nn.EmbeddingBag(40, 8, sparse=True), nn.Linear(8, 3)), WORDS),
    "tied": (Tied, WORDS),
    "[in, out]": (lambda: nn.Sequential(InOut(10, 8), nn.ReLU(), InOut(8, 3)), NUMBERS),
    "adapter": (lambda: nn.Sequential(Adapted(10, 8), nn.ReLU(), nn.Linear(8, 3)), NUMBERS),
    "adapter of peft": (with_adapters, NUMBERS),
    "[in, out] of transformers": (of_transformers, NUMBERS),
    "experts": (Mixture, NUMBERS),
    "listed experts": (ListedExperts, NUMBERS),
    "pictures": (picture_model, NUMBERS),
    "graph attention": (OnGraph, NUMBERS),
}


def batch_of(what: str) -> Tensor:
    chance = torch.Generator().manual_seed(3)
    return torch.randint(0, 40, (7, 5), generator=chance) if what == WORDS else torch.randn(7, 10, generator=chance)


Kept = list[dict[str, dict[str, Any]]]
"""For each step parameter → ``value``, ``gradient``, ``update`` and the names of states → all of it."""


def train(model: nn.Module, inputs: Tensor, path: Path, n_steps: int = 3) -> tuple[Collection, Kept]:
    """A training with a pass at each step, and what was kept of it by hand."""
    is_sparse = any(getattr(each, "sparse", False) for each in model.modules())
    optimizer = torch.optim.SGD(model.parameters(), 0.1) if is_sparse else torch.optim.Adam(model.parameters(), 0.1)
    by_hand: Kept = []
    with Collector(model, optimizer, path, probe=(inputs, None), interval=1, neuron_cap=CAP) as collector:
        for _ in range(n_steps):
            loss = model(inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            named = dict(model.named_parameters(remove_duplicate=False))
            kept = {
                name: {
                    "value": each.detach().clone(),
                    "gradient": None if each.grad is None else each.grad.to_dense().clone(),
                }
                for name, each in named.items()
            }
            optimizer.step()
            collector.log(loss=loss)
            for name, own in kept.items():
                own["update"] = named[name].detach() - own["value"]
                states = optimizer.state[named[name]]
                own["states"] = {key: states[key].clone() for key in ("exp_avg", "exp_avg_sq") if key in states}
            by_hand.append(kept)
    return open_collection(path), by_hand


def under_plan(layer: Layer, name: str, whole: Tensor) -> np.ndarray:
    """The kept positions of an array as large as a parameter, as the file has them."""
    array = whole.numpy()
    if layer.kind in ("InOut", "Conv1D") and array.ndim > 1:
        array = array.T
    if name in layer.kept_parameters:
        for number, axis in enumerate(layer.kept_parameters[name]):
            array = array.take(axis.kept, number)
        return array
    if array.ndim == 1 or not layer.input_units:
        return array[layer.kept]
    block = layer.input_block
    columns = (layer.input_kept[:, None] * block + np.arange(block)).ravel()
    return array[layer.kept][:, columns]


def recorded(arrays: Any, name: str, kind: str) -> np.ndarray | None:
    if name in arrays.parameters:
        return getattr(arrays.parameters[name], kind)
    return getattr(arrays, name + {"value": "", "gradient": "_gradient", "update": "_update"}[kind])


@pytest.mark.filterwarnings("ignore:No gradient came to", "ignore:LSTM with projections is not supported")
@pytest.mark.parametrize("name", MODELS)
def test_that_every_parameter_is_what_was_kept_by_hand(name: str, path: Path) -> None:
    make, what = MODELS[name]
    collection, by_hand = train(make(), batch_of(what), path)

    with collection:
        n_compared = 0
        for one, kept in zip(collection.passes, by_hand, strict=False):
            for layer_name, layer in collection.layers.items():
                arrays = one.layers[layer_name]
                for parameter in layer.parameters:
                    own = kept.get(f"{layer_name}.{parameter}".removeprefix("(model)."))
                    if own is None:
                        continue
                    for kind in ("value", "gradient", "update"):
                        wanted = None if own[kind] is None else under_plan(layer, parameter, own[kind])
                        np.testing.assert_array_equal(recorded(arrays, parameter, kind), wanted)
                    assert [*arrays.moments.get(parameter, {})] == [*own["states"]]
                    for state, whole in own["states"].items():
                        found = arrays.moments[parameter][state]
                        np.testing.assert_array_equal(found, under_plan(layer, parameter, whole))
                    n_compared += 1
        assert n_compared >= len(by_hand[0]) * 3
        assert not collection.verify().faults
        for layer in collection.layers.values():
            assert not {*layer.parameters} & {*layer.not_recorded}
            for axis in (axis for own in layer.kept_parameters.values() for axis in own):
                assert len(axis.kept) <= CAP * max(1, len(axis.parts))


@pytest.mark.filterwarnings("ignore:No gradient came to", "ignore:LSTM with projections is not supported")
@pytest.mark.parametrize("name", MODELS)
def test_that_every_layer_that_gives_a_tensor_of_samples_has_its_activation(name: str, path: Path) -> None:
    make, what = MODELS[name]
    torch.manual_seed(0)
    model, inputs = make(), batch_of(what)
    given: dict[str, Any] = {}
    model.eval()
    for layer_name, module in model.named_modules():
        module.register_forward_hook(lambda _, __, output, name=layer_name: given.update({name: output}))
    model(inputs)
    for module in model.modules():
        module._forward_hooks.clear()
    model.train()
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(inputs, None), neuron_cap=CAP):
        pass

    with open_collection(path) as collection:
        for layer_name, layer in collection.layers.items():
            output = given.get(layer_name.replace("(model)", ""))
            if output is None or "activation" in layer.not_recorded:
                continue
            output = (output if isinstance(output, Tensor) else output[0]).detach()
            if output.shape[0] != len(inputs):
                output = output.transpose(0, 1)
            units = output.shape.index(layer.units, 1) if output.ndim != 3 else 2
            positions = [axis for axis in range(1, output.ndim) if axis != units]
            mean = (output.mean(positions) if positions else output).numpy()
            found = collection.passes[0].layers[layer_name].activation
            np.testing.assert_allclose(found, mean[:, layer.kept], rtol=1e-5, atol=1e-6)
        missing = {name for name, layer in collection.layers.items() if "activation" in layer.not_recorded}
        experts = {f"experts.{number}" for number in range(4)} if name == "listed experts" else set()
        assert missing <= {"attention.out_proj"} | experts


def axes(collection: Collection, layer: str, parameter: str) -> list[tuple[int, int, str, int, str]]:
    found = collection.layers[layer].kept_parameters[parameter]
    return [(each.size, len(each.kept), " ".join(each.parts), each.heads, each.units_of) for each in found]


def test_that_a_recurrent_layer_is_kept_by_gate_and_unit(path: Path) -> None:
    collection, _ = train(Words(num_layers=2), batch_of(WORDS), path)
    gates = "input gate forget gate cell gate output gate"

    assert axes(collection, "recurrent", "weight_ih_l0") == [(32, 24, gates, 0, ""), (9, 6, "", 0, "words")]
    own = "recurrent"
    assert axes(collection, own, "weight_hh_l1") == [(32, 24, gates, 0, own), (8, 6, "", 0, own)]
    rows = collection.layers["recurrent"].kept_parameters["bias_hh_l1"][0]
    for unit in collection.layers["recurrent"].kept:
        assert rows.kept[rows.places(unit)].tolist() == [unit + 8 * gate for gate in range(4)]
    assert collection.layers["out"].reads == ("recurrent",)


def test_that_the_gates_of_a_gru_are_in_the_order_of_torch(path: Path) -> None:
    collection, _ = train(Words(nn.GRU), batch_of(WORDS), path)
    assert axes(collection, "recurrent", "bias_ih_l0") == [(24, 18, "reset gate update gate new gate", 0, "recurrent")]


def test_that_both_directions_share_the_units_between_them(path: Path) -> None:
    collection, _ = train(Words(bidirectional=True), batch_of(WORDS), path)
    layer = collection.layers["recurrent"]
    forward, backward = (layer.kept_parameters[f"weight_hh_l0{end}"][1].kept for end in ("", "_reverse"))
    assert [*forward, *(backward + 8)] == layer.kept.tolist()


def test_that_attention_is_kept_by_projection_and_head(path: Path) -> None:
    collection, _ = train(Attending(), batch_of(WORDS), path)

    assert axes(collection, "attention", "in_proj_weight")[0] == (24, 18, "query key value", 4, "")
    rows = collection.layers["attention"].kept_parameters["in_proj_weight"][0]
    assert [(rows.part_of(each), rows.head_of(each)) for each in (0, 7, 8, 23)] == [
        ("query", 0), ("query", 3), ("key", 0), ("value", 3),
    ]  # fmt: skip
    assert axes(collection, "(model)", "places") == [(1, 1, "", 0, ""), (5, 5, "", 0, ""), (8, 6, "", 0, "")]


@pytest.mark.parametrize("by_view", [False, True])
@pytest.mark.parametrize("layer", [nn.Linear, InOut])
def test_that_query_key_and_value_of_one_layer_are_told_by_how_they_are_split(
    path: Path, layer: Any, by_view: bool
) -> None:
    collection, _ = train(Fused(layer, by_view=by_view), batch_of(WORDS), path)

    rows, columns = axes(collection, "attn.c_attn", "weight")
    assert rows == (24, 6, "query key value", 2, "attn.c_attn")
    assert columns[:2] == (8, 6)
    assert collection.layers["attn.c_attn"].kept.tolist() == [0, 7, 8, 15, 16, 23]
    assert collection.layers["attn.c_attn"].reads == ("words",)
    assert "weight" not in collection.layers["attn.c_proj"].kept_parameters


def test_that_what_is_split_heads_first_is_not_called_query_key_and_value(path: Path) -> None:
    class HeadsFirst(Block):
        def forward(self, given: Tensor) -> Tensor:
            n, t, _ = given.shape
            query, key, value = self.c_attn(given).view(n, t, self.n_head, -1).transpose(1, 2).chunk(3, -1)
            attended = functional.scaled_dot_product_attention(query, key, value)
            return self.c_proj(attended.transpose(1, 2).reshape(n, t, 8))

    model = Fused()
    model.attn = HeadsFirst(nn.Linear, by_view=False)
    collection, _ = train(model, batch_of(WORDS), path)
    assert collection.layers["attn.c_attn"].kept_parameters == {}


def test_that_of_an_embedding_the_rows_that_the_probe_uses_most_and_evenly_spread_ones_are_kept(path: Path) -> None:
    words = torch.tensor([[31, 31, 31, 2], [2, 31, 31, 5], [9, 2, 5, 5]])
    collection, _ = train(Words(), words, path)

    kept = collection.layers["words"].kept_parameters["weight"][0].kept
    assert {2, 5, 31} <= {*kept.tolist()}
    assert kept.tolist() == [0, 2, 5, 20, 31, 39]


@pytest.mark.parametrize(("form", "turned"), [("in_out", True), ("out_in", False)])
def test_that_a_layer_that_multiplies_with_its_weight_has_edges_whichever_way_it_lies(
    path: Path, form: str, turned: bool
) -> None:
    class Either(InOut):
        def forward(self, inputs: Tensor) -> Tensor:
            return inputs @ (self.weight if turned else self.weight.T) + self.bias

    sizes = [(10, 8), (8, 3)] if turned else [(8, 10), (3, 8)]
    layers = [Either(*size) for size in sizes]
    for layer, (n_in, n_out) in zip(layers, sizes, strict=True):
        layer.bias = nn.Parameter(torch.randn(n_out if turned else n_in))
    model = nn.Sequential(layers[0], nn.ReLU(), layers[1])
    collection, by_hand = train(model, batch_of(NUMBERS), path)

    last = collection.layers["2"]
    assert (last.reads, last.input_units, last.units) == (("0",), 8, 3)
    weight = by_hand[0]["2.weight"]["value"]
    whole = (weight.T if turned else weight).numpy()
    np.testing.assert_array_equal(collection.passes[0].layers["2"].weight, whole[last.kept][:, last.input_kept])


def test_that_a_weight_that_does_something_else_has_no_edges(path: Path) -> None:
    class Squared(InOut):
        def forward(self, inputs: Tensor) -> Tensor:
            return inputs @ self.weight.square() + self.bias

    collection, _ = train(nn.Sequential(Squared(10, 8), nn.Linear(8, 3)), batch_of(NUMBERS), path)
    assert (collection.layers["0"].reads, collection.layers["0"].input_units) == ((), 0)
    assert collection.passes[0].layers["0"].parameters["weight"].value.shape == (6, 6)


@pytest.mark.filterwarnings("ignore:No gradient came to")
@pytest.mark.parametrize("make", [Mixture, ListedExperts])
def test_that_it_is_counted_how_often_each_expert_is_chosen(path: Path, make: Callable[[], nn.Module]) -> None:
    inputs = batch_of(NUMBERS)
    collection, by_hand = train(make(), inputs, path)

    for one, kept in zip(collection.passes, by_hand, strict=False):
        scores = inputs @ kept["router.weight"]["value"].T + kept["router.bias"]["value"]
        chosen = scores.topk(2).indices if make is Mixture else scores.argmax(-1)
        counts = np.bincount(chosen.flatten(), minlength=4)
        np.testing.assert_array_equal(one.layers["router"].chosen, (counts / counts.sum()).astype(np.float32))
    assert collection.layers["router"].experts == 4
    if make is Mixture:
        experts = "expert 0 expert 1 expert 2 expert 3"
        assert axes(collection, "experts", "up") == [(4, 4, experts, 0, ""), (10, 6, "", 0, ""), (12, 6, "", 0, "")]


def test_that_the_class_that_a_network_predicts_is_no_expert(path: Path) -> None:
    class Predicting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(10, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            scores = self.out(inputs)
            scores.argmax(-1)
            return scores

    collection, _ = train(Predicting(), batch_of(NUMBERS), path)
    assert collection.layers["out"].experts == 0
    assert collection.passes[0].layers["out"].chosen is None


def test_that_a_parameter_of_many_dimensions_is_kept_within_bounds(path: Path) -> None:
    class Large(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.core, self.out = nn.Parameter(torch.randn(30, 30, 30, 30)), nn.Linear(10, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.out(inputs) * self.core.mean()

    with Collector(model := Large(), torch.optim.SGD(model.parameters(), 0.1), path, neuron_cap=24):
        pass
    with open_collection(path) as collection:
        assert collection.passes[0].layers["(model)"].parameters["core"].value.size <= 2**16
