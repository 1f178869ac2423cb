"""Of a model too large for a copy of its weights updates are told by their parts, and by estimates that say so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection
from collector.metrics import histogram
from collector.metrics.norms import norm
from collector.pytorch import weight_copies
from collector.pytorch.pass_changes import estimated_norm
from collector.storage import Collection


class Own(torch.optim.SGD):
    """One of which nothing is told but by a sample."""


Recorded = tuple[Collection, dict[int, dict[str, float]]]


@pytest.fixture
def recorded(path: Path, make_batches: Callable[..., Any], train: Callable[..., Any]) -> Callable[..., Recorded]:
    """Trains a model, and gives what was recorded and the true norms of the updates, by step and layer."""

    def record(insight: InsightOptions | None = None, optimizer: Any = torch.optim.AdamW) -> Recorded:
        torch.manual_seed(0)
        batches = make_batches(6, 40)
        model = nn.Sequential(nn.Linear(40, 300), nn.ReLU(), nn.Linear(300, 200), nn.ReLU(), nn.Linear(200, 3))
        names = {0: "0", 2: "2", 4: "4"}
        truth: dict[int, dict[str, float]] = {}
        before: list[np.ndarray] = []

        def watch(step: int, when: str) -> None:
            own = [torch.cat([each.flatten() for each in model[n].parameters()]).detach().numpy() for n in names]
            if when == "before":
                before[:] = own
            else:
                found = {name: norm(now - then) for name, now, then in zip(names.values(), own, before, strict=True)}
                truth[step] = found | {"total": float(np.hypot.reduce(list(found.values())))}

        updates = optimizer(model.parameters(), 0.01)
        with Collector(
            model, updates, path, probe=batches[0], interval=2, insight=insight, overwrite=True
        ) as collector:
            train(model, updates, batches, collector, watch)
        return open_collection(path), truth

    return record


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model is too large for copies, and for histograms of all values."""
    monkeypatch.setattr(weight_copies, "MOST_BYTES", 0)
    monkeypatch.setattr(histogram, "MOST_OF_MODEL", 20_000)


def test_that_updates_in_passes_are_those_that_copies_tell(
    recorded: Callable[..., Recorded], request: pytest.FixtureRequest
) -> None:
    with_copies, _ = recorded()
    request.getfixturevalue("large")
    without, _ = recorded()

    for one, other in zip(with_copies.passes, without.passes, strict=True):
        for layer, arrays in one.layers.items():
            for kind in ("weight", "weight_gradient", "weight_update", "bias_update"):
                mine, yours = getattr(arrays, kind), getattr(other.layers[layer], kind)
                np.testing.assert_equal(yours, mine)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("insight", [None, InsightOptions(interval=2, sample=8192, sign_interval=0)])
def test_that_the_size_of_an_update_is_an_estimate_with_its_error(
    recorded: Callable[..., Recorded], insight: InsightOptions | None
) -> None:
    collection, truth = recorded(insight, Own)

    for layer in ("0", "2", "total"):
        steps, found = collection.series.recorded(f"update_norm/{layer}")
        _, errors = collection.series.recorded(f"update_norm~se/{layer}")
        assert steps.tolist() == [0, 2, 4]
        for step, value, error in zip(steps.tolist(), found, errors, strict=True):
            assert 0 < error < 0.2 * value
            assert abs(value - truth[step][layer]) < 4 * error
    of_last = collection.series.recorded("update_norm/4")[1]
    np.testing.assert_allclose(of_last, [truth[step]["4"] for step in (0, 2, 4)], rtol=1e-5)


@pytest.mark.usefixtures("large")
def test_that_the_header_names_estimated_sizes_of_updates(
    recorded: Callable[..., Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    insight = InsightOptions(interval=2, sample=4096, sign_interval=0)
    estimated = recorded(insight)[0].insight
    monkeypatch.undo()
    exact = recorded(insight)[0].insight

    of_updates = {"update_norm", "update_ratio", "step_size"}
    assert estimated is not None
    assert exact is not None
    assert of_updates <= set(estimated.estimated)
    assert not of_updates & set(exact.estimated)


@pytest.mark.filterwarnings("ignore:0.weight and 0.bias are in none")
@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("insight", [None, InsightOptions(interval=2, sample=4096, sign_interval=0)])
def test_that_a_layer_that_nobody_wrote_to_has_no_update_for_sure(
    recorded: Callable[..., Recorded], insight: InsightOptions | None
) -> None:
    def only_last(parameters: Any, rate: float) -> torch.optim.Optimizer:
        return torch.optim.SGD(list(parameters)[2:], rate)

    collection, _ = recorded(insight, only_last)

    assert collection.series.recorded("update_norm/0")[1].tolist() == [0, 0, 0]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("insight", [None, InsightOptions(interval=2, sample=2048, sign_interval=0)])
def test_that_a_sample_in_which_nothing_moved_tells_no_size(
    path: Path, insight: InsightOptions | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histogram, "MOST_OF_MODEL", 64)
    monkeypatch.setattr(histogram, "LEAST_COUNTED", 16)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(5003, 8), nn.Flatten(), nn.Linear(8, 3))
    optimizer = Own(model.parameters(), 0.1)
    words, labels = torch.tensor([[4001]]), torch.tensor([1])
    with Collector(model, optimizer, path, probe=(words, labels), interval=2, insight=insight) as collector:
        for _ in range(3):
            loss = nn.functional.cross_entropy(model(words), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)

    series = open_collection(path).series
    assert "update_norm/2" in series
    assert "update_norm/0" not in series or not np.isfinite(series.recorded("update_norm/0")[1]).any()


@pytest.mark.usefixtures("large")
def test_that_histograms_of_a_large_model_count_a_part_for_all(recorded: Callable[..., Recorded]) -> None:
    collection, _ = recorded(InsightOptions(interval=2, sign_interval=0))

    counts = collection.passes[1].histograms["2"]
    for kind in ("weight", "gradient", "update"):
        assert counts[kind].sum() == pytest.approx(300 * 200 + 200, rel=1e-3)


def test_that_an_estimate_spreads_as_its_variance_says() -> None:
    chance = np.random.default_rng(0)
    values = chance.standard_normal(6400)
    samples = [chance.permutation(values)[:400] for _ in range(300)]
    found = [estimated_norm(norm(each), norm(np.square(each)), 400, 6400) for each in samples]

    squares = np.square([size for size, _ in found])
    assert np.mean(squares) == pytest.approx(np.square(values).sum(), rel=0.01)
    assert np.var(squares) == pytest.approx(np.mean([variance for _, variance in found]), rel=0.25)
