"""What an optimizer tells of its update is what copies of the weights tell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.metrics import histogram
from collector.metrics.norms import is_possible
from collector.pytorch import told_updates, weight_copies
from collector.pytorch.told_updates import told_norms

Make = Callable[[Any], torch.optim.Optimizer]

OPTIMIZERS: dict[str, Make] = {
    "SGD": lambda own: torch.optim.SGD(own, 0.1),
    "SGD, decay": lambda own: torch.optim.SGD(own, 0.1, weight_decay=0.1),
    "momentum": lambda own: torch.optim.SGD(own, 0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "Nesterov": lambda own: torch.optim.SGD(own, 0.1, momentum=0.9, nesterov=True, weight_decay=0.1, maximize=True),
    "Adam": lambda own: torch.optim.Adam(own, 1e-3, weight_decay=0.1),
    "AdamW": lambda own: torch.optim.AdamW(own, 1e-3, weight_decay=0.5),
    "AdamW, maximize": lambda own: torch.optim.AdamW(own, 1e-3, weight_decay=0.5, maximize=True),
    "amsgrad": lambda own: torch.optim.AdamW(own, 1e-3, amsgrad=True, foreach=False),
    "rate 0": lambda own: torch.optim.AdamW(own, 0.0),
    "SGD, rate 0": lambda own: torch.optim.SGD(own, 0.0, momentum=0.9),
}


def words() -> nn.Module:
    """An embedding of which few rows are used, and layers that all are."""
    return nn.Sequential(nn.Embedding(5003, 8), nn.Flatten(), nn.Linear(32, 60), nn.ReLU(), nn.Linear(60, 3))


def trained(model: nn.Module, optimizer: torch.optim.Optimizer, each: Callable[[list[Tensor]], object]) -> None:
    """Four steps; what is called behind each is given the changes of the parameters."""
    chance = torch.Generator().manual_seed(1)
    for _ in range(4):
        inputs, labels = (
            torch.randint(5003, (4, 4), generator=chance) ** 2 // 5003,
            torch.randint(3, (4,), generator=chance),
        )
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        before = [own.detach().clone() for own in model.parameters()]
        optimizer.step()
        each([now.detach() - then for now, then in zip(model.parameters(), before, strict=True)])


@pytest.mark.parametrize("size", [100, 2**16])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_that_an_optimizer_tells_the_size_of_its_update(make: Make, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_updates, "_AT_ONCE_HERE", size)
    torch.manual_seed(0)
    model = words()
    optimizer = make(model.parameters())

    def check(changes: list[Tensor]) -> None:
        told = told_norms(optimizer, list(model.parameters()))
        found = [float(told[each]) for each in model.parameters()]
        assert found == pytest.approx([float(each.double().norm()) for each in changes], rel=2e-5)

    trained(model, optimizer, check)


class Own(torch.optim.SGD):
    """One that may do anything."""


def test_that_of_others_and_of_what_gets_no_gradient_nothing_is_told() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 3, dtype=torch.bfloat16))
    model[:2](torch.ones(1, 3)).sum().backward()
    model[2](torch.ones(1, 3, dtype=torch.bfloat16)).sum().backward()
    model[1].bias.grad = None
    for kind, expected in ((Own, set()), (torch.optim.SGD, {*model[0].parameters(), model[1].weight})):
        optimizer = kind(model.parameters(), 0.1)
        optimizer.step()
        assert set(told_norms(optimizer, list(model.parameters()))) == expected


def test_that_what_a_sample_knows_well_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_updates, "_SMALL", 100)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.Linear(32, 60), nn.Tanh(), nn.Linear(60, 3))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)

    model(torch.randint(50, (4, 4))).square().sum().backward()
    optimizer.step()

    told = told_norms(optimizer, list(model.parameters()))
    names = [name for name, each in model.named_parameters() if each in told]
    assert names == ["0.weight", "2.bias", "4.bias"]  # of the embedding few rows are used, and biases are small


def test_that_what_a_sample_contradicts_is_not_believed() -> None:
    told = np.array([1.0, 0.8, 0.5, 3.0, np.nan, 0.5])
    found, variance = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.01, 0.01, 0.01, 1.0, 0.0])

    assert is_possible(told, found, variance).tolist() == [True, True, False, True, False, True]


@pytest.mark.parametrize("insight", [None, InsightOptions(interval=1, sample=2048, sign_interval=0)])
@pytest.mark.parametrize("is_changed", [False, True], ids=["as it is", "changed"])
def test_that_a_large_model_has_exact_sizes_of_updates_unless_the_optimizer_was_changed(
    tmp_path: Path, insight: InsightOptions | None, is_changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_copies, "MOST_BYTES", 0)
    monkeypatch.setattr(histogram, "MOST_OF_MODEL", 8192)
    monkeypatch.setattr(histogram, "LEAST_COUNTED", 256)
    torch.manual_seed(0)
    model = words()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    if is_changed:  # each weight moves twice as far

        def again(*_: Any) -> None:
            with torch.no_grad():
                for each, then in zip(model.parameters(), starts, strict=True):
                    each += each - then

        optimizer.register_step_pre_hook(
            lambda *_: starts.__setitem__(slice(None), [p.clone() for p in model.parameters()])
        )
        optimizer.register_step_post_hook(again)
    starts: list[Tensor] = []
    truth = []
    probe = torch.zeros(1, 4, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)
    path = tmp_path / "run.json"
    with Collector(model, optimizer, path, probe=probe, interval=1, insight=insight):
        trained(model, optimizer, lambda changes: truth.append([float(each.double().norm()) for each in changes]))

    series = open_collection(path).series
    found = series.recorded("update_norm/2")[1]
    of_layer = [np.hypot(own[1], own[2]) for own in truth]
    if is_changed:
        assert np.isfinite(found).all()
        np.testing.assert_allclose(found, of_layer, rtol=0.3)
        assert (series.recorded("update_norm~se/2")[1] > 0).all()
    else:
        embedded = series.recorded("update_norm/0")[1]
        np.testing.assert_allclose(found, of_layer, rtol=1e-5)
        np.testing.assert_allclose(embedded, [own[0] for own in truth], rtol=1e-5)
        assert not [name for name in series if name.startswith("update_norm~se")]
