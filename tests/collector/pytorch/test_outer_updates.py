"""What changes the weights beside the optimizer's step is part of its update or told apart from it."""

import copy
import pickle
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.pytorch import outer_updates

EACH = InsightOptions(interval=1)
N_STEPS = 9
NOTE = "Behind the optimizer's step {} something else changed the weights of {}: the updates in the file are the "


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))


class Lookahead(torch.optim.Optimizer):
    """As it is widely copied: the constructor of its base is never called."""

    def __init__(self, optimizer: Any, k: int = 3, alpha: float = 0.1) -> None:
        self.optimizer, self.k, self.alpha = optimizer, k, alpha
        self.param_groups = self.optimizer.param_groups
        self.state = defaultdict(dict)
        self.n = 0
        self.slow = [[each.data.clone() for each in group["params"]] for group in self.param_groups]

    def step(self, closure: Any = None) -> Any:
        loss = self.optimizer.step(closure)
        self.n += 1
        if self.n % self.k == 0:
            for group, slow in zip(self.param_groups, self.slow, strict=True):
                for fast, each in zip(group["params"], slow, strict=True):
                    each.add_(fast.data - each, alpha=self.alpha)
                    fast.data.copy_(each)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        self.optimizer.zero_grad()


class Plain:
    """An optimizer of somebody's own, with nothing of torch's."""

    def __init__(self, parameters: Any, lr: float = 0.1) -> None:
        self.param_groups = [{"params": list(parameters), "lr": lr}]

    def zero_grad(self) -> None:
        for each in self.param_groups[0]["params"]:
            each.grad = None

    def step(self, closure: Any = None) -> Any:
        loss = None if closure is None else closure()
        with torch.no_grad():
            for each in self.param_groups[0]["params"]:
                each -= self.param_groups[0]["lr"] * each.grad
        return loss


class Slotted(Plain):
    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        if name == "step":
            raise AttributeError(name)
        super().__setattr__(name, value)


class Training:
    """Steps of a model, recorded or not, and what was kept by hand.

    Attributes:
        before, after: weights around what the training calls a step, ``step()`` of the outermost optimizer.
        next: when the next step begins.
        gradients: of each step.
    """

    def __init__(
        self,
        path: Path | None,
        make: Callable[[nn.Module], Any],
        *,
        given: Callable[[Any], Any] = lambda optimizer: optimizer,
        behind: Callable[[nn.Module, int], None] = lambda model, step: None,
        by_closure: bool = False,
        **options: Any,
    ) -> None:
        self.model = a_model()
        self.optimizer = optimizer = make(self.model)
        self.before: list[list[Tensor]] = []
        self.after: list[list[Tensor]] = []
        self.gradients: list[list[Tensor]] = []
        self.losses: list[float] = []
        options = {"interval": 1, "insight": EACH} | options
        self.collector = Collector(self.model, given(optimizer), path, **options) if path else None
        for step in range(N_STEPS):
            self.before.append(self.now())

            def closure(step: int = step) -> Tensor:
                optimizer.zero_grad()
                loss = self.model(torch.ones(2, 4) * (1 + step % 3)).square().sum()
                loss.backward()
                self.gradients.append([each.grad.clone() for each in self.model.parameters()])
                return loss

            loss = optimizer.step(closure) if by_closure else closure()
            if not by_closure:
                optimizer.step()
            self.losses.append(loss.item())
            self.after.append(self.now())
            if self.collector:
                self.collector.log(loss=loss)
            behind(self.model, step)
        self.before.append(self.now())
        if self.collector:
            self.collector.close()

    def now(self) -> list[Tensor]:
        return [each.detach().clone() for each in self.model.parameters()]


def distance(some: list[Tensor], others: list[Tensor]) -> float:
    return float(torch.cat([(one.double() - other).flatten() for one, other in zip(some, others, strict=True)]).norm())


