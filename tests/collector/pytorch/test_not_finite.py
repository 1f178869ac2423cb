"""A number, no number, and no gradient: three things in series and notes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection
from collector.storage import Collection

EACH = InsightOptions(interval=1)


@pytest.fixture
def run(path: Path) -> Any:
    """Trains a small model for so many steps, ``change(step, model)`` before each update."""
    opened: list[Collection] = []

    def train(
        n_steps: int,
        change: Callable[[int, nn.Module], None],
        loss: Callable[[int], float] = lambda step: 1,
        **options: Any,
    ) -> Collection:
        model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with Collector(model, optimizer, path, **({"insight": EACH} | options)) as collector:
            for step in range(n_steps):
                optimizer.zero_grad()
                model(torch.randn(4, 8)).square().mean().backward()
                change(step, model)
                optimizer.step()
                collector.log(loss=loss(step))
        opened.append(open_collection(path))
        return opened[-1]

    yield train
    for each in opened:
        each.close()


def without(layer: int, steps: range) -> Callable[[int, nn.Module], None]:
    def change(step: int, model: Any) -> None:
        if step in steps:
            for each in model[layer].parameters():
                each.grad = None

    return change


def known(collection: Collection, name: str) -> dict[int, float]:
    steps, values = collection.series.recorded(name)
    return {int(step): float(value) for step, value in zip(steps, values, strict=True) if not np.isnan(value)}


def test_that_values_without_a_gradient_are_counted_at_their_steps_and_are_not_nan(run: Any) -> None:
    collection = run(20, without(0, range(5, 12)))

    assert known(collection, "no_gradient/0") == dict.fromkeys(range(5, 12), 8 * 16 + 16)
    assert "no_gradient/2" not in collection.series
    assert not [name for name in collection.series if name.startswith(("nan/", "plus_inf/", "not_finite_"))]
    assert set(known(collection, "gradient_norm/0")) == {*range(5), *range(12, 20)}


def test_that_it_is_noted_once_when_a_gradient_stops_and_when_it_returns(run: Any) -> None:
    collection = run(20, without(0, range(5, 12)))

    assert [note.text for note in collection.notes] == [
        "No gradient comes to 0 any more: seen last at step 4, none at step 5.",
        "A gradient comes to 0 again: seen at step 12, none at step 11.",
    ]


def test_that_a_gradient_that_comes_and_goes_is_noted_so_once(run: Any) -> None:
    def every_second(step: int, model: Any) -> None:
        without(2, range(step % 2 * step, step % 2 * step + 1))(step, model) if step % 2 else None

    (note,) = run(20, every_second).notes

    assert "The gradient of 2 comes and goes" in note.text


def test_that_a_stop_shortly_before_the_end_is_told_too(run: Any) -> None:
    (note,) = run(20, without(0, range(18, 20))).notes

    assert note.text == "No gradient comes to 0 any more: seen last at step 17, none at step 18."


def test_that_a_layer_thawed_in_mid_run_is_followed_and_noted_from_then_on(path: Path) -> None:
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    norms = {}
    with Collector(model, optimizer, path, insight=EACH, interval=5):
        for step in range(20):
            if step == 9:
                model[0].requires_grad_(True)
            optimizer.zero_grad()
            model(torch.randn(4, 8)).square().mean().backward()
            own = [each.grad for each in model[0].parameters() if each.grad is not None]
            norms[step] = float(torch.cat([each.flatten() for each in own]).norm()) if own else None
            optimizer.step()

    with open_collection(path) as collection:
        (note,) = (note.text for note in collection.notes if "gradient comes" in note.text)
        assert note == "A gradient comes to 0: first seen at step 9, none at step 8."
        assert known(collection, "gradient_norm/0") == pytest.approx({s: n for s, n in norms.items() if n is not None})
        assert set(known(collection, "retained@1e-05/0")) == set(range(10, 20))
        assert "no_gradient/0" not in collection.series
        absence = collection.layers["0"].not_recorded["weight_gradient"]
        assert absence == "frozen when the run began; in the passes from when it is trained"
        assert collection.passes[1].layers["0"].weight_gradient is None
        assert collection.passes[2].layers["0"].weight_gradient is not None


@pytest.mark.parametrize("sample", [0, 64])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_that_weights_that_are_no_numbers_are_counted_and_noted(run: Any, bad: float, sample: int) -> None:
    def change(step: int, model: Any) -> None:
        if step == 3:
            with torch.no_grad():
                model[0].weight[2, :5] = bad
            for each in model[0].parameters():
                each.grad.zero_()  # finite gradients, as of an embedding's row that is not used

    collection = run(7, change, insight=InsightOptions(interval=1, sample=sample), interval=100)

    assert known(collection, "not_finite_weight/0")[4] == 5
    assert "not_finite_weight/2" not in collection.series or 4 not in known(collection, "not_finite_weight/2")
    assert any(note.text.startswith("The first NaN or Inf in the weights came at step") for note in collection.notes)


@pytest.mark.parametrize("sample", [0, 64])
def test_that_one_bad_gradient_is_found_in_a_sample_too_and_its_update(run: Any, sample: int) -> None:
    def change(step: int, model: Any) -> None:
        if step == 3:
            model[0].weight.grad[15, 7] = np.nan

    collection = run(5, change, insight=InsightOptions(interval=1, sample=sample), interval=100)

    assert known(collection, "nan/0")[3] == 1
    assert known(collection, "not_finite/total")[3] == 1
    assert known(collection, "not_finite_update/0")[3] == 1
    assert known(collection, "not_finite_weight/0")[4] == 1
    texts = [note.text for note in collection.notes]
    assert texts[:2] == [
        "The first NaN in a gradient came at step 3, in 0.",
        "The first NaN or Inf in an update came at step 3, in 0.",
    ]


def test_that_a_first_one_between_the_steps_looked_at_is_not_dated_by_the_next(run: Any) -> None:
    def change(step: int, model: Any) -> None:
        if step >= 15:
            for each in model[2].parameters():
                each.grad.fill_(np.nan)

    collection = run(21, change, insight=InsightOptions(interval=10), interval=1000)

    texts = [note.text for note in collection.notes]
    assert texts[0] == (
        "The first NaN in a gradient was seen at step 19, in 0 and 2; at step 10, the last that was looked at before, "
        "there was none."
    )


def test_that_passes_look_where_no_step_is_measured(run: Any) -> None:
    def change(step: int, model: Any) -> None:
        if step == 6:
            model[0].weight.grad[0, 0] = np.inf

    collection = run(8, change, insight=None, interval=3)

    assert known(collection, "plus_inf/0") == {6: 1}
    assert known(collection, "not_finite_update/0") == {6: 1}
    assert "not_finite_weight/0" not in collection.series


@pytest.mark.parametrize("as_tensor", [False, True])
def test_that_the_first_logged_value_that_is_no_number_is_noted_with_step_and_name(run: Any, as_tensor: bool) -> None:
    def loss(step: int) -> Any:
        value = float("inf") if step >= 3 else 1.0
        return torch.tensor(value) if as_tensor else value

    (note,) = run(6, lambda step, model: None, loss).notes

    assert note.text == "The first +Inf in 'loss', as it was logged, came at step 3."
