"""Whatever a model keeps, and however, it is after a run of the collector's what it was before."""

import random
from collections.abc import Callable
from operator import length_hint
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from collector import AugmentedSample, Collector, CollectorWarning, open_collection
from collector.pytorch.preserved_state import NotRunError, preserved_state
from tests.collector.pytorch.keeping_state import KEEPING, Recurrent

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def seeded_everywhere() -> None:
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002


def trained(make: Callable[[], Any], train: Train, batches: Any, path: Path | None) -> list[Any]:
    """All that a training leaves, and its random numbers; collected where there is a path."""
    seeded_everywhere()
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    if path is None:
        losses = train(model, optimizer, batches)
    else:
        n = 6 if isinstance(model, Recurrent) else 80  # it cannot run on more than it keeps states of
        inputs = torch.linspace(-1, 1, n * 4).view(n, 4)
        changed = AugmentedSample(inputs[:6].numpy(), np.zeros((6, 1, 2, 2), np.uint8), ["none"] * 6, np.zeros(6), {})
        held_out = {"similarity": (inputs, None), "projection": (inputs, None), "augmented": changed}
        same = (batches[0][0], None)
        with Collector(model, optimizer, path, probe=same, interval=2, similarity_interval=2, **held_out) as collector:
            losses = train(model, optimizer, batches, collector)
            collector.end_epoch()
    moments = [each.tolist() for held in optimizer.state.values() for each in held.values()]
    weights = {name: each.tolist() for name, each in model.state_dict().items()}
    chance = torch.get_rng_state().tolist(), random.random(), np.random.rand()  # noqa: NPY002
    return [losses, list(weights.items()), moments, chance, model.state]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:Full backward hook")
@pytest.mark.parametrize("kind", KEEPING)
def test_that_a_model_that_keeps_its_state_in_any_way_learns_as_without_the_collector(
    kind: str, path: Path, train: Train, make_batches: Batches
) -> None:
    batches = make_batches(6, 4)

    with_us = trained(KEEPING[kind], train, batches, path)

    for part, plain in zip(with_us, trained(KEEPING[kind], train, batches, None), strict=True):
        assert part == plain
    with open_collection(path) as collection:
        assert not any("failed" in note.text for note in collection.notes)
        assert len(collection.passes) == 4


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:Full backward hook")
@pytest.mark.parametrize("kind", KEEPING)
def test_that_the_same_run_again_meets_the_same_model(kind: str) -> None:
    seeded_everywhere()
    model, inputs = KEEPING[kind](), torch.linspace(-1, 1, 24).view(6, 4)
    given = []

    for _ in range(2):
        with preserved_state(model) as run:
            given.append(model(inputs))
            run.again()
            given.append(model(inputs))

    assert all(torch.equal(given[0], each) for each in given)


taken = iter(range(9))