def check(path: Path, run: Training) -> list[str]:
    """Whether each step's gradients, weights and updates are those kept by hand; the notes."""
    with open_collection(path) as collection:
        assert collection.n_steps == N_STEPS
        assert collection.series["loss"].tolist() == pytest.approx(run.losses)
        for one in list(collection.passes)[:-1]:
            layer = one.layers["2"]
            np.testing.assert_array_equal(layer.weight, run.before[one.step][2])
            np.testing.assert_array_equal(layer.weight_gradient, run.gradients[one.step][2])
            np.testing.assert_array_equal(layer.weight_update, run.after[one.step][2] - run.before[one.step][2])
        updates = [distance(after, before) for before, after in zip(run.before[:-1], run.after, strict=True)]
        assert collection.series["update_norm/total"].tolist() == pytest.approx(updates, rel=1e-4)
        return [note.text for note in collection.notes]


def alike(run: Training, alone: Training) -> bool:
    return run.losses == alone.losses and all(map(torch.equal, run.now(), alone.now()))


def lookahead(model: nn.Module) -> Lookahead:
    return Lookahead(torch.optim.SGD(model.parameters(), 0.05))


def plain(model: nn.Module) -> Plain:
    return Plain(model.parameters(), 0.05)


@pytest.mark.parametrize("by_closure", [False, True])
@pytest.mark.parametrize("make", [lookahead, plain])
def test_that_the_update_is_all_that_the_outermost_step_changes(path: Path, make: Any, by_closure: bool) -> None:
    run, alone = (Training(each, make, by_closure=by_closure) for each in (path, None))
    assert alike(run, alone)
    assert check(path, run) == []
    assert "step" not in vars(run.optimizer)


def test_that_what_stands_around_the_optimizer_that_was_given_is_told_apart(path: Path) -> None:
    run = Training(path, lookahead, given=lambda optimizer: optimizer.optimizer)
    assert alike(run, Training(None, lookahead))
    with open_collection(path) as collection:
        (note,) = [each.text for each in collection.notes]
        assert note.startswith(NOTE.format(2, "0 and 2"))
        steps, values = collection.series.recorded("outer_update_norm/total")
        # What both changed together is what changed from one step's beginning to the next.
        for step, value in zip(steps.tolist(), values.tolist(), strict=True):
            inner = collection.series["update_norm/total"][step]
            whole = distance(run.before[step + 1], run.before[step])
            assert abs(inner - value) <= whole * 1.0001
            assert whole <= (inner + value) * 1.0001
        assert steps.tolist() == [2, 5]


def clip(model: nn.Module, step: int) -> None:
    with torch.no_grad():
        for each in model[2].parameters():
            each.clamp_(-0.1, 0.1)


def clip_by_data(model: nn.Module, step: int) -> None:
    model[2].weight.data = model[2].weight.data.clamp(-0.1, 0.1)


def tie(model: nn.Module, step: int) -> None:
    model[2].weight.data[:, :4] = model[0].weight.data[:3]


@pytest.mark.parametrize("behind", [clip, clip_by_data, tie])
def test_that_weights_changed_behind_the_step_are_told_apart_exactly(path: Path, behind: Any) -> None:
    run, alone = (Training(each, sgd, behind=behind) for each in (path, None))
    assert alike(run, alone)
    (note,) = check(path, run)
    assert note.startswith(NOTE.format(0, "2"))
    with open_collection(path) as collection:
        truth = [distance(begun, after) for begun, after in zip(run.before[1:-1], run.after[:-1], strict=True)]
        steps, values = collection.series.recorded("outer_update_norm/2")
        found = dict(zip(steps.tolist(), values.tolist(), strict=True))
        assert found == pytest.approx({step: each for step, each in enumerate(truth) if each}, rel=1e-6)
        assert not collection.series.recorded("outer_update_norm/0")[1].any()


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), 0.05)


