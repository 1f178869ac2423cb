"""Odd ways to use the collector: models without parameters, compiled ones, closures, a probe that does not fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from collector import Collector, open_collection
from collector.capture.guard import CollectorWarning

Batches = Callable[..., list[tuple[Any, Tensor]]]


@pytest.fixture
def batches(make_batches: Batches) -> list[tuple[Tensor, Tensor]]:
    """Two batches of sequences of five positions and four features."""
    return make_batches(2, 5, 4)


def test_that_a_model_that_is_a_layer_has_a_name(path: Path, batches: Any) -> None:
    model = nn.Linear(4, 3)

    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(torch.ones(2, 4), None)):
        pass

    with open_collection(path) as collection:
        assert list(collection.layers) == ["(model)"]
        assert collection.layers["(model)"].reads == ("input",)


def test_that_a_model_without_parameters_leaves_a_collection(path: Path) -> None:
    other = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([other], 0.1)

    with Collector(
        nn.Sequential(nn.Flatten(), nn.Tanh()), optimizer, path, probe=(torch.ones(2, 3), None)
    ) as collector:
        optimizer.step()
        collector.log(loss=1.0)

    with open_collection(path) as collection:
        assert [one.step for one in collection.passes] == [0, 1]
        assert collection.passes[0].layers["1"].activation.shape == (2, 3)
        assert set(collection.series) == {"loss", "learning_rate", "saturated_fraction/1"}


def test_that_a_model_that_fails_on_the_probe_is_recorded_without_activations(
    path: Path, make_batches: Batches, train: Callable[..., list[float]]
) -> None:
    model = nn.Sequential(nn.Linear(4, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with (
        pytest.warns(CollectorWarning, match="could not run on the probe .RuntimeError"),
        Collector(model, optimizer, path, probe=(torch.ones(2, 9), None)) as collector,
    ):
        train(model, optimizer, make_batches(2, 4), collector)

    with open_collection(path) as collection:
        assert "could not run" in collection.layers["0"].not_recorded["activation"]
        assert collection.passes[0].layers["0"].weight_gradient.shape == (3, 4)
        assert collection.passes[0].logits is None
        assert len(collection.notes) == 1


@pytest.mark.parametrize("wrap", [lambda model: torch.compile(model, backend="eager"), nn.DataParallel])
def test_that_a_wrapped_model_is_recorded_like_the_one_inside_it(path: Path, batches: Any, wrap: Any) -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(20, 6), nn.ReLU(), nn.Linear(6, 3))
    wrapped = wrap(model)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with Collector(wrapped, optimizer, path, probe=batches[0]):
        cross_entropy(wrapped(batches[0][0]), batches[0][1]).backward()
        optimizer.step()

    with open_collection(path) as collection:
        assert list(collection.layers) == ["1", "2", "3"]
        assert collection.run.model == "Sequential"
        assert collection.layers["3"].reads == ("1",)
        assert collection.passes[0].layers["2"].activation is not None


def test_that_the_probe_compiles_nothing_anew(path: Path, batches: Any) -> None:
    compiled: list[Any] = []

    def backend(graph: Any, _: Any) -> Any:
        compiled.append(graph)
        return graph.forward

    model = nn.Sequential(nn.Flatten(), torch.compile(nn.Linear(20, 6), backend=backend), nn.Tanh(), nn.Linear(6, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=batches[0], interval=1):
        for inputs, labels in batches * 2:
            cross_entropy(model(inputs), labels).backward()
            optimizer.step()

    assert len(compiled) == 1
    with open_collection(path) as collection:
        assert collection.passes[1].layers["1._orig_mod"].activation is not None
