"""The gradients of a real training, followed from step to step, against gradients kept by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, InsightOptions
from collector.pytorch import flat_values
from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]
EACH = InsightOptions(interval=1)


class Kept:
    """All gradients and weights of a run, flattened, as they were at each step."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self.gradients: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []

    def __call__(self, step: int, when: str) -> None:
        own = list(self._model.parameters())
        if when == "before":
            self.gradients.append(np.concatenate([each.grad.numpy().ravel().copy() for each in own]))
            self.weights.append(np.concatenate([each.detach().numpy().ravel().copy() for each in own]))


def a_model() -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 3))


def test_that_a_hundred_steps_are_counted_as_by_hand(collect: Collect, make_batches: Batches) -> None:
    batches = [(images * (images > 1), labels) for images, labels in make_batches(100, 1, 8, 8)]
    model = a_model()
    kept = Kept(model)
    series = collect(model, batches, watch=kept, insight=EACH).series

    g, w = np.stack(kept.gradients), np.stack(kept.weights)
    for threshold in (1e-7, 1e-5):
        near = np.abs(g) <= np.float32(threshold)
        retained = near[1:] & near[:-1]
        assert retained.any(axis=1).sum() > 50
        np.testing.assert_array_equal(series[f"near_zero@{threshold:g}/total"], near.sum(axis=1))
        np.testing.assert_array_equal(series[f"retained@{threshold:g}/total"][1:], retained.sum(axis=1))
        np.testing.assert_array_equal(series[f"released@{threshold:g}/total"][1:], (near[:-1] & ~near[1:]).sum(axis=1))
        changes = np.where(retained[:-1], np.abs(w[2:] - w[1:-1]), 0).sum(axis=1)
        with np.errstate(invalid="ignore"):
            mean = changes / retained[:-1].sum(axis=1)
        np.testing.assert_allclose(series[f"still_change_mean@{threshold:g}/total"][1:-1], mean, rtol=1e-5)
    np.testing.assert_array_equal(series["flips_all/total"][1:], (np.sign(g[1:]) * np.sign(g[:-1]) < 0).sum(axis=1))
    np.testing.assert_allclose(series["gradient_norm/total"], np.linalg.norm(g.astype(float), axis=1), rtol=1e-6)
    assert np.isfinite(series["moment_angle/total"][1:]).all()


def test_that_weights_clamped_through_data_are_what_the_next_gradient_was_computed_at(
    collect: Collect, make_batches: Batches
) -> None:
    model = a_model()
    kept = Kept(model)

    def watch(step: int, when: str) -> None:
        kept(step, when)
        if when == "after":
            for each in model.parameters():
                each.data.clamp_(-0.05, 0.05)

    series = collect(model, make_batches(30, 1, 8, 8), watch=watch, insight=EACH).series

    norms = np.linalg.norm(np.stack(kept.weights).astype(float), axis=1)
    np.testing.assert_allclose(series["weight_norm/total"], norms, rtol=1e-6)


@pytest.mark.parametrize("most_flat", [flat_values.MOST_VALUES, 0])
def test_that_norms_are_those_of_all_values_however_few_are_counted(
    collect: Collect, make_batches: Batches, monkeypatch: pytest.MonkeyPatch, most_flat: int
) -> None:
    monkeypatch.setattr(flat_values, "MOST_VALUES", most_flat)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 200), nn.ReLU(), nn.Linear(200, 3))
    kept = Kept(model)
    options = InsightOptions(interval=1, sample=4096, sign_interval=0)
    collection = collect(model, make_batches(8, 1, 8, 8), watch=kept, insight=options, interval=7)

    assert collection.insight is not None
    assert collection.insight.sampled["1"] < 65 * 200
    gradients, weights = np.stack(kept.gradients).astype(float), np.stack(kept.weights).astype(float)
    of_layer = {"1": slice(0, 65 * 200), "3": slice(65 * 200, None), "total": slice(None)}
    for layer, own in of_layer.items():
        for metric, values in (("gradient_norm", gradients), ("weight_norm", weights)):
            found = collection.series[f"{metric}/{layer}"]
            np.testing.assert_allclose(found, np.linalg.norm(values[:, own], axis=1), rtol=1e-5)
        updates = np.linalg.norm(np.diff(weights[:, own], axis=0), axis=1)
        np.testing.assert_allclose(collection.series[f"update_norm/{layer}"][:-1], updates, rtol=1e-4)


def test_that_passes_and_steps_tell_each_norm_once(collect: Collect, make_batches: Batches) -> None:
    model = a_model()
    model[1].bias.requires_grad_(False)
    batches = make_batches(21, 1, 8, 8)
    torch.manual_seed(1)
    start = [each.detach().clone() for each in model.parameters()]
    both = collect(model, batches, interval=5).series
    for each, before in zip(model.parameters(), start, strict=True):
        each.data.copy_(before)
    alone = collect(model, batches, interval=5, insight=None, overwrite=True).series

    for metric in ("gradient_norm", "update_norm", "weight_norm", "update_ratio", "step_size"):
        for layer in ("1", "3", "total"):
            steps, values = both.recorded(f"{metric}/{layer}")
            order = np.argsort(steps)
            assert steps[order].tolist() == [0, 5, 10, 15, 20]
            np.testing.assert_allclose(values[order], alone.recorded(f"{metric}/{layer}")[1], rtol=1e-4)


def test_that_insight_interval_zero_leaves_no_column_and_no_histogram(collect: Collect, make_batches: Batches) -> None:
    off = InsightOptions(interval=0, sign_interval=0)
    collection = collect(a_model(), make_batches(12, 1, 8, 8), insight=off)

    assert not [name for name in collection.series if "@" in name or name.startswith(("flips", "not_finite"))]
    assert not any(each.histograms for each in collection.passes)


def test_that_signs_can_be_all_that_is_recorded_of_gradients(collect: Collect, make_batches: Batches) -> None:
    alone = InsightOptions(interval=0, sign_interval=3)
    collection = collect(a_model(), make_batches(12, 1, 8, 8), insight=alone)

    assert not [note.text for note in collection.notes]
    assert collection.signs.steps.tolist() == [0, 3, 6, 9]
    assert collection.insight.sign_interval == 3
    assert not any(each.histograms for each in collection.passes)


def test_that_a_pass_has_the_spread_of_every_value(collect: Collect, make_batches: Batches) -> None:
    collection = collect(a_model(), make_batches(4, 1, 8, 8))

    histograms = collection.passes[0].histograms
    assert set(histograms) == {"1", "3"}
    for kind in ("weight", "gradient", "update"):
        assert histograms["1"][kind].sum() == 64 * 12 + 12
        assert histograms["3"][kind].sum() == 12 * 3 + 3
    assert not collection.passes[-1].histograms  # the state after the last step has no update


def test_that_what_joins_the_optimizer_later_is_said_not_to_be_followed(path: Path, make_batches: Batches) -> None:
    ((images, labels),) = make_batches(1, 1, 8, 8)
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with (
        pytest.warns(CollectorWarning, match="also updates a parameter that is not the model's"),
        Collector(model, optimizer, path, insight=EACH),
    ):
        for _ in range(3):
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
            if len(optimizer.param_groups) == 1:
                optimizer.add_param_group({"params": [nn.Parameter(torch.zeros(2))]})
