"""A run that goes on with other weights than its file was left with is told so, and no other."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from collector import Collector, open_collection

pytestmark = pytest.mark.filterwarnings("default::collector.capture.guard.CollectorWarning")


@pytest.fixture
def batches(make_batches: Callable[..., Any]) -> Any:
    return make_batches(30, 5)


def a_model(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))


@pytest.fixture
def states(path: Path, batches: Any, train: Any) -> list[Any]:
    """A run of 14 steps with a pass each four, and the model's state before each step and at the end."""
    model = a_model(0)
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    kept: list[Any] = []
    with Collector(model, optimizer, path, probe=batches[0], interval=4) as collector:
        for batch in batches[:14]:
            kept.append(copy.deepcopy(model.state_dict()))
            train(model, optimizer, [batch], collector)
    return [*kept, copy.deepcopy(model.state_dict())]


@pytest.fixture
def notes(path: Path, batches: Any, train: Any) -> Callable[..., list[str]]:
    """Goes on with a state, or a fresh model without one; the notes of the file."""

    def resume(state: Any, at: bool | int) -> list[str]:
        model = a_model(7)
        if state is not None:
            model.load_state_dict(state)
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        with Collector(model, optimizer, path, probe=batches[0], interval=4, resume=at) as collector:
            train(model, optimizer, batches[14:18], collector)
        with open_collection(path) as collection:
            return [note.text for note in collection.notes]

    return resume


@pytest.mark.parametrize("at", [True, 14, 12, 11])
def test_that_a_freshly_initialised_model_is_told(states: Any, notes: Any, at: bool | int) -> None:
    (text,) = notes(None, at)
    assert text.startswith("The weights of 0 and 2 are not those that the file was left with: since the pass at step ")
    assert text.endswith("Was the checkpoint loaded before the collector was made?")


@pytest.mark.parametrize("at", [14, 13, 12, 11, 3])
def test_that_a_model_from_its_checkpoint_goes_on_in_silence(states: Any, notes: Any, at: int) -> None:
    assert notes(states[at], at) == []


def test_that_a_model_that_goes_on_behind_the_last_step_does_so_in_silence(states: Any, notes: Any) -> None:
    assert notes(states[14], True) == []


def test_that_one_layer_that_was_not_loaded_is_named(states: Any, notes: Any) -> None:
    state = {name: each if name.startswith("0") else a_model(7).state_dict()[name] for name, each in states[12].items()}
    (text,) = notes(state, 12)
    assert text.startswith("The weights of 2 are not those that the file was left with: since the pass at step 12 ")
    assert "with 0 steps in between" in text


def test_that_the_weights_of_another_step_than_the_one_named_are_told(states: Any, notes: Any) -> None:
    (text,) = notes(states[4], 12)
    assert text.startswith("The weights of 0 and 2 are not those")


def test_that_a_run_that_begins_has_nothing_to_be_compared_with(path: Path, notes: Any) -> None:
    assert notes(None, True) == []
