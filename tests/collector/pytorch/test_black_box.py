"""The black box leaves the last steps of a PyTorch training that breaks, and changes nothing of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, CollectorWarning, open_collection
from tests.black_box import Break, check, mlp

PLANTED = [
    Break("mlp", "nan", 17),
    Break("mlp", "sigterm", 23),
    Break("cnn", "spike", 31),
    Break("cnn", "exception", 12),
    Break("transformer", "nan", 21),
]


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_that_a_break_leaves_the_steps_before_it_as_they_were(planted: Break, path: Path) -> None:
    assert check(planted, path) == []


def trained(path: Path, n_steps: int, act: Callable[[Collector, int], object] = lambda *_: None, **options: Any) -> Any:
    """Losses and last weights of a small training."""
    torch.manual_seed(0)
    model = mlp()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    inputs, labels, losses = torch.randn(8, 1, 8, 8), torch.randint(0, 5, (8,)), []
    with Collector(model, optimizer, path, overwrite=True, interval=10, **options) as collector:
        for step in range(n_steps):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
            act(collector, step)
            losses.append(loss.item())
    return losses, [each.detach().clone() for each in model.parameters()]


def test_that_a_training_is_the_same_bit_for_bit(path: Path) -> None:
    losses, weights = trained(path, 25)
    held_losses, held_weights = trained(
        path, 25, lambda collector, step: collector.dump("x") if step == 12 else None, black_box=4
    )
    assert losses == held_losses
    assert all(map(torch.equal, weights, held_weights))


def test_that_who_asks_gets_the_last_steps_and_each_step_is_written_once(path: Path) -> None:
    trained(path, 16, lambda collector, step: collector.dump(f"at {step}") if step in (12, 14) else None, black_box=5)
    with open_collection(path) as collection:
        assert [(each.text, each.cause, each.steps) for each in collection.dumps] == [
            ("at 12", "asked", [8, 9, 11, 12]),
            ("at 14", "asked", [13, 14]),
        ]
        assert collection.passes.steps.tolist() == [0, 8, 9, 10, 11, 12, 13, 14, 16]
        assert collection.run.black_box == 5


def test_that_a_healthy_training_leaves_nothing(path: Path) -> None:
    trained(path, 30, black_box=5)
    with open_collection(path) as collection:
        assert collection.dumps == []
        assert collection.passes.steps.tolist() == [0, 10, 20, 30]


def test_that_fewer_steps_are_held_where_memory_is_short(path: Path) -> None:
    with pytest.warns(CollectorWarning, match="holds the last 2 steps rather than 9"):
        trained(
            path,
            8,
            lambda collector, step: collector.dump("") if step == 6 else None,
            black_box=9,
            black_box_bytes=18_000,
        )
    with open_collection(path) as collection:
        assert collection.dumps[0].steps == [5, 6]
    with pytest.warns(CollectorWarning, match="is off"):
        trained(path, 3, black_box=9, black_box_bytes=100)


def test_that_asking_without_one_names_the_option(path: Path) -> None:
    with pytest.warns(CollectorWarning, match="black_box=16"):
        trained(path, 2, lambda collector, step: collector.dump("why"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"black_box": -1}, "black_box is -1"),
        ({"black_box": 4, "black_box_bytes": 0}, "black_box_bytes is 0"),
        ({"black_box": 4, "unit_rule": "group_mean"}, "unit_rule is 'group_mean'"),
    ],
)
def test_that_a_wrong_option_is_told(path: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        trained(path, 1, **options)


def test_that_weights_of_another_precision_are_held_as_they_are(path: Path) -> None:
    model = nn.Linear(3, 2, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, black_box=2) as collector:
        for _ in range(3):
            before = model.weight.detach().numpy().copy()
            optimizer.zero_grad()
            model(torch.ones(1, 3, dtype=torch.float64)).sum().backward()
            gradient = model.weight.grad.numpy().copy()
            optimizer.step()
        collector.dump("look")
    with open_collection(path) as collection:
        layer = collection.passes[2].layers[next(iter(collection.layers))]
        assert np.array_equal(layer.weight, before)
        assert np.array_equal(layer.weight_gradient, gradient)
        assert np.array_equal(layer.weight_update, model.weight.detach().numpy() - before)


def test_that_a_layer_without_gradient_has_none(path: Path) -> None:
    used, unused = nn.Linear(3, 2), nn.Linear(3, 2)
    model = nn.ModuleDict({"used": used, "unused": unused})
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, black_box=2) as collector:
        for _ in range(2):
            optimizer.zero_grad()
            used(torch.ones(1, 3)).sum().backward()
            optimizer.step()
        collector.dump("look")
    with open_collection(path) as collection:
        last = collection.passes[1]
        assert last.dump is not None
        assert last.layers["unused"].weight_gradient is None
        assert not last.layers["unused"].weight_update.any()
        assert last.layers["used"].weight_gradient.all()


def test_that_signals_are_as_before_when_the_training_is_over(path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT), sys.excepthook
    trained(path, 2, black_box=2)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT), sys.excepthook) == before


def test_that_a_process_that_is_terminated_dies_of_it_and_leaves_its_last_steps(path: Path) -> None:
    code = f"""
import os, signal, torch
from collector import Collector
model = torch.nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
collector = Collector(model, optimizer, {str(path)!r}, black_box=3)
for step in range(9):
    loss = model(torch.ones(2, 4)).square().mean()
    loss.backward(); optimizer.step(); collector.log(loss=loss)
    if step == 6:
        os.kill(os.getpid(), signal.SIGTERM)
"""
    ended = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGTERM, "")
    with open_collection(path) as collection:
        assert [(each.cause, each.text, each.steps) for each in collection.dumps] == [
            ("signal", "SIGTERM at step 7", [4, 5, 6])
        ]
        assert collection.passes.steps.tolist() == [0, 4, 5, 6]
        assert len(collection.series["loss"]) == 7
        assert not collection.finished


def test_that_a_child_of_the_process_is_as_if_nobody_watched(path: Path) -> None:
    def fork(collector: Collector, step: int) -> None:
        child = os.fork()
        if not child:
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGTERM

    trained(path, 1, fork, black_box=2)
    with open_collection(path) as collection:
        assert collection.dumps == []
