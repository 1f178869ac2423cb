"""Order and branches of a network, compared with what its code says."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from collector.capture import flow as capture_flow
from collector.pytorch.flow_tracing import FlowTracing
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import samples_of
from collector.storage import Collection
from collector.storage.schema import FlowNode
from data.torchvision_import import import_torchvision

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def nodes_of(model: nn.Module, inputs: Any) -> list[FlowNode]:
    """The nodes of a run on ``inputs``."""
    with preserved_state(model), FlowTracing(model, samples_of(inputs, model)) as flow:
        model(**inputs) if isinstance(inputs, dict) else model(inputs)
    assert flow.nodes is not None, flow.problem
    return flow.nodes


def reads_of(model: nn.Module, inputs: Any) -> dict[str, str]:
    """Name → the names that it reads."""
    return {node.name: " ".join(node.reads) for node in nodes_of(model, inputs)}


class Net(nn.Module):
    """The given modules, and what a test does with them."""

    def __init__(self, run: Callable[..., Any], **modules: nn.Module) -> None:
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self._run = run

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._run(self, *args, **kwargs)


def linear() -> nn.Linear:
    return nn.Linear(4, 4)


SAMPLES = torch.zeros(2, 4)


def test_that_a_chain_is_a_chain_whatever_functions_lie_between() -> None:
    model = Net(lambda m, x: m.b(torch.relu(m.a(x)).flatten(1) * 2 + torch.ones(4)), a=linear(), b=linear())

    assert reads_of(model, SAMPLES) == {"input": "", "a": "input", "b": "a", "output": "b"}


def test_that_a_residual_sum_reads_both_branches() -> None:
    model = Net(lambda m, x: m.c(m.a(x) + m.b(m.a(x))), a=linear(), b=linear(), c=linear())

    assert reads_of(model, SAMPLES) == {
        "input": "",
        "a": "input",
        "a (2)": "input",
        "b": "a (2)",
        "add": "a b",
        "c": "add",
        "output": "c",
    }


def test_that_a_sum_in_place_is_a_sum() -> None:
    def run(m: Any, x: Tensor) -> Tensor:
        y = m.a(x)
        y += x
        z = m.b(y)
        z.add_(y)
        z[:, 0] = x[:, 0]
        return z

    assert reads_of(Net(run, a=linear(), b=linear()), SAMPLES) == {
        "input": "",
        "a": "input",
        "add": "a input",
        "b": "add",
        "add (2)": "b add",
        "write": "add (2) input",
        "output": "write",
    }


def test_that_what_is_written_into_a_part_of_an_empty_tensor_reaches_the_whole() -> None:
    def run(m: Any, x: Tensor) -> Tensor:
        whole = torch.zeros(2, 4)
        whole[:, :2].copy_(m.a(x)[:, :2])
        whole[:, 2:] = m.b(x)[:, 2:]
        return m.c(whole)

    reads = reads_of(Net(run, a=linear(), b=linear(), c=linear()), SAMPLES)

    assert reads["c"] == "write"
    assert set(reads["write"].split()) == {"a", "b"}


def test_that_sums_of_sums_are_one_sum_where_nobody_else_reads_the_parts() -> None:
    model = Net(lambda m, x: m.c(m.a(x) + m.b(x) + x), a=linear(), b=linear(), c=linear())

    assert reads_of(model, SAMPLES)["add (2)"] == "a b input"
    assert "add" not in reads_of(model, SAMPLES)


def test_that_operations_which_nothing_reads_and_masks_leave_no_node() -> None:
    def run(m: Any, x: Tensor) -> Tensor:
        y = m.a(x)
        _ = (x + y).sum()
        y = y.masked_fill(x > 0, 0.0) + torch.zeros_like(x)
        return m.b(y)

    assert reads_of(Net(run, a=linear(), b=linear()), SAMPLES) == {"input": "", "a": "input", "b": "a", "output": "b"}


def test_that_an_activation_in_place_comes_after_what_it_changes() -> None:
    model = nn.Sequential(linear(), nn.ReLU(inplace=True), linear())

    assert reads_of(model, SAMPLES) == {"input": "", "0": "input", "1": "0", "2": "1", "output": "2"}


def test_that_modules_which_are_no_layers_are_there_with_kind_and_shape() -> None:
    class Gate(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return x * y.sigmoid() + x

    model = Net(
        lambda m, x: m.gate(m.pool(m.conv(x)), m.pool(x)), conv=nn.Conv2d(3, 3, 1), pool=nn.MaxPool2d(2), gate=Gate()
    )
    nodes = {node.name: node for node in nodes_of(model, torch.zeros(5, 3, 4, 4))}

    assert [*nodes] == ["input", "conv", "pool", "pool (2)", "gate", "output"]
    assert (nodes["gate"].kind, nodes["gate"].role, nodes["gate"].reads) == ("Gate", "call", ["pool", "pool (2)"])
    assert nodes["pool (2)"].module == "pool"
    assert nodes["gate"].output_shape == [3, 2, 2]


def test_that_the_model_itself_is_a_node_where_it_calls_no_module() -> None:
    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(4, 3))

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.weight

    assert reads_of(Whole(), SAMPLES) == {"input": "", "(model)": "input", "output": "(model)"}


def test_that_inputs_and_outputs_of_any_structure_have_names() -> None:
    model = Net(
        lambda m, words, mask: {"logits": m.a(words), "aux": (m.b(mask), words)},
        a=linear(),
        b=linear(),
    )

    assert reads_of(model, {"words": SAMPLES, "mask": SAMPLES.clone()}) == {
        "input.words": "",
        "input.mask": "",
        "a": "input.words",
        "b": "input.mask",
        "output.logits": "a",
        "output.aux.0": "b",
        "output.aux.1": "input.words",
    }


def test_that_all_outputs_of_a_recurrent_layer_come_from_it() -> None:
    def run(m: Any, x: Tensor) -> Tensor:
        outputs, (hidden, _) = m.rnn(x)
        return m.head(torch.cat([outputs[:, -1], hidden[-1], x[:, 0]], 1))

    nodes = nodes_of(Net(run, rnn=nn.LSTM(4, 5, batch_first=True), head=nn.Linear(14, 3)), torch.zeros(2, 6, 4))

    assert [(node.name, node.reads) for node in nodes] == [
        ("input", []),
        ("rnn", ["input"]),
        ("concat", ["rnn", "input"]),
        ("head", ["concat"]),
        ("output", ["head"]),
    ]
    assert nodes[1].output_shape == [6, 5]


def test_that_weights_made_by_a_parametrization_are_no_part_of_the_flow() -> None:
    model = nn.Sequential(nn.utils.parametrizations.weight_norm(linear()), linear())

    assert reads_of(model, SAMPLES) == {"input": "", "0": "input", "1": "0", "output": "1"}


class UNet(nn.Module):
    """Two floors."""

    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ConvTranspose2d(4, 2, 2, 2)
        self.up1, self.head = nn.Conv2d(4, 2, 3, padding=1), nn.Conv2d(2, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.down1(x).relu()
        second = self.down2(self.pool(first)).relu_()
        joined = torch.cat([self.up(second), first], dim=1)
        return self.head(self.up1(joined).relu())


def test_that_a_u_net_has_its_bridge() -> None:
    assert reads_of(UNet(), torch.zeros(2, 1, 4, 4)) == {
        "input": "",
        "down1": "input",
        "pool": "down1",
        "down2": "pool",
        "up": "down2",
        "concat": "up down1",
        "up1": "concat",
        "head": "up1",
        "output": "head",
    }


def test_that_an_encoder_layer_is_attention_and_a_small_network_each_with_a_sum() -> None:
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2)
    reads = reads_of(model, torch.zeros(2, 5, 4))

    assert reads["layers.0.self_attn"] == "input"
    assert reads["layers.0.add"] == "input layers.0.dropout1"
    assert reads["layers.0.norm1"] == "layers.0.add"
    assert reads["layers.0.linear2"] == "layers.0.dropout"
    assert reads["layers.0.add (2)"] == "layers.0.norm1 layers.0.dropout2"
    assert reads["layers.1.add"] == "layers.0.norm2 layers.1.dropout1"
    assert reads["output"] == "layers.1.norm2"


def test_that_attention_by_hand_joins_scores_and_values() -> None:
    def run(m: Any, x: Tensor) -> Tensor:
        weights = (m.q(x) @ m.k(x).transpose(1, 2)).softmax(-1)
        return m.out(weights @ m.v(x))

    reads = reads_of(Net(run, q=linear(), k=linear(), v=linear(), out=linear()), torch.zeros(2, 5, 4))

    assert (reads["matmul"], reads["matmul (2)"], reads["out"]) == ("q k", "matmul v", "matmul (2)")


def test_that_resnet18_is_told_right() -> None:
    model = import_torchvision().models.resnet18(num_classes=10)
    nodes = {node.name: node for node in nodes_of(model, torch.zeros(2, 3, 32, 32))}

    expected = {"input": [], "conv1": ["input"], "bn1": ["conv1"], "relu": ["bn1"], "maxpool": ["relu"]}
    before = "maxpool"
    for layer in range(1, 5):
        for block in range(2):
            name = f"layer{layer}.{block}"
            expected |= {
                f"{name}.conv1": [before],
                f"{name}.bn1": [f"{name}.conv1"],
                f"{name}.relu": [f"{name}.bn1"],
                f"{name}.conv2": [f"{name}.relu"],
                f"{name}.bn2": [f"{name}.conv2"],
            }
            if layer > 1 and block == 0:
                expected |= {f"{name}.downsample.0": [before], f"{name}.downsample.1": [f"{name}.downsample.0"]}
                before = f"{name}.downsample.1"
            expected |= {f"{name}.add": [f"{name}.bn2", before], f"{name}.relu (2)": [f"{name}.add"]}
            before = f"{name}.relu (2)"
    expected |= {"avgpool": [before], "fc": ["avgpool"], "output": ["fc"]}
    assert {name: node.reads for name, node in nodes.items()} == expected
    assert nodes["layer2.0.add"].module == "layer2.0"
    assert nodes["layer2.0.relu (2)"].module == "layer2.0.relu"
    assert nodes["layer4.1.add"].output_shape == [512, 1, 1]


def test_that_mobilenet_has_its_gates_and_sums() -> None:
    model = import_torchvision().models.mobilenet_v3_small(num_classes=10)
    reads = reads_of(model, torch.zeros(2, 3, 32, 32))

    assert reads["features.1.block.1.multiply"] == "features.1.block.1.scale_activation features.1.block.0.2"
    assert reads["features.1.block.2.0"] == "features.1.block.1.multiply"
    sums = [name for name in reads if name.endswith(".add")]
    assert sums == [f"features.{number}.add" for number in (3, 5, 6, 8, 10, 11)]
    assert reads["features.11.add"] == "features.11.block.3.1 features.10.add"
    assert reads["output"] == "classifier.3"


def test_that_a_collection_holds_it(collect: Collect, make_batches: Batches) -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 3))
    with collect(model, make_batches(2, 1, 4, 4)) as collection:
        flow = collection.flow

    assert [(node.name, node.kind, node.reads) for node in flow] == [
        ("input", "input", ()),
        ("0", "Flatten", ("input",)),
        ("1", "Linear", ("0",)),
        ("2", "ReLU", ("1",)),
        ("3", "Linear", ("2",)),
        ("output", "output", ("3",)),
    ]


def test_that_no_hook_is_left_even_where_the_model_fails() -> None:
    model = Net(lambda m, x: m.a(x[:, :2]), a=linear())
    with pytest.raises(RuntimeError), FlowTracing(model, samples_of(SAMPLES, model)):
        model(SAMPLES)

    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_that_a_flow_of_too_many_nodes_is_noted_and_all_else_recorded(
    collect: Collect, make_batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture_flow, "MOST_NODES", 5)
    with pytest.warns(UserWarning, match="more than 5 calls and sums"):
        collection = collect(nn.Sequential(*[nn.Linear(3, 3) for _ in range(6)]), make_batches(2, 3))

    assert collection.flow == ()
    assert "The order and branches of the network are not recorded" in collection.notes[0].text
    assert collection.passes[0].layers["5"].activation is not None
