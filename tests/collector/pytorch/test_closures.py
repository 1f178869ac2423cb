"""A step that makes its gradients itself, in a closure, as Lightning's steps do."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from collector import Collector, InsightOptions, open_collection
from collector.capture.guard import CollectorWarning

Batches = list[tuple[Tensor, Tensor]]
INSIGHT = InsightOptions(interval=1)


@pytest.fixture
def batches(make_batches: Callable[..., Batches]) -> Batches:
    """Six batches of four features."""
    return make_batches(6, 4)


def a_model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


def trained(
    path: Path | None,
    batches: Batches,
    make: Callable[[Any], torch.optim.Optimizer],
    *,
    by_closure: str = "",
    set_to_none: bool = True,
) -> tuple[list[float], nn.Module]:
    """Losses and the model; the closure is not used, or given ``by`` position or keyword."""
    model = a_model()
    optimizer = make(model.parameters())
    collector = None
    if path is not None:
        collector = Collector(model, optimizer, path, probe=batches[0], interval=2, insight=INSIGHT)
    losses = []
    for inputs, labels in batches:

        def closure(inputs: Tensor = inputs, labels: Tensor = labels) -> Tensor:
            loss = cross_entropy(model(inputs), labels)
            optimizer.zero_grad(set_to_none=set_to_none)
            loss.backward()
            return loss

        if by_closure == "position":
            loss = optimizer.step(closure)
        elif by_closure == "keyword":
            loss = optimizer.step(closure=closure)
        else:
            loss = closure()
            optimizer.step()
        losses.append(loss.item())
        if collector:
            collector.log(loss=loss)
    if collector:
        collector.close()
    return losses, model


def sgd(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, 0.1, momentum=0.9)


@pytest.mark.parametrize("by", ["position", "keyword"])
def test_that_a_step_with_a_closure_leaves_what_the_same_step_leaves_without(
    tmp_path: Path, batches: Batches, by: str
) -> None:
    trained(tmp_path / "plain.json", batches, sgd)
    trained(tmp_path / "closure.json", batches, sgd, by_closure=by)

    with open_collection(tmp_path / "plain.json") as plain, open_collection(tmp_path / "closure.json") as closure:
        assert not closure.notes and not plain.notes
        assert set(closure.series) == set(plain.series) > {"gradient_norm/total", "sign_flips@1e-07/0"}
        for name in plain.series:
            np.testing.assert_array_equal(closure.series[name], plain.series[name], err_msg=name)
        for one, other in zip(closure.passes, plain.passes, strict=True):
            assert one.step == other.step
            for layer in ("0", "2"):
                for kind in ("weight", "weight_gradient", "weight_update", "bias_gradient"):
                    mine, yours = (getattr(each.layers[layer], kind) for each in (one, other))
                    np.testing.assert_array_equal(mine, yours)
        assert closure.passes[1].layers["0"].weight_gradient.any()


@pytest.mark.parametrize("set_to_none", [True, False])
def test_that_of_several_calls_the_first_ones_gradients_are_recorded(
    path: Path, batches: Batches, set_to_none: bool
) -> None:
    def lbfgs(parameters: Any) -> torch.optim.Optimizer:
        return torch.optim.LBFGS(parameters, 0.5, max_iter=3)

    plain, _ = trained(None, batches[:3], lbfgs, by_closure="position", set_to_none=set_to_none)
    with pytest.warns(CollectorWarning, match="several times in a step") as caught:
        losses, _ = trained(path, batches[:3], lbfgs, by_closure="position", set_to_none=set_to_none)

    model = a_model()
    cross_entropy(model(batches[0][0]), batches[0][1]).backward()
    assert losses == plain
    assert len(caught) == 1
    with open_collection(path) as collection:
        first = collection.passes[0].layers["0"]
        np.testing.assert_allclose(first.weight_gradient, model[0].weight.grad, rtol=1e-6)
        norms = torch.cat([each.grad.flatten() for each in model.parameters()]).norm()
        np.testing.assert_allclose(collection.series["gradient_norm/total"][0], norms, rtol=1e-5)
        before, after = collection.passes[0].layers["0"], collection.passes[1].layers["0"]
        assert collection.passes[1].step == 2
        assert before.weight_update.any()
        assert not np.array_equal(before.weight + before.weight_update, after.weight), "a step lies between"


class Sharpness(torch.optim.SGD):
    """Moves the weights before it asks for gradients."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        weights = [each for group in self.param_groups for each in group["params"]]
        for each in weights:
            each.add_(0.01)
        with torch.enable_grad():
            loss = closure()
        for each in weights:
            each.sub_(0.01).sub_(0.1 * each.grad)
        return loss


def test_that_gradients_of_moved_weights_are_told_and_not_recorded(path: Path, batches: Batches) -> None:
    def make(parameters: Any) -> torch.optim.Optimizer:
        return Sharpness(parameters, 0.1)

    plain, _ = trained(None, batches[:2], make, by_closure="position")
    with pytest.warns(CollectorWarning, match="had moved the weights"):
        losses, _ = trained(path, batches[:2], make, by_closure="position")

    assert losses == plain
    with open_collection(path) as collection:
        assert collection.passes[0].layers["0"].weight_gradient is None
        assert collection.passes[0].layers["0"].weight_update.any()
        assert "gradient_norm/total" not in collection.series


def test_that_a_closure_is_called_as_often_as_without_the_collector(path: Path) -> None:
    model = a_model()
    optimizer = sgd(model.parameters())
    calls = []
    with warnings.catch_warnings(), Collector(model, optimizer, path):
        warnings.simplefilter("error")
        optimizer.step(lambda: calls.append(1))

    assert calls == [1]
