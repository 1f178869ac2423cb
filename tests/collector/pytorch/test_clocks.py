"""Optimizers at their own rates: each update of the fastest has its step, each part its own last update."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.pytorch.arguments import names_of_optimizers
from collector.storage.reader import Collection

CRITIC_STEPS = 5
N_ROUNDS = 24
INTERVAL = 12
N_STEPS = CRITIC_STEPS * N_ROUNDS


class Wgan(nn.Module):
    """Noise to points, points to scores."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
        self.critic = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, noise: Tensor) -> Tensor:
        return self.critic(self.generator(noise))


class ByHand:
    """What is kept of each update of the generator: gradient and change of its first weight; what was logged."""

    def __init__(self) -> None:
        self.gradients: list[np.ndarray] = []
        self.changes: list[np.ndarray] = []
        self.critic_losses: list[float] = []
        self.generator_losses: list[float] = []


def learn(path: Path | None, order: str, n_rounds: int = N_ROUNDS) -> tuple[ByHand, list[list[float]]]:
    """Five updates of the critic for each of the generator."""
    torch.manual_seed(0)
    model, kept = Wgan(), ByHand()
    of = {
        "critic": torch.optim.RMSprop(model.critic.parameters(), 0.01),
        "generator": torch.optim.RMSprop(model.generator.parameters(), 0.01),
    }
    given = {name: of[name] for name in order.split()}
    probe = (torch.randn(4, 3), None)
    options: dict[str, Any] = {"probe": probe, "interval": INTERVAL, "insight": InsightOptions(interval=3)}
    collector = path and Collector(model, given, path, **options)
    weight = model.generator[0].weight
    for _ in range(n_rounds):
        for _ in range(CRITIC_STEPS):
            real, noise = torch.randn(8, 2) + 2, torch.randn(8, 3)
            loss = model(noise).mean() - model.critic(real).mean()
            of["critic"].zero_grad()
            loss.backward()  # which gives the generator gradients that belong to nobody's update
            of["critic"].step()
            kept.critic_losses.append(loss.item())
            if collector:
                collector.log(critic_loss=loss)
        loss = -model(torch.randn(8, 3)).mean()
        of["generator"].zero_grad()
        loss.backward()
        before = weight.detach().clone()
        kept.gradients.append(weight.grad.numpy().copy())  # type: ignore[union-attr]
        of["generator"].step()
        kept.changes.append((weight.detach() - before).numpy())
        kept.generator_losses.append(loss.item())
        if collector:
            collector.log(generator_loss=loss)
    if collector:
        collector.close()
    return kept, [each.flatten().tolist() for each in model.parameters()]