def swap_and_back(model: nn.Module, step: int) -> None:
    """Averages swapped in for an evaluation, and back, with the rounding that comes of it."""
    kept = [each.detach().clone() for each in model.parameters()]
    with torch.no_grad():
        for each in model.parameters():
            each.lerp_(torch.zeros_like(each), 0.3)
        model(torch.ones(2, 4))
        for each, before in zip(model.parameters(), kept, strict=True):
            each.copy_(torch.nextafter(before, torch.tensor(9.0)))


def average(model: nn.Module, step: int) -> None:
    """Stochastic weight averages, in a model of their own."""
    torch.optim.swa_utils.AveragedModel(model).update_parameters(model)


@pytest.mark.parametrize("behind", [swap_and_back, average])
def test_that_averages_that_are_swapped_in_and_back_are_no_update(path: Path, behind: Any) -> None:
    run = Training(path, sgd, behind=behind)
    assert alike(run, Training(None, sgd, behind=behind))
    with open_collection(path) as collection:
        assert not collection.notes
        assert "outer_update_norm/total" not in collection.series


class ScheduleFree(torch.optim.SGD):
    """Its step leaves the weights between the average and the iterate; `eval` and `train` move them to and fro."""

    def __init__(self, parameters: Any) -> None:
        super().__init__(parameters, 0.05)
        self.z = {each: each.detach().clone() for group in self.param_groups for each in group["params"]}
        self.n = 0

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        self.n += 1
        with torch.no_grad():
            for each, z in self.z.items():
                z -= 0.05 * each.grad
                each.lerp_(z, 1 / self.n)


def test_that_a_step_that_averages_is_recorded_as_what_it_changes(path: Path) -> None:
    run = Training(path, lambda model: ScheduleFree(model.parameters()))
    assert alike(run, Training(None, lambda model: ScheduleFree(model.parameters())))
    assert check(path, run) == []


def test_that_of_a_large_model_a_share_stands_for_the_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outer_updates, "MOST_VALUES", 16)
    model = nn.Linear(2000, 1, bias=False)
    optimizer = torch.optim.SGD(model.parameters(), 0.001)
    with Collector(model, optimizer, path, interval=1, insight=None):
        for _ in range(3):
            model(torch.ones(1, 2000)).sum().backward()
            optimizer.step()
            with torch.no_grad():
                model.weight += 0.5
    with open_collection(path) as collection:
        values = collection.series.recorded("outer_update_norm/total")[1].tolist()
        assert values == pytest.approx([0.5 * 2000**0.5] * 2, rel=1e-6)


def test_that_an_optimizer_whose_step_cannot_be_watched_is_said_not_to_be_seen(path: Path) -> None:
    with pytest.warns(UserWarning, match="The steps of the optimizer Slotted cannot be seen"):
        run = Training(path, lambda model: Slotted(model.parameters(), 0.05))
    assert alike(run, Training(None, lambda model: Slotted(model.parameters(), 0.05)))


def test_that_a_watched_optimizer_is_copied_and_saved_as_one_that_is_not(path: Path) -> None:
    model = a_model()
    optimizer = plain(model)
    with Collector(model, optimizer, path) as collector:
        for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
            for each in other.param_groups[0]["params"]:
                each.grad = torch.ones_like(each)
            before = other.param_groups[0]["params"][0].detach().clone()
            other.step()
            assert torch.equal(other.param_groups[0]["params"][0], before - 0.05)
        assert collector.steps_taken == 0


def test_that_a_schedule_made_later_wraps_the_watched_step(path: Path) -> None:
    run = Training(None, lookahead)
    with Collector(run.model, run.optimizer, path, interval=1) as collector:
        run.optimizer.defaults = {}
        schedule = torch.optim.lr_scheduler.LambdaLR(run.optimizer, lambda step: 0.5**step)
        for _ in range(3):
            run.model(torch.ones(2, 4)).square().sum().backward()
            run.optimizer.step()
            schedule.step()
        assert collector.steps_taken == 3
    with open_collection(path) as collection:
        assert collection.series["learning_rate"].tolist() == pytest.approx([0.05, 0.025, 0.0125])
