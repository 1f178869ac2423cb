"""Trainings of one seed with one change planted; `python -m tests.comparing_cases` asks for all of them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from collector import open_collection
from collector.comparing import compare
from collector.comparing.unit_matching import match_units
from collector.storage import Collection
from tests.comparing_cases.cases import CASES, permuted, training
from tests.comparing_cases.measure import answers, identical, recorded

FAST = (
    "rate at step 63",
    "dropout's p",
    "one noisy batch",
    "detach before fc3 from step 100",
    "fc2 computed otherwise at 60",
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def test_that_the_same_training_twice_is_identical(tmp_path: Path) -> None:
    found = identical(tmp_path)
    assert found.first_difference is None
    assert found.identical_passes == 7


def test_that_step_layer_and_verdict_of_what_was_planted_are_named(tmp_path: Path) -> None:
    found = list(answers(tmp_path, [each for each in CASES if each.name in FAST]))
    assert len(found) == len(FAST)
    assert [str(each) for each in found if not each.is_right] == []


def test_that_the_samples_of_which_both_end_by_saying_another_thing_are_told(tmp_path: Path) -> None:
    a = recorded(training("mlp", n_steps=5), tmp_path / "a.json")
    another = training("mlp", n_steps=5)
    with torch.no_grad():
        next(reversed([*another.model.parameters()])).neg_()
        next(iter(another.model.parameters())).neg_()
    b = recorded(another, tmp_path / "b.json")
    with open_collection(a) as one, open_collection(b) as other:
        found = compare(one, other)
        last_a, last_b = found_at(one, other)
        differ = np.flatnonzero(last_a != last_b)
        assert {each.sample for each in found.changed_samples} == set(differ.tolist())
        assert len(differ)
        assert compare(one, one).changed_samples == []


def found_at(one: Collection, other: Collection) -> tuple[np.ndarray, np.ndarray]:
    """What both say of each sample at the last pass that both have, by step."""
    step = np.intersect1d(one.passes.steps, other.passes.steps).max()
    both = [each.passes[int(np.flatnonzero(each.passes.steps == step)[0])] for each in (one, other)]
    return tuple(each.logits.argmax(axis=1) for each in both)  # type: ignore[return-value]


def test_that_a_resumed_training_is_the_uninterrupted_one(tmp_path: Path) -> None:
    """The checkpoint holds weights, optimizer and random numbers; the second part goes on in the first's file."""
    whole, parts = training("mlp", n_steps=60), training("mlp", n_steps=60)
    recorded(whole, tmp_path / "whole.json")
    parts.n_steps = 30
    recorded(parts, tmp_path / "parts.json")
    numbers = torch.get_rng_state()
    resumed = training("mlp", n_steps=30)
    resumed.model.load_state_dict(parts.model.state_dict())
    resumed.optimizers[0].load_state_dict(parts.optimizers[0].state_dict())
    first = resumed.batch
    resumed.batch = lambda step: first(step + 30)
    recorded(resumed, tmp_path / "parts.json", numbers=numbers, overwrite=False, resume=True)
    with open_collection(tmp_path / "whole.json") as one, open_collection(tmp_path / "parts.json") as other:
        found = compare(one, other)
    assert found.first_difference is None, found.first_difference
    assert found.identical_until == 59


def test_that_batches_of_two_sizes_lie_on_one_another_by_samples(tmp_path: Path) -> None:
    a = recorded(training("mlp", batch=32, n_steps=80), tmp_path / "a.json")
    b = recorded(training("mlp", batch=64, n_steps=40), tmp_path / "b.json")
    with open_collection(a) as one, open_collection(b) as other:
        found = compare(one, other, clock="samples")
        loss = next(each for each in found.measures if each.name == "loss")
    assert found.first_difference is not None
    first = found.first_difference
    assert (first.phase, first.step, first.quantity) == ("options", 0, "steps_per_epoch")
    assert loss.compared == 80


def test_that_a_network_beside_itself_with_permuted_units_is_matched(tmp_path: Path) -> None:
    made = training("mlp", n_steps=30)
    orders = {name: np.random.default_rng(3).permutation(n) for name, n in (("fc1", 64), ("fc2", 48))}
    recorded(made, tmp_path / "a.json", neuron_cap=0)
    other = training("mlp", n_steps=30)
    permuted(other, orders)
    recorded(other, tmp_path / "b.json", neuron_cap=0)
    with open_collection(tmp_path / "a.json") as one, open_collection(tmp_path / "b.json") as another:
        found = compare(one, another)
        for layer, order in (("act1", orders["fc1"]), ("act2", orders["fc2"])):
            a, b = (each.passes[0].layers[layer].activation for each in (one, another))
            assert a is not None
            assert b is not None
            match = match_units(a, b)
            is_alive = a.any(axis=0)
            assert (order[match.of_b[is_alive]] == np.arange(len(order))[is_alive]).all()
            assert match.is_worth_offering
    assert found.first_difference is not None
    assert found.first_difference.quantity == "initial weights"
    assert found.differs
