"""Metrics that a training brings along: their numbers are those of the training, which does not notice them."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, InsightOptions, Metric, open_collection
from collector.capture.step_state import StepState
from collector.storage import CollectionError
from tests.collector.kept_metric import Kept

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5), nn.ReLU(), nn.Linear(5, 3))


class Meddling(Metric):
    """Does all that it should not."""

    name = "meddling"
    needs = ("weights", "gradients", "updates")
    interval = 1

    def compute(self, state: StepState) -> Mapping[str, float]:
        torch.rand(3), np.random.rand(3)  # noqa: NPY002
        torch.manual_seed(7)
        for arrays in (state.weights, state.gradients, state.updates):
            for own in arrays.values():
                for array in own.values():
                    array.fill(5)
        return {"0": 1.0}


def recorded(path: Path, train: Train, batches: Any, optimizer: Any = None, **options: Any) -> nn.Module:
    model = a_model()
    chosen = optimizer or torch.optim.AdamW
    with Collector(model, chosen(model.parameters(), 0.01), path, **({"interval": 3} | options)) as collector:
        train(model, collector_of(collector), batches, collector)
    return model


def collector_of(collector: Collector) -> Any:
    """The optimizer that a collector watches."""
    return collector._optimizer_hooks.optimizers[0]


def test_that_a_metric_is_given_weights_gradients_and_updates_of_each_step(
    path: Path, train: Train, make_batches: Batches
) -> None:
    model, metric = a_model(), Kept()
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def watch(step: int, when: str) -> None:
        weight = model[0].weight
        if when == "before":
            seen.append((weight.detach().clone(), weight.grad.detach().clone(), weight))
        else:
            before, gradient, _ = seen.pop()
            seen.append((before, gradient, weight.detach() - before))

    with Collector(model, optimizer, path, interval=2, insight=None, metrics=[metric]) as collector:
        train(model, optimizer, make_batches(5, 4), collector, watch)

    assert [state.step for state in metric.states] == list(range(5))
    for state, (weight, gradient, update) in zip(metric.states, seen, strict=True):
        assert np.array_equal(state.weights["0"]["weight"], weight.numpy())
        assert np.array_equal(state.gradients["0"]["weight"], gradient.numpy())
        assert np.array_equal(state.updates["0"]["weight"], update.numpy())
        assert set(state.updates) == {"0", "3"}
        assert set(state.updates["3"]) == {"weight", "bias"}
    with open_collection(path) as collection:
        sums = [float(gradient.abs().sum()) for _, gradient, _ in seen]
        assert collection.series["kept/0"].tolist() == pytest.approx(sums, rel=1e-5)
        assert collection.metrics["kept"].title == "what is kept"
        assert collection.price is not None
        assert collection.price.seconds["metrics"] > 0


@pytest.mark.parametrize("interval", [1, 10])
def test_that_a_training_is_bit_for_bit_the_same_with_metrics_that_draw_and_write(
    path: Path, train: Train, make_batches: Batches, interval: int
) -> None:
    batches = make_batches(30, 4)
    ends = []
    for metrics in (None, [Meddling()]):
        model = a_model()
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        if metrics is None:
            losses = train(model, optimizer, batches)
        else:
            insight = InsightOptions(interval=interval)
            with Collector(model, optimizer, path, interval=3, insight=insight, metrics=metrics) as collector:
                losses = train(model, optimizer, batches, collector)
        ends.append((losses, copy.deepcopy(model.state_dict()), torch.get_rng_state(), np.random.get_state()[1]))  # noqa: NPY002

    (plain, weights, chance, of_numpy), (other, other_weights, other_chance, other_of_numpy) = ends
    assert plain == other
    assert all(torch.equal(weights[name], other_weights[name]) for name in weights)
    assert torch.equal(chance, other_chance)
    assert np.array_equal(of_numpy, other_of_numpy)
    with open_collection(path) as collection:
        assert collection.series["meddling/0"].tolist() == [1] * 30


def test_that_what_metrics_do_with_their_arrays_is_not_in_what_is_recorded(
    tmp_path: Path, train: Train, make_batches: Batches
) -> None:
    batches = make_batches(7, 4)
    for name, metrics in (("plain.json", []), ("meddled.json", [Meddling()])):
        recorded(tmp_path / name, train, batches, metrics=metrics, insight=InsightOptions(interval=1))

    with open_collection(tmp_path / "plain.json") as plain, open_collection(tmp_path / "meddled.json") as meddled:
        assert set(meddled.series) - set(plain.series) == {"meddling/0"}
        for name in plain.series:
            assert np.array_equal(plain.series[name], meddled.series[name], equal_nan=True), name
        for one, other in zip(plain.passes, meddled.passes, strict=True):
            for layer, arrays in one.layers.items():
                assert np.array_equal(arrays.weight, other.layers[layer].weight)


def test_that_a_metric_that_fails_is_a_note_and_the_training_goes_on(
    path: Path, train: Train, make_batches: Batches
) -> None:
    class Broken(Kept):
        def compute(self, state: StepState) -> Mapping[str, float]:
            raise RuntimeError("theirs")

    with pytest.warns(CollectorWarning, match="The metric 'kept' failed: RuntimeError: theirs"):
        recorded(path, train, make_batches(4, 4), metrics=[Broken()])

    with open_collection(path) as collection:
        assert collection.finished
        assert len(collection.series["loss"]) == 4


def test_that_of_several_optimizers_each_layer_has_the_gradients_of_its_own_update(
    path: Path, make_batches: Batches
) -> None:
    model, metric = a_model(), Kept()
    first, last = torch.optim.SGD(model[0].parameters(), 0.1), torch.optim.SGD(model[3].parameters(), 0.1)
    gradients = []
    with Collector(model, [first, last], path, interval=100, insight=None, metrics=[metric]):
        for inputs, labels in make_batches(3, 4):
            model.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            gradients.append(model[0].weight.grad.clone())
            first.step()
            model[0].weight.grad.zero_()
            last.step()

    assert len(metric.states) == 3
    for state, gradient in zip(metric.states, gradients, strict=True):
        assert np.array_equal(state.gradients["0"]["weight"], gradient.numpy())
        assert np.allclose(state.updates["0"]["weight"], -0.1 * gradient.numpy(), atol=1e-7)


def test_that_sparse_gradients_are_given_with_the_zeros_between_and_frozen_layers_have_none(path: Path) -> None:
    metric = Kept()
    model = nn.Sequential(nn.Embedding(5, 3, sparse=True), nn.Flatten(), nn.Linear(6, 2))
    model[2].requires_grad_(False)
    optimizer = torch.optim.SGD(model[0].parameters(), 0.1)
    with Collector(model, optimizer, path, metrics=[metric]):
        model(torch.tensor([[0, 3]])).sum().backward()
        optimizer.step()

    (state,) = metric.states
    assert set(state.gradients) == {"0"}
    assert set(state.weights) == {"0", "2"}
    assert state.gradients["0"]["weight"].shape == (5, 3)
    assert np.flatnonzero(state.gradients["0"]["weight"].any(axis=1)).tolist() == [0, 3]


def test_that_a_run_does_not_go_on_with_other_metrics(path: Path, train: Train, make_batches: Batches) -> None:
    recorded(path, train, make_batches(3, 4), metrics=[Kept()])

    with pytest.raises(CollectionError, match="other metrics"):
        recorded(path, train, make_batches(3, 4), resume=True)


@pytest.mark.parametrize("wrong", [[Kept], [lambda state: {}], "kept"])
def test_that_what_is_no_metric_is_told_at_once(path: Path, wrong: Any) -> None:
    model = a_model()
    with pytest.raises(ValueError, match="metrics"):
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, metrics=wrong)
    assert not path.exists()
