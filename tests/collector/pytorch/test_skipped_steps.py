"""Iterations that a gradient scaler skips are no steps: they are counted and noted, and move no value of another."""

import gc
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection

EACH = InsightOptions(interval=1)
NOTE = (
    "Before step 2 an iteration was skipped by a GradScaler: a gradient was not finite in 2. Skipped iterations are no "
    "steps, and what is logged of them is not recorded; skipped_steps counts them."
)


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


def scaled(
    path: Path | None,
    skipped: tuple[int, ...],
    *,
    n: int = 5,
    logs_first: bool = False,
    zeroes_last: bool = False,
    **options: Any,
) -> list[Any]:
    """Iterations under a scaler, logging 100, 101, …: weights, optimizer and scaler at the end."""
    model = a_model()
    optimizer = torch.optim.Adam(model.parameters(), 0.1, **options)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    collector = Collector(model, optimizer, path, interval=1, insight=EACH) if path else None
    for number in range(n):
        if not zeroes_last:
            optimizer.zero_grad()
        loss = model(torch.full((2, 4), 1.0 + number)).square().mean()
        scaler.scale(loss).backward()
        if number in skipped:
            model[2].weight.grad[0, 0] = torch.inf
        if collector and logs_first:
            collector.log(value=100 + number)
        scaler.step(optimizer)
        scaler.update()
        if zeroes_last:
            optimizer.zero_grad()
        if collector and not logs_first:
            collector.log(value=100 + number)
    if collector:
        collector.close()
    state = [each.tolist() for held in optimizer.state.values() for each in held.values()]
    return [*(each.tolist() for each in model.parameters()), *state, scaler.state_dict()]


ORDERS = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize(("fused", "logs_first", "zeroes_last"), ORDERS)
def test_that_a_skipped_iteration_overwrites_no_value_and_is_counted_and_noted_with_its_layers(
    path: Path, fused: bool, logs_first: bool, zeroes_last: bool
) -> None:
    orders = {"fused": fused, "logs_first": logs_first, "zeroes_last": zeroes_last}
    assert scaled(path, (2,), **orders) == scaled(None, (2,), **orders)

    with open_collection(path) as collection:
        assert collection.series["value"].tolist() == [100, 101, 103, 104]
        assert [each.tolist() for each in collection.series.recorded("skipped_steps")] == [[2], [1]]
        assert [note.text for note in collection.notes] == [NOTE]
        assert collection.notes[0].step == 2
        assert collection.n_steps == 4


@pytest.mark.parametrize("logs_first", [False, True])
@pytest.mark.parametrize("fused", [False, True])
def test_that_skips_at_the_start_in_a_row_and_at_the_end_are_counted_where_they_came(
    path: Path, fused: bool, logs_first: bool
) -> None:
    scaled(path, (0, 1, 4, 7), n=8, fused=fused, logs_first=logs_first)

    with open_collection(path) as collection:
        assert collection.series["value"].tolist() == [102, 103, 105, 106]
        steps, counts = collection.series.recorded("skipped_steps")
        assert dict(zip(steps.tolist(), counts.tolist(), strict=True)) == {0: 2, 2: 1, 4: 1}
        assert collection.notes[0].text.startswith("Before step 0 an iteration was skipped")
        assert collection.notes[-1].text == "In all 4 iterations were skipped by a GradScaler."


def test_that_without_a_skip_nothing_is_said_and_the_scaler_is_as_it_was(path: Path) -> None:
    step = torch.amp.GradScaler.step
    scaled(path, ())
    assert torch.amp.GradScaler.step is step
    with open_collection(path) as collection:
        assert "skipped_steps" not in collection.series
        assert not collection.notes


def test_that_a_collector_that_is_given_up_leaves_the_scaler_as_it_was(path: Path) -> None:
    step = torch.amp.GradScaler.step
    model = a_model()
    collector = Collector(model, torch.optim.SGD(model.parameters(), 0.1), path)
    assert torch.amp.GradScaler.step is not step
    del model, collector
    gc.collect()
    assert torch.amp.GradScaler.step is step


@pytest.mark.parametrize("of", ["first", "last"])
def test_that_of_several_optimizers_the_one_that_is_skipped_has_no_gradient_and_the_step_still_ends(
    path: Path, of: str
) -> None:
    model = a_model()
    optimizers = [torch.optim.SGD(model[number].parameters(), 0.1) for number in (0, 2)]
    bad = model[0 if of == "first" else 2]
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0)
    weights: list[Tensor] = []
    with Collector(model, optimizers, path, interval=1, insight=None) as collector:
        for number in range(3):
            weights.append(model[0].weight.detach().clone())
            for each in optimizers:
                each.zero_grad()
            scaler.scale(model(torch.ones(2, 4)).square().mean()).backward()
            if number == 1:
                bad.weight.grad[0, 0] = torch.nan
            for each in optimizers:
                scaler.step(each)
            scaler.update()
            collector.log(value=number)

    with open_collection(path) as collection:
        assert collection.n_steps == 3
        assert collection.series["value"].tolist() == [0, 1, 2]
        name, other = ("0", "2") if of == "first" else ("2", "0")
        layers = collection.passes[1].layers
        assert layers[name].weight_gradient is None
        assert not layers[name].weight_update.any()
        assert np.isfinite(layers[other].weight_gradient).all()
        assert layers[other].weight_update.any()
        np.testing.assert_array_equal(collection.passes[2].layers["0"].weight, weights[2])
