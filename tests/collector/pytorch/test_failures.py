"""A failure of ours is a note and a warning; the training does not feel it."""

import errno
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.capture.guard import CollectorWarning
from collector.pytorch import pass_recorder
from collector.pytorch.pass_recorder import PassRecorder

Batches = Callable[..., list[tuple[Any, Tensor]]]
Train = Callable[..., list[float]]


def a_model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 3))


@pytest.fixture
def losses_of(make_batches: Batches, train: Train, path: Path) -> Callable[..., list[float]]:
    """The losses of seven steps, collected or not."""

    def run(*, collected: bool) -> list[float]:
        torch.manual_seed(0)
        model = a_model()
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        batches = make_batches(7, 4)
        if not collected:
            return train(model, optimizer, batches)
        with Collector(model, optimizer, path, probe=batches[0], interval=2) as collector:
            return train(model, optimizer, batches, collector)

    return run


def failing_at(function: Callable[..., Any], *calls: int) -> Callable[..., Any]:
    """The function, which fails at the calls of these numbers."""
    count = 0

    def run(*args: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count - 1 in calls:
            raise KeyError("ours")
        return function(*args, **options)

    return run


@pytest.mark.parametrize("method", ["before_step", "after_step"])
def test_that_a_pass_that_fails_is_a_note_and_the_next_ones_come(
    losses_of: Callable[..., list[float]], path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(PassRecorder, method, failing_at(getattr(PassRecorder, method), 1, 2))

    with pytest.warns(CollectorWarning, match="KeyError: 'ours'") as caught:
        losses = losses_of(collected=True)

    assert len(caught) == 1
    assert losses == losses_of(collected=False)
    with open_collection(path) as collection:
        assert collection.finished
        assert [one.step for one in collection.passes] == [0, 6, 7]
        assert [note.step for note in collection.notes] == [2, 7]
        assert collection.notes[1].text.startswith("1 more of this kind, from step 2 on, last at step 4: Strobe failed")
        assert collection.series["loss"].tolist() == losses


def test_that_a_probe_that_fails_once_leaves_a_pass_without_activations(
    losses_of: Callable[..., list[float]], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pass_recorder, "run_probe", failing_at(pass_recorder.run_probe, 1))

    with pytest.warns(CollectorWarning, match="running the model on the probe"):
        losses = losses_of(collected=True)

    assert losses == losses_of(collected=False)
    with open_collection(path) as collection:
        assert [one.step for one in collection.passes] == [0, 2, 4, 6, 7]
        there = [one.layers["0"].activation is not None for one in collection.passes]
        assert there == [True, False, True, True, True]
        assert collection.passes[1].layers["0"].weight_gradient is not None
        assert collection.passes[1].logits is None


def test_that_a_step_that_failed_leaves_nothing_to_the_next(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    monkeypatch.setattr(PassRecorder, "before_step", failing_at(PassRecorder.before_step, 1))

    def closure() -> float:
        raise OverflowError

    with pytest.warns(CollectorWarning), Collector(model, optimizer, path, interval=2):
        with pytest.raises(OverflowError):
            optimizer.step(closure)
        optimizer.step()

    with open_collection(path) as collection:
        assert collection.n_steps == 1
        assert [one.step for one in collection.passes] == [1]


def test_that_a_failing_end_still_finishes_the_file_and_frees_the_optimizer(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    monkeypatch.setattr(PassRecorder, "state", failing_at(PassRecorder.state, 0))

    with pytest.warns(CollectorWarning, match="taking the last pass"), Collector(model, optimizer, path):
        pass

    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks
    with open_collection(path) as collection:
        assert collection.finished


def test_that_a_full_disk_ends_the_collection_and_not_the_training(
    losses_of: Callable[..., list[float]], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, real = 0, os.writev

    def write(*args: Any) -> int:
        nonlocal written
        written += 1
        if written > 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args)

    monkeypatch.setattr(os, "writev", write)

    with pytest.warns(CollectorWarning, match="stopped collecting .* No space left on device") as caught:
        losses = losses_of(collected=True)

    assert len(caught) == 1
    assert losses == losses_of(collected=False)
    with open_collection(path) as collection:
        assert not collection.finished
        assert not collection.damaged
        assert collection.passes[0].layers["0"].weight is not None


def test_that_our_warning_fails_no_training_where_warnings_are_errors(
    losses_of: Callable[..., list[float]], monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr(PassRecorder, "before_step", failing_at(PassRecorder.before_step, 0))
    warnings.simplefilter("error")

    losses = losses_of(collected=True)

    assert losses == losses_of(collected=False)
    assert [each.category for each in recwarn] == [CollectorWarning]


@pytest.mark.parametrize("value", [torch.ones(3), "high", None, [1.0, 2.0]])
def test_that_what_cannot_be_logged_is_a_warning(path: Path, value: Any) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with (
        pytest.warns(CollectorWarning, match="logging 'loss'") as caught,
        Collector(model, optimizer, path) as collector,
    ):
        for number in range(3):
            optimizer.step()
            collector.log(loss=value, number=number)

    assert len(caught) == 1
    with open_collection(path) as collection:
        assert "loss" not in collection.series
        assert collection.series["number"].tolist() == [0, 1, 2]


def test_that_results_of_an_epoch_that_are_no_numbers_are_a_warning(path: Path) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with pytest.warns(CollectorWarning, match="ending an epoch"), Collector(model, optimizer, path) as collector:
        optimizer.step()
        collector.end_epoch(accuracy="good")  # type: ignore[arg-type]


def test_that_a_closed_collector_takes_nothing_more(path: Path, make_batches: Batches, train: Train) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    collector = Collector(model, optimizer, path)
    collector.close()
    before = path.read_bytes()

    train(model, optimizer, make_batches(2, 4), collector)
    collector.end_epoch(accuracy=1.0)
    collector.close()

    assert path.read_bytes() == before
