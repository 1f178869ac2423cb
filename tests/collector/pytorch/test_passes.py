"""When passes are taken, and which step a scalar belongs to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]
Train = Callable[..., list[float]]
GRADIENTS_AND_UPDATES = ("weight_gradient", "bias_gradient", "weight_update", "bias_update")


def a_model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))


@pytest.mark.parametrize(
    ("n_steps", "interval", "expected"),
    [(7, 3, [0, 3, 6, 7]), (6, 3, [0, 3, 6]), (1, 3, [0, 1]), (3, 1, [0, 1, 2, 3]), (2, 99, [0, 2])],
)
def test_that_passes_are_taken_at_the_first_step_each_interval_and_the_end(
    collect: Collect, make_batches: Batches, n_steps: int, interval: int, expected: list[int]
) -> None:
    collection = collect(a_model(), make_batches(n_steps, 4), interval=interval)

    assert collection.finished
    assert collection.n_steps == n_steps
    assert [one.step for one in collection.passes] == expected
    assert [one.number for one in collection.passes] == list(range(len(expected)))
    seconds = [one.seconds for one in collection.passes]
    assert seconds == sorted(seconds)


def test_that_a_run_without_a_step_leaves_one_pass(collect: Collect, make_batches: Batches) -> None:
    collection = collect(a_model(), [], probe=make_batches(1, 4)[0])

    assert collection.finished
    assert [one.step for one in collection.passes] == [0]
    assert collection.passes[0].layers["0"].weight is not None
    assert set(collection.series) <= {"dead_fraction/1"}, "a state has units, but no step"
    assert collection.n_steps == 0


def test_that_the_state_after_the_last_step_has_no_gradient_update_or_statistic(
    collect: Collect, make_batches: Batches
) -> None:
    model = a_model()

    collection = collect(model, make_batches(5, 4), interval=4)

    first, _, last = collection.passes
    for name in ("0", "2"):
        assert all(getattr(first.layers[name], kind) is not None for kind in GRADIENTS_AND_UPDATES)
        assert all(getattr(last.layers[name], kind) is None for kind in GRADIENTS_AND_UPDATES)
    np.testing.assert_array_equal(last.layers["2"].weight, model[2].weight.detach())
    np.testing.assert_array_equal(last.layers["2"].activation, last.logits)
    assert collection.series.recorded("weight_norm/0")[0].tolist() == [0, 4]


def test_that_the_state_after_the_last_step_is_taken_though_the_loop_fails(
    path: Path, make_batches: Batches, train: Train
) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with pytest.raises(KeyboardInterrupt), Collector(model, optimizer, path, probe=make_batches(1, 4)[0]) as collector:
        train(model, optimizer, make_batches(3, 4), collector)
        raise KeyboardInterrupt

    with open_collection(path) as collection:
        assert collection.finished
        assert [one.step for one in collection.passes] == [0, 3]


def test_that_each_step_has_its_loss(path: Path, make_batches: Batches, train: Train) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, interval=3) as collector:
        losses = train(model, optimizer, make_batches(8, 4), collector)

    with open_collection(path) as collection:
        assert collection.series.steps.tolist() == list(range(8))
        assert collection.series["loss"].tolist() == losses


def test_that_a_loss_logged_before_the_step_belongs_to_it(path: Path, make_batches: Batches) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    losses = []
    with Collector(model, optimizer, path, interval=3) as collector:
        for inputs, labels in make_batches(8, 4):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            collector.log(loss=loss)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    with open_collection(path) as collection:
        assert collection.series["loss"].tolist() == losses


def test_that_with_accumulated_gradients_a_step_has_the_loss_of_its_last_batch(
    path: Path, make_batches: Batches
) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    losses = []
    with Collector(model, optimizer, path, interval=1) as collector:
        for number, (inputs, labels) in enumerate(make_batches(8, 4)):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            loss.backward()
            collector.log(loss=loss)
            losses.append(loss.item())
            if number % 4 == 3:
                gradient = model[0].weight.grad.clone()
                optimizer.step()
                optimizer.zero_grad()

    with open_collection(path) as collection:
        assert collection.series["loss"].tolist() == [losses[3], losses[7]]
        np.testing.assert_array_equal(collection.passes[1].layers["0"].weight_gradient, gradient)


def test_that_whatever_is_one_number_can_be_logged(path: Path) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    values = [1, 2.5, True, np.float32(0.25), torch.tensor(3), torch.tensor([[4.0]]), torch.tensor(0.5).bfloat16()]
    with Collector(model, optimizer, path) as collector:
        for value in values:
            optimizer.step()
            collector.log(value=value)

    with open_collection(path) as collection:
        assert collection.series["value"].tolist() == [1, 2.5, 1, 0.25, 3, 4, 0.5]


def test_that_epochs_are_counted_and_their_results_kept(path: Path, make_batches: Batches, train: Train) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=make_batches(1, 4)[0], interval=2) as collector:
        for epoch in range(2):
            train(model, optimizer, make_batches(4, 4), collector)
            collector.end_epoch(test_loss=torch.tensor(0.5), test_accuracy=0.25 * epoch)

    with open_collection(path) as collection:
        assert [(one.step, one.epoch) for one in collection.passes] == [(0, 0), (2, 0), (4, 1), (6, 1), (8, 1)]
        assert [(each.epoch, each.step) for each in collection.epochs] == [(0, 4), (1, 8)]
        assert collection.epochs[1].metrics == {"test_loss": 0.5, "test_accuracy": 0.25}


def test_that_the_learning_rate_of_a_step_is_the_one_it_was_made_with(path: Path, make_batches: Batches) -> None:
    model = a_model()
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 0.5}]
    optimizer = torch.optim.SGD(groups, 0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    with Collector(model, optimizer, path, interval=2):
        for inputs, labels in make_batches(4, 4):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
            scheduler.step()

    with open_collection(path) as collection:
        assert collection.series["learning_rate"].tolist() == [0.1, 0.1, 0.05, 0.05]
        assert collection.series["learning_rate/group1"].tolist() == [0.5, 0.5, 0.25, 0.25]


def test_that_a_learning_rate_in_a_tensor_is_read_at_its_step(path: Path) -> None:
    rate = torch.tensor(0.5)
    model = a_model()
    optimizer = torch.optim.Adam(model.parameters(), rate)
    with Collector(model, optimizer, path):
        for _ in range(3):
            optimizer.step()
            rate /= 2

    with open_collection(path) as collection:
        assert collection.series["learning_rate"].tolist() == [0.5, 0.25, 0.125]


def test_that_a_file_can_be_opened_while_the_run_goes_on(path: Path, make_batches: Batches, train: Train) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=make_batches(1, 4)[0], interval=2) as collector:
        train(model, optimizer, make_batches(5, 4), collector)
        with open_collection(path) as collection:
            assert not collection.finished
            assert [one.step for one in collection.passes] == [0, 2, 4]
            assert collection.series["loss"].shape == (4,)
        assert collector.steps_taken == 5
