"""A training is bit for bit the same with and without the collector."""

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.pytorch.preserved_state import preserved_state

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def a_cnn() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 6, 3),
        nn.BatchNorm2d(6),
        nn.ReLU(inplace=True),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(6 * 36, 12),
        nn.BatchNorm1d(12),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(12, 3),
    )


def shuffled_epochs(n_steps: int, size: int = 16) -> list[tuple[Tensor, Tensor]]:
    chance = torch.Generator().manual_seed(3)
    data = torch.utils.data.TensorDataset(
        torch.randn(160, 1, 8, 8, generator=chance), torch.randint(0, 3, (160,), generator=chance)
    )
    loader = torch.utils.data.DataLoader(data, size, shuffle=True, generator=chance)
    batches: list[tuple[Tensor, Tensor]] = []
    while len(batches) < n_steps:
        batches.extend((images, labels) for images, labels in loader)
    return batches[:n_steps]


def hooks_of(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[Any]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    found = [hook for module in model.modules() for kind in kinds for hook in getattr(module, kind).values()]
    found += optimizer._optimizer_step_pre_hooks.values()
    found += optimizer._optimizer_step_post_hooks.values()
    return found


@pytest.mark.parametrize("insight_interval", [1, 10])
def test_that_two_hundred_steps_end_bit_for_bit_alike_with_and_without_the_collector(
    path: Path, train: Train, insight_interval: int
) -> None:
    options: dict[str, Any] = {"interval": 7, "insight": InsightOptions(interval=insight_interval)}
    batches = shuffled_epochs(200)
    ends = []
    for collected in (False, True):
        torch.manual_seed(0)
        model = a_cnn()
        optimizer = torch.optim.AdamW(model.parameters(), 0.002)
        if collected:
            with Collector(model, optimizer, path, probe=(batches[0][0], batches[0][1]), **options) as collector:
                losses = train(model, optimizer, batches, collector)
        else:
            losses = train(model, optimizer, batches)
        ends.append((losses, model.state_dict(), optimizer.state_dict()["state"], torch.get_rng_state()))

    (plain_losses, plain_state, plain_moments, plain_chance), (losses, state, moments, chance) = ends
    assert losses == plain_losses
    assert all(torch.equal(state[name], plain_state[name]) for name in plain_state)
    assert state.keys() == plain_state.keys()
    assert any("running_mean" in name for name in state)
    assert torch.equal(chance, plain_chance)
    for number, moment in plain_moments.items():
        assert all(torch.equal(moments[number][name], moment[name]) for name in moment)


def test_that_gradients_are_as_the_training_made_them(path: Path, make_batches: Batches) -> None:
    ((images, labels),) = make_batches(1, 1, 8, 8)
    model = a_cnn()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=(images, labels), interval=1):
        nn.functional.cross_entropy(model(images), labels).backward()
        before = [parameter.grad.clone() for parameter in model.parameters()]
        kept = [parameter.grad for parameter in model.parameters()]
        optimizer.step()

    assert all(parameter.grad is grad for parameter, grad in zip(model.parameters(), kept, strict=True))
    assert all(torch.equal(grad, copy) for grad, copy in zip(kept, before, strict=True))


def test_that_each_module_keeps_its_own_mode(path: Path, train: Train, make_batches: Batches) -> None:
    batches = make_batches(4, 1, 8, 8)
    model = a_cnn().train()
    model[1].eval()
    model[8].eval()
    modes = [module.training for module in model.modules()]
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    seen = []

    with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
        seen.append([module.training for module in model.modules()])
        train(model, optimizer, batches, collector, lambda *_: seen.append([each.training for each in model.modules()]))
    seen.append([module.training for module in model.modules()])

    assert len(set(modes)) == 2
    assert all(each == modes for each in seen)


