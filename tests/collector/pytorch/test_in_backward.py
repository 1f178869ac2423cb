"""Optimizers that step within the backward pass, one for each parameter: a backward pass is one step of them all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection

EACH = InsightOptions(interval=1)
N_STEPS = 5


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))


class Training:
    """As in PyTorch's tutorial: a hook on each parameter steps and zeroes.

    Attributes:
        weights, gradients: by parameter's name, before each step and of it.
        losses: of each step.
    """

    def __init__(self, path: Path | None, given: str, kind: Any = torch.optim.Adam, n_outside: int = 0) -> None:
        self.model = a_model()
        names = {each: name for name, each in self.model.named_parameters()}
        parameters = list(names)[: len(names) - n_outside]
        optimizers = {each: kind([each], lr=0.01) for each in parameters}
        self.gradients: list[dict[str, Tensor]] = []
        self.weights: list[dict[str, Tensor]] = []
        self.losses: list[float] = []

        def step(parameter: Tensor) -> None:
            self.gradients[-1][names[parameter]] = parameter.grad.clone()
            optimizers[parameter].step()
            optimizers[parameter].zero_grad()

        for each in parameters:
            each.register_post_accumulate_grad_hook(step)
        every = list(optimizers.values())
        self.ways: dict[str, Any] = {
            "dict": optimizers,
            "list": every,
            "reversed": every[::-1],
            "first": every[0],
            "last": every[-1],
            "middle": every[2],
        }
        self.states = every
        collector = path and Collector(self.model, self.ways[given], path, interval=1, insight=EACH)
        for number in range(N_STEPS):
            self._keep()
            self.gradients.append({})
            loss = self.model(torch.ones(2, 4) * number).square().sum()
            loss.backward()
            self.losses.append(loss.item())
            if collector:
                collector.log(loss=loss)
        self._keep()
        if collector:
            collector.close()

    def _keep(self) -> None:
        self.weights.append({name: each.detach().clone() for name, each in self.model.named_parameters()})


@pytest.mark.parametrize("given", ["dict", "list", "reversed", "first", "last", "middle"])
def test_that_each_parameters_gradient_weight_and_update_belong_to_one_step_whoever_is_named(
    path: Path, given: str, recwarn: pytest.WarningsRecorder
) -> None:
    run, alone = Training(path, given), Training(None, given)
    assert run.losses == alone.losses
    for ours, plain in zip(run.states, alone.states, strict=True):
        for held, other in zip(ours.state.values(), plain.state.values(), strict=True):
            assert all(torch.equal(held[key], other[key]) for key in other)
    assert not recwarn

    with open_collection(path) as collection:
        assert collection.n_steps == N_STEPS
        assert collection.series["loss"].tolist() == pytest.approx(run.losses)
        for one in list(collection.passes)[:-1]:
            for layer, arrays in one.layers.items():
                for kind in collection.layers[layer].parameters:
                    name = f"{layer}.{kind}"
                    before, after = run.weights[one.step][name], run.weights[one.step + 1][name]
                    np.testing.assert_array_equal(getattr(arrays, kind), before)
                    np.testing.assert_array_equal(getattr(arrays, f"{kind}_gradient"), run.gradients[one.step][name])
                    np.testing.assert_array_equal(getattr(arrays, f"{kind}_update"), after - before)
        for step, gradients in enumerate(run.gradients):
            norm = torch.cat([each.flatten() for each in gradients.values()]).norm().item()
            assert collection.series["gradient_norm/total"][step] == pytest.approx(norm, rel=1e-5)
            changes = [run.weights[step + 1][name] - each for name, each in run.weights[step].items()]
            moved = torch.cat([each.flatten() for each in changes]).norm().item()
            assert collection.series["update_norm/total"][step] == pytest.approx(moved, rel=1e-4)
        told = [note.text for note in collection.notes]
        if given in ("dict", "list", "reversed"):
            assert told == []
            assert collection.run.optimizer == "6 Adam"
        else:
            assert [text.partition(" update ")[0] for text in told] == ["Optimizers that were not named"]
            assert told[0].endswith("as Adam does: each such pass is one step of all of them.")


def test_that_one_rate_of_all_is_told_once(path: Path) -> None:
    Training(path, "dict")
    with open_collection(path) as collection:
        rates = [name for name in collection.series if name.startswith("learning_rate")]
        assert rates == ["learning_rate"]
        assert collection.series["learning_rate"].tolist() == pytest.approx([0.01] * N_STEPS)


def test_that_moments_are_those_before_each_parameters_own_update(path: Path) -> None:
    run = Training(path, "list")
    moment: Tensor | None = None
    with open_collection(path) as collection:
        angles = collection.series["moment_angle/total"]
        for step, gradients in enumerate(run.gradients):
            names = list(run.weights[0])
            gradient = torch.cat([gradients[name].flatten() for name in names])
            if moment is not None:
                cosine = torch.nn.functional.cosine_similarity(moment, gradient, 0).clamp(-1, 1)
                assert angles[step] == pytest.approx(np.degrees(np.arccos(cosine.item())), abs=0.1)
            moment = 0.1 * gradient if moment is None else 0.9 * moment + 0.1 * gradient


def test_that_optimizers_in_the_backward_are_further_ones_where_the_named_one_steps_outside(path: Path) -> None:
    model = a_model()
    outside = torch.optim.SGD(model[4].parameters(), 0.1)
    inside = {each: torch.optim.SGD([each], 0.1) for each in (*model[0].parameters(), *model[2].parameters())}

    def step(parameter: Tensor) -> None:
        inside[parameter].step()
        inside[parameter].zero_grad()

    for each in inside:
        each.register_post_accumulate_grad_hook(step)
    told = pytest.warns(UserWarning, match=r"A further optimizer, 4 SGD, updates 0\.weight, 0\.bias, 2\.weight and 1")
    with told, Collector(model, outside, path, interval=1, insight=EACH) as collector:
        for _ in range(3):
            model(torch.ones(2, 4)).square().sum().backward()
            outside.step()
            outside.zero_grad()
        assert collector.steps_taken == 3


def test_that_no_hook_is_left_on_any_of_them(path: Path) -> None:
    run = Training(path, "first")
    assert not any(each._optimizer_step_pre_hooks or each._optimizer_step_post_hooks for each in run.states)
