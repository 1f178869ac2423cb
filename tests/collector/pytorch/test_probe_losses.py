"""With the training's own loss each pass has the loss of each of the probe's samples."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, CollectorWarning, open_collection
from collector.storage import Collection

X = torch.randn(5, 4, generator=torch.Generator().manual_seed(4))
CLASSES = torch.tensor([0, 2, 1, 0, 2])
VALUES = torch.randn(5, 3, generator=torch.Generator().manual_seed(5))
WEIGHT = torch.tensor([1.0, 2.0, 3.0])
TOKENS = torch.tensor([[0, 1], [2, -100], [1, 1], [0, -100], [2, 2]])


class Pairs(nn.Module):
    """As of contrastive learning: a sample by itself has none."""

    def forward(self, output: Tensor, targets: Any) -> Tensor:
        return functional.cross_entropy(output @ output.T / 0.1, torch.arange(len(output)))


def of_each(loss: Any, output: Tensor, targets: Any) -> Tensor:
    """The slow version: one sample after the other."""
    return torch.stack([loss(output[n : n + 1], targets[n : n + 1]) for n in range(len(output))])


LOSSES: dict[str, tuple[Any, Any, Any]] = {
    "cross entropy": (functional.cross_entropy, CLASSES, functional.cross_entropy),
    "a module": (nn.CrossEntropyLoss(), CLASSES, functional.cross_entropy),
    "weighted by class": (
        nn.CrossEntropyLoss(weight=WEIGHT),
        CLASSES,
        lambda output, targets: functional.cross_entropy(output, targets, weight=WEIGHT, reduction="none")[0],
    ),
    "means of several values": (functional.mse_loss, VALUES, functional.mse_loss),
    "sums of several values": (nn.MSELoss(reduction="sum"), VALUES, nn.MSELoss(reduction="sum")),
    "not reduced": (nn.L1Loss(reduction="none"), VALUES, nn.L1Loss()),
    "one's own": (lambda output, targets: ((output - targets) ** 4).mean(), VALUES, lambda o, t: ((o - t) ** 4).mean()),
    "an array": (lambda output, targets: (output[:, 0] - targets).abs().sum(), VALUES[:, 0].numpy(), None),
    "a dict": (
        lambda output, targets: functional.cross_entropy(output, targets["y"]) + (output - targets["v"]).abs().mean(),
        {"y": CLASSES, "v": VALUES},
        None,
    ),
}


def collected(path: Path, model: nn.Module, targets: Any, loss: Any, **options: Any) -> Collection:
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=(X, targets), interval=2, loss=loss, **options) as collector:
        for _ in range(3):
            optimizer.zero_grad()
            own = functional.cross_entropy(model(X), CLASSES)
            own.backward()
            optimizer.step()
            collector.log(loss=own)
    return open_collection(path)


@pytest.mark.parametrize("name", LOSSES)
def test_that_each_sample_has_its_own_loss(path: Path, name: str) -> None:
    loss, targets, alone = LOSSES[name]
    model = nn.Linear(4, 3)

    with collected(path, model, targets, loss) as collection:
        for one in (collection.passes[0], collection.passes[-1]):
            output = torch.from_numpy(np.array(one.logits))
            if alone is not None:
                expected = of_each(alone, output, targets)
            elif name == "an array":
                expected = (output[:, 0] - torch.from_numpy(targets)).abs()
            else:
                expected = of_each(functional.cross_entropy, output, CLASSES) + (output - VALUES).abs().mean(1)
            np.testing.assert_allclose(one.losses, expected, rtol=1e-6)
        assert not collection.notes


def test_that_the_loss_of_all_is_a_scalar_of_each_pass(path: Path) -> None:
    with collected(path, nn.Linear(4, 3), CLASSES, functional.cross_entropy) as collection:
        steps, values = collection.series.recorded("probe_loss")
        outputs = [torch.from_numpy(np.array(one.logits)) for one in collection.passes]
        expected = [functional.cross_entropy(output, CLASSES) for output in outputs]
        assert steps.tolist() == [0, 2, 3]
        np.testing.assert_allclose(values, expected, rtol=1e-6)
        np.testing.assert_allclose(values[0], collection.series["loss"][0], rtol=1e-6)


def test_that_positions_that_do_not_count_leave_the_others_their_weight(path: Path) -> None:
    model = nn.Sequential(nn.Linear(4, 6), nn.Unflatten(1, (3, 2)))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with Collector(model, optimizer, path, probe=(X, TOKENS), loss=nn.CrossEntropyLoss()):
        pass

    with open_collection(path) as collection:
        output = torch.from_numpy(np.array(collection.passes[0].outputs))
        expected = of_each(functional.cross_entropy, output, TOKENS)
        np.testing.assert_allclose(collection.passes[0].losses, expected, rtol=1e-6)


def test_that_a_loss_between_samples_is_none_of_one_sample_and_said_so(path: Path) -> None:
    with collected(path, nn.Linear(4, 3), None, Pairs()) as collection:
        assert collection.passes[0].losses is None
        assert collection.series["probe_loss"][0] > 0
        assert any("no sample has one of its own" in note.text for note in collection.notes)


def test_that_a_loss_that_cannot_be_computed_is_told_and_all_else_recorded(path: Path) -> None:
    with (
        pytest.warns(CollectorWarning, match="No losses of the probe are recorded: loss, of the model's output"),
        collected(path, nn.Linear(4, 3), None, functional.mse_loss) as collection,
    ):
        assert collection.passes[0].losses is None
        assert collection.passes[0].logits is not None


def test_that_what_a_loss_keeps_is_as_if_it_had_not_been_asked(path: Path) -> None:
    seen: list[float] = []

    def loss(output: Tensor, targets: Tensor) -> Tensor:
        seen.append(float(output.sum()))
        return (output * torch.rand(3)).mean() + targets.float().mean()

    model, before = nn.Linear(4, 3), torch.get_rng_state()
    with collected(path, model, CLASSES, loss) as collection:
        assert np.isfinite(collection.series["probe_loss"][0])
    assert seen == []
    assert torch.equal(torch.get_rng_state(), before)
