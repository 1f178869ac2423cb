"""What recording costs is in the file, and a budget is kept by leaving things out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection
from collector.pytorch.pass_recorder import PassRecorder


def make_model() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3))


@pytest.fixture
def batches(make_batches: Callable[..., Any]) -> Any:
    return make_batches(40, 1, 4, 4)


@pytest.fixture
def collect(path: Path, train: Callable[..., Any], batches: Any) -> Callable[..., Any]:
    """Trains 40 steps with these options, a pass each fifth; the losses and the collection."""

    def collect(**options: Any) -> Any:
        torch.manual_seed(3)
        model = make_model()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with Collector(model, optimizer, path, probe=batches[0], interval=5, overwrite=True, **options) as collector:
            losses = train(model, optimizer, batches, collector)
        return losses, open_collection(path)

    return collect


@pytest.fixture
def dear_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pass seems to take a thousand seconds."""
    state = PassRecorder.state
    seconds = [0.0]

    def slow_state(self: PassRecorder, **options: Any) -> Any:
        seconds[0] += 1000
        return state(self, **options)

    import time

    clock = time.perf_counter
    monkeypatch.setattr(PassRecorder, "state", slow_state)
    monkeypatch.setattr(time, "perf_counter", lambda: clock() + seconds[0])


@pytest.fixture
def dear_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run of the model seems to take a thousand seconds."""
    import time

    clock, forward, seconds = time.perf_counter, nn.Flatten.forward, [0.0]

    def slow_forward(self: nn.Flatten, inputs: torch.Tensor) -> torch.Tensor:
        seconds[0] += 1000 if self.training else 0
        return forward(self, inputs)

    monkeypatch.setattr(nn.Flatten, "forward", slow_forward)
    monkeypatch.setattr(time, "perf_counter", lambda: clock() + seconds[0])


def test_that_the_price_of_a_run_is_in_its_file(collect: Callable[..., Any], path: Path) -> None:
    _, collection = collect()

    price = collection.price
    assert price.step == 40
    assert price.training_seconds > 0
    assert all(price.seconds[kind] > 0 for kind in ("passes", "gradients", "scalars"))
    assert 0 < price.bytes <= path.stat().st_size
    assert collection.run.budget is None


@pytest.mark.usefixtures("dear_passes")
def test_that_passes_beyond_the_budget_are_left_out_and_said_to_be(collect: Callable[..., Any]) -> None:
    _, collection = collect(budget=0.03)

    assert [each.step for each in collection.passes] == [0, 40]  # the end has its pass in any case
    texts = [note.text for note in collection.notes]
    assert "From step 5 on, passes are left out where the budget does not allow them." in texts
    assert any(text.startswith("To stay within 3 % of the training's time, 1 of 8 passes were taken") for text in texts)
    assert collection.run.budget == 0.03


@pytest.mark.usefixtures("dear_passes")
def test_that_without_a_budget_no_pass_is_left_out(collect: Callable[..., Any]) -> None:
    _, collection = collect()

    assert [each.step for each in collection.passes] == [0, 5, 10, 15, 20, 25, 30, 35, 40]
    assert collection.notes == []


def test_that_a_measurement_is_left_out_with_both_of_its_steps(collect: Callable[..., Any]) -> None:
    _, collection = collect(budget=1e-12, insight=InsightOptions(interval=4, sign_interval=6))

    steps, _ = collection.series.recorded("near_zero@1e-07/total")
    assert steps.tolist() == [0]  # the first measurement tells what one costs
    assert collection.signs.steps.tolist() == [0]


@pytest.mark.usefixtures("dear_training")
def test_that_a_wide_budget_leaves_nothing_out_but_what_needs_every_step(collect: Callable[..., Any]) -> None:
    _, bounded = collect(budget=0.9, insight=InsightOptions(interval=1, sign_interval=6))

    # Moving averages do, which a budget does not promise.
    assert bounded.insight.interval == 2
    assert not any("~ema" in name for name in bounded.series)
    assert bounded.series.recorded("near_zero@1e-07/total")[0].tolist() == list(range(0, 40, 2))
    assert bounded.signs.steps.tolist() == list(range(0, 40, 6))
    assert [each.step for each in bounded.passes] == list(range(0, 41, 5))
    assert bounded.notes == []


def test_that_a_budget_changes_no_loss(collect: Callable[..., Any]) -> None:
    with_budget, _ = collect(budget=0.5)
    without, _ = collect()

    assert with_budget == without


@pytest.mark.parametrize("budget", [0, 1.0, "3 %"])
def test_that_a_budget_that_is_no_share_is_refused_before_a_file_is_made(path: Path, budget: Any) -> None:
    model = make_model()
    with pytest.raises(ValueError, match="budget is"):
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, budget=budget)

    assert not path.exists()