def test_that_no_hook_is_left_and_hooks_of_the_user_stay(path: Path, train: Train, make_batches: Batches) -> None:
    batches = make_batches(3, 1, 8, 8)
    model = a_cnn()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    model[0].register_forward_hook(lambda *_: None)
    optimizer.register_step_pre_hook(lambda *_: None)
    before = hooks_of(model, optimizer)

    with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
        assert len(hooks_of(model, optimizer)) == len(before) + 2
        train(model, optimizer, batches, collector)
    collector.close()

    assert hooks_of(model, optimizer) == before


def test_that_an_error_of_the_user_passes_through_and_leaves_no_hook(path: Path, make_batches: Batches) -> None:
    ((images, labels),) = make_batches(1, 1, 8, 8)
    model = a_cnn()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    error = RuntimeError("of the user's own")

    with pytest.raises(RuntimeError) as caught, Collector(model, optimizer, path, probe=(images, labels)):
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
        raise error

    assert caught.value is error
    assert hooks_of(model, optimizer) == []
    assert all(module.training for module in model.modules())


def test_that_an_error_inside_the_probes_forward_leaves_mode_and_hooks_as_they_were() -> None:
    model = a_cnn()

    with pytest.raises(RuntimeError), preserved_state(model):
        model(torch.zeros(1, 99))

    assert all(module.training for module in model.modules())
    assert torch.is_grad_enabled()


class Restless(nn.Module):
    """Moves whatever a forward pass can move, in evaluation mode too."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.register_buffer("in_place", torch.zeros(2))
        self.register_buffer("replaced", torch.zeros(()))
        self.register_buffer("nothing", None)

    def forward(self, inputs: Tensor) -> Tensor:
        self.in_place += torch.rand(2)
        self.replaced = self.replaced + 1
        noise = random.random() + np.random.random()  # noqa: NPY002 - as users do
        return nn.functional.dropout(self.fc(inputs) + noise, 0.5, training=True)


def test_that_a_model_that_draws_and_counts_in_evaluation_mode_is_left_as_it_was(
    path: Path, train: Train, make_batches: Batches
) -> None:
    batches = make_batches(5, 4)
    ends = []
    for collected in (False, True):
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        model = Restless()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        if collected:
            with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
                losses = train(model, optimizer, batches, collector)
        else:
            losses = train(model, optimizer, batches)
        ends.append((losses, model.in_place.tolist(), model.replaced.item(), random.random(), np.random.random()))  # noqa: NPY002

    assert ends[0] == ends[1]
    assert ends[0][2] == 5


def test_that_training_inside_autocast_is_the_same(path: Path, train: Train, make_batches: Batches) -> None:
    batches = make_batches(4, 1, 8, 8)
    ends = []
    for collected in (False, True):
        torch.manual_seed(0)
        model = a_cnn()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with torch.autocast("cpu", torch.bfloat16):
            if collected:
                with Collector(model, optimizer, path, probe=batches[0], interval=1) as collector:
                    losses = train(model, optimizer, batches, collector)
            else:
                losses = train(model, optimizer, batches)
        ends.append((losses, [parameter.tolist() for parameter in model.parameters()]))

    assert ends[0] == ends[1]


def test_that_autocast_keeps_no_weight_that_was_cast_for_the_probe() -> None:
    assert torch.is_autocast_cache_enabled()

    with preserved_state(a_cnn()):
        assert not torch.is_autocast_cache_enabled()

    assert torch.is_autocast_cache_enabled()


def test_that_what_was_logged_does_not_change_with_the_tensor(path: Path) -> None:
    model = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    running = torch.zeros(())

    with Collector(model, optimizer, path) as collector:
        for _ in range(3):
            optimizer.step()
            running += 1
            collector.log(running=running)

    with open_collection(path) as collection:
        assert collection.series["running"].tolist() == [1, 2, 3]


def test_that_the_probe_may_be_changed_after_it_was_given(path: Path) -> None:
    probe = torch.ones(2, 2)
    model = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    weights = copy.deepcopy(model)

    with Collector(model, optimizer, path, probe=(probe, None)):
        probe.zero_()

    with open_collection(path) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, np.ones((2, 2)))
        np.testing.assert_allclose(collection.passes[0].logits, weights(torch.ones(2, 2)).detach())