class NamedAlike(nn.Module):
    """An attribute of it has the name of something of its module's that keeps a state."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.taken(inputs)


def test_that_an_attribute_is_not_taken_for_what_has_its_name_elsewhere(
    path: Path, train: Train, make_batches: Batches
) -> None:
    batches, model = make_batches(3, 4), NamedAlike()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
        train(model, optimizer, batches, collector)

    with open_collection(path) as collection:
        assert [note.text for note in collection.notes] == []
        assert collection.passes[1].logits is not None
    assert length_hint(taken) == 9


def test_that_state_of_another_batch_size_leaves_the_training_alone(
    path: Path, train: Train, make_batches: Batches
) -> None:
    batches = make_batches(6, 4, size=8)
    probe = (batches[0][0][:3], None)
    ends = []
    for collected in (False, True):
        seeded_everywhere()
        model = KEEPING["an attribute"]()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        if collected:
            with (
                pytest.warns(CollectorWarning, match="running the model on the probe"),
                Collector(model, optimizer, path, probe=probe, interval=2) as collector,
            ):
                ends.append(train(model, optimizer, batches, collector))
        else:
            ends.append(train(model, optimizer, batches))

    assert ends[0] == ends[1]


def test_that_hooks_of_the_user_are_called_by_the_training_alone(
    path: Path, train: Train, make_batches: Batches
) -> None:
    batches, calls = make_batches(3, 4), []
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    model[0].register_forward_hook(lambda *_: calls.append("layer"))
    model.register_forward_pre_hook(lambda *_: calls.append("model"))
    everywhere = register_module_forward_hook(lambda *_: calls.append("all"))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    try:
        with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
            train(model, optimizer, batches, collector)
        assert [calls.count(kind) for kind in ("layer", "model", "all")] == [3, 3, 4 * 3]
    finally:
        everywhere.remove()
    with open_collection(path) as collection:
        (note,) = [note.text for note in collection.notes if "hooks" in note.text]
        assert "the model, 0 and all modules" in note


def test_that_hooks_with_which_torch_makes_a_weight_are_called(path: Path, train: Train, make_batches: Batches) -> None:
    from torch.nn.utils import prune

    batches = make_batches(3, 4)
    model = nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 3))
    prune.l1_unstructured(model[0], "weight", 0.5)
    optimizer = torch.optim.SGD(model.parameters(), 0.5)

    with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
        train(model, optimizer, batches, collector)

    with torch.no_grad():
        expected = model(batches[0][0])
    with open_collection(path) as collection:
        np.testing.assert_allclose(collection.passes[3].logits, expected, rtol=1e-6)


def test_that_a_model_whose_state_cannot_be_put_back_is_not_run(
    path: Path, train: Train, make_batches: Batches
) -> None:
    class Generated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.factors = nn.Linear(4, 3), (1 + number / 10 for number in range(99))

        def forward(self, inputs: Tensor) -> Tensor:
            return self.fc(inputs) * next(self.factors)

    batches, ends = make_batches(5, 4), []
    for collected in (False, True):
        seeded_everywhere()
        model = Generated()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        if collected:
            with (
                pytest.warns(CollectorWarning, match="'factors' is a generator"),
                Collector(model, optimizer, path, probe=batches[0], interval=2) as collector,
            ):
                ends.append(train(model, optimizer, batches, collector))
        else:
            ends.append(train(model, optimizer, batches))

    assert ends[0] == ends[1]
    with open_collection(path) as collection:
        assert collection.passes[1].logits is None
        assert collection.passes[1].layers["fc"].weight is not None


def test_that_what_a_run_changes_first_when_nothing_is_copied_any_more_is_told_and_the_last() -> None:
    model = nn.Linear(300, 300)
    inputs = torch.ones(1, 300)
    with preserved_state(model):
        model(inputs)

    with pytest.raises(NotRunError, match="has changed large tensors"), preserved_state(model):
        model.weight.mul_(2)

    with pytest.raises(NotRunError, match="has changed large tensors"), preserved_state(model):
        raise AssertionError("it runs again")


class Changing(nn.Module):
    """Changes something of itself whenever it is called."""

    def __init__(self, change: Callable[[Any], object]) -> None:
        super().__init__()
        self.fc, self.change = nn.Linear(4, 3), change
        self.size, self.last, self.table, self.seen = 3, 0.5, {"a": 1}, [1]

    def forward(self, inputs: Tensor) -> Tensor:
        self.change(self)
        return self.fc(inputs)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda model: None, []),
        (lambda model: setattr(model, "last", 2.5), ["last"]),
        (lambda model: setattr(model, "another", 1), ["another"]),
        (lambda model: delattr(model, "size"), ["size"]),
        (lambda model: model.table.update(b=2), ["table"]),
        (lambda model: model.seen.append(2), ["seen"]),
        (lambda model: setattr(model.fc, "calls", 1), ["calls"]),
        (lambda model: (setattr(model, "last", 2.5), model.table.clear()), ["last", "table"]),
    ],
)
def test_that_just_what_a_run_has_changed_is_named(change: Callable[[Any], object], names: list[str]) -> None:
    model = Changing(change)
    with preserved_state(model) as run:
        model(torch.zeros(2, 4))
    assert sorted(run.changed) == names
