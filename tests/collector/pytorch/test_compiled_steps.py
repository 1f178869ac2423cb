"""A compiled optimizer step is recorded, and is compiled and computed as without the collector."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from collector import Collector, InsightOptions, open_collection

EACH = InsightOptions(interval=1)
N_STEPS = 4


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


class Compiled:
    """A backend that runs graphs as they are, and keeps their code."""

    def __init__(self) -> None:
        self.graphs: list[str] = []

    def __call__(self, graph: torch.fx.GraphModule, _: Any) -> Callable[..., Any]:
        self.graphs.append(graph.print_readable(print_output=False))
        return graph.forward


def only_the_step(model: nn.Module, optimizer: Any, backend: Any) -> Callable[[Tensor], Tensor]:
    step = torch.compile(lambda: optimizer.step(), backend=backend)  # noqa: PLW0108 - as PyTorch's recipe has it

    def train(inputs: Tensor) -> Tensor:
        loss = F.mse_loss(model(inputs), torch.ones(2, 3))
        optimizer.zero_grad()
        loss.backward()
        step()
        return loss

    return train


def clipping_and_the_step(model: nn.Module, optimizer: Any, backend: Any) -> Callable[[Tensor], Tensor]:
    @torch.compile(backend=backend)
    def step() -> None:
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()

    def train(inputs: Tensor) -> Tensor:
        loss = F.mse_loss(model(inputs), torch.ones(2, 3))
        optimizer.zero_grad()
        loss.backward()
        step()
        return loss

    return train


def all_of_it(model: nn.Module, optimizer: Any, backend: Any) -> Callable[[Tensor], Tensor]:
    @torch.compile(backend=backend)
    def train(inputs: Tensor) -> Tensor:
        loss = F.mse_loss(model(inputs), torch.ones(2, 3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return train


def a_compiled_model(model: nn.Module, optimizer: Any, backend: Any) -> Callable[[Tensor], Tensor]:
    return only_the_step(torch.compile(model, backend=backend), optimizer, backend)


def trained(path: Path | None, make: Any, kind: Any, **options: Any) -> tuple[list[Any], list[str], list[Any]]:
    """Losses, weights and moments; the graphs; weights before each step and gradients of it."""
    torch._dynamo.reset()
    model, backend = a_model(), Compiled()
    optimizer = kind(model.parameters(), lr=0.05, **options)
    train = make(model, optimizer, backend)
    kept, losses = [], []
    collector = Collector(model, optimizer, path, interval=1, insight=EACH) if path else None
    for step in range(N_STEPS):
        before = model[2].weight.detach().clone()
        loss = train(torch.ones(2, 4) * (step + 1))
        kept.append((before, model[2].weight.grad.clone(), model[2].weight.detach() - before))
        losses.append(loss.item())
        if collector:
            collector.log(loss=loss)
    if collector:
        collector.close()
    held = [each.tolist() for of in optimizer.state.values() for each in of.values() if isinstance(each, Tensor)]
    return [losses, [each.tolist() for each in model.parameters()], held], backend.graphs, kept


@pytest.mark.parametrize(
    ("make", "kind", "options"),
    [
        (only_the_step, torch.optim.Adam, {}),
        (clipping_and_the_step, torch.optim.SGD, {"momentum": 0.9}),
        (all_of_it, torch.optim.Adam, {}),
        (a_compiled_model, torch.optim.Adam, {"foreach": False}),
    ],
)
@pytest.mark.filterwarnings("ignore")  # of dynamo's own
@pytest.mark.expects_log  # the same
def test_that_a_compiled_step_is_the_same_graphs_and_numbers_and_is_recorded(
    path: Path, make: Any, kind: Any, options: dict[str, Any]
) -> None:
    end, graphs, _ = trained(None, make, kind, **options)
    collected, own_graphs, kept = trained(path, make, kind, **options)

    assert collected == end
    assert own_graphs == graphs
    with open_collection(path) as collection:
        assert not collection.notes
        assert collection.series["loss"].tolist() == pytest.approx(end[0])
        for one, (before, gradient, update) in zip(list(collection.passes)[:-1], kept, strict=True):
            layer = one.layers["2"]
            np.testing.assert_array_equal(layer.weight, before)
            np.testing.assert_array_equal(layer.weight_gradient, gradient)
            np.testing.assert_array_equal(layer.weight_update, update)


def test_that_a_captured_step_is_left_alone_and_said_not_to_be_seen(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    told = pytest.warns(UserWarning, match="captured in a CUDA graph, of whose replays nobody is told")
    with told, Collector(model, optimizer, path) as collector:
        monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
        monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)
        model(torch.ones(2, 4)).sum().backward()
        optimizer.step()
        monkeypatch.undo()
        assert collector.steps_taken == 0