@pytest.fixture(params=["critic generator", "generator critic"])
def order(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def recorded(path: Path, order: str) -> Iterator[tuple[Collection, ByHand]]:
    kept, weights = learn(path, order)
    assert weights == learn(None, order)[1]
    with open_collection(path) as collection:
        yield collection, kept


Recorded = tuple[Collection, ByHand]


def steps_of_generator(order: str) -> list[int]:
    """In a step with the critic's fifth update where it is last, with the next round's first where it is first."""
    first = CRITIC_STEPS - 1 if order.startswith("critic") else CRITIC_STEPS
    return [first + CRITIC_STEPS * number for number in range(N_ROUNDS)]


def test_that_each_optimizers_clock_counts_its_updates(recorded: Recorded, order: str) -> None:
    collection, _ = recorded
    n_steps = N_STEPS + order.startswith("generator")  # the last one is the generator's alone

    steps = np.arange(n_steps)
    assert collection.series.steps.tolist() == steps.tolist()
    assert collection.series["updates/critic"].tolist() == np.minimum(steps + 1, N_STEPS).tolist()
    made = np.searchsorted(steps_of_generator(order), steps, side="right")
    assert collection.series["updates/generator"].tolist() == made.tolist()


def test_that_every_value_that_is_logged_is_kept_at_its_own_step(recorded: Recorded, order: str) -> None:
    collection, kept = recorded

    steps, values = collection.series.recorded("critic_loss")
    assert (steps.tolist(), values.tolist()) == (list(range(N_STEPS)), kept.critic_losses)
    steps, values = collection.series.recorded("generator_loss")
    assert (steps.tolist(), values.tolist()) == (steps_of_generator(order), kept.generator_losses)


def test_that_a_pass_holds_of_each_part_its_own_last_update(recorded: Recorded, order: str) -> None:
    collection, kept = recorded
    made_at = steps_of_generator(order)

    n_earlier = 0
    for one in list(collection.passes)[:-1]:
        layer = one.layers["generator.0"]
        number = int(np.searchsorted(made_at, one.step, side="right")) - 1
        if number < 0:
            assert layer.weight_gradient is None
            continue
        assert layer.updated_at == (None if made_at[number] == one.step else made_at[number])
        n_earlier += layer.updated_at is not None
        np.testing.assert_array_equal(layer.weight_gradient, kept.gradients[number])
        np.testing.assert_array_equal(layer.weight_update, kept.changes[number])
        assert one.layers["critic.0"].updated_at is None
    assert n_earlier > 5


def test_that_a_part_that_waits_for_its_turn_is_not_told_to_lack_a_gradient(
    recorded: Recorded, recwarn: pytest.WarningsRecorder
) -> None:
    collection, _ = recorded

    assert not [note.text for note in collection.notes]
    assert not recwarn
    assert not any(name.startswith("no_gradient") for name in collection.series)


def test_that_the_slower_part_is_measured_though_it_updates_at_each_so_many_steps(
    recorded: Recorded, order: str
) -> None:
    collection, _ = recorded

    steps, norms = collection.series.recorded("gradient_norm/generator.0")
    measured = steps[np.isfinite(norms)].tolist()
    assert len(measured) > 3
    assert set(measured) <= set(steps_of_generator(order))


def test_that_parts_of_one_rate_are_copied_for_no_pass_that_has_them_itself(path: Path) -> None:
    model = Wgan()
    first, last = (torch.optim.SGD(each.parameters(), 0.1) for each in (model.critic, model.generator))
    with Collector(model, [first, last], path, interval=10) as collector:
        for _ in range(12):
            model(torch.randn(4, 3)).sum().backward()
            first.step()
            last.step()
        kept = collector._optimizer_hooks._last_updates
        assert kept.of(model.critic[0].weight) is None
        assert kept.of(model.generator[0].weight) is None


def test_that_clocks_go_on_where_a_run_goes_on(path: Path) -> None:
    torch.manual_seed(0)
    model = Wgan()
    critic, generator = (torch.optim.SGD(each.parameters(), 0.01) for each in (model.critic, model.generator))

    def rounds(**options: Any) -> None:
        with Collector(model, [critic, generator], path, interval=4, **options):
            for number in range(6):
                model(torch.randn(4, 3)).sum().backward()
                critic.step()
                if number % 3 == 2:
                    generator.step()

    rounds()
    rounds(resume=True)
    with open_collection(path) as collection:
        assert collection.series["updates/critic"].tolist() == list(range(1, 13))
        assert collection.series["updates/generator"].tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4]


def test_that_a_run_with_one_optimizer_has_no_clock(path: Path) -> None:
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path):
        model(torch.ones(2, 2)).sum().backward()
        optimizer.step()

    with open_collection(path) as collection:
        assert not any(name.startswith("updates") for name in collection.series)


def test_that_optimizers_without_names_are_called_by_the_modules_that_they_update(path: Path) -> None:
    model = Wgan()
    rest = torch.optim.SGD([*model.critic[2].parameters(), *model.generator[2].parameters()], 0.1)
    of = [torch.optim.SGD(each.parameters(), 0.1) for each in (model.critic, model.generator[0])]

    assert names_of_optimizers(of, of, model) == ["critic", "generator.0"]
    assert names_of_optimizers([of[0], rest], [of[0], rest], model) == ["optimizer0", "optimizer1"]
    assert names_of_optimizers({"d": of[0], "g": rest}, [of[0], rest], model) == ["d", "g"]


def test_that_what_clips_weights_behind_an_update_is_none_of_the_updates_doing(path: Path) -> None:
    torch.manual_seed(0)
    model = Wgan()
    critic, generator = (torch.optim.SGD(each.parameters(), 0.01) for each in (model.critic, model.generator))
    weight = model.critic[0].weight
    changes: list[np.ndarray] = []
    clipped: list[float] = []
    with Collector(model, [critic, generator], path, interval=1, insight=InsightOptions(interval=1)):
        for _ in range(2):
            for _ in range(3):
                critic.zero_grad()
                model(torch.randn(8, 3)).mean().backward()
                before = weight.detach().clone()
                critic.step()
                changes.append((weight.detach() - before).numpy())
                before = torch.cat([each.detach().flatten() for each in model.critic.parameters()])
                with torch.no_grad():
                    for each in model.critic.parameters():
                        each.clamp_(-0.1, 0.1)
                now = torch.cat([each.detach().flatten() for each in model.critic.parameters()])
                clipped.append((now - before).norm().item())
            generator.zero_grad()
            model(torch.randn(8, 3)).mean().backward()
            generator.step()

    with open_collection(path) as collection:
        for one, change in zip(collection.passes, changes, strict=False):
            np.testing.assert_array_equal(one.layers["critic.0"].weight_update, change)
        _, norms = collection.series.recorded("update_norm/critic.0")
        assert norms.max() < 0.1 < clipped[0]
        steps, outer = collection.series.recorded("outer_update_norm/total")
        assert outer == pytest.approx([clipped[step] for step in steps.tolist()], rel=1e-3, abs=1e-6)
