"""What a large model's file says of all its values, though it counts some of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection
from tests.estimates import Embedded, Line, course_of, lines, words


@pytest.fixture(scope="module")
def drawn() -> list[Line]:
    """60 samples of an embedding that is nearly all of a model and nearly all still, and of blocks that are not."""
    return lines(course_of(lambda: Embedded(3000), words(3000), n_steps=4), 2**15, 60)


def test_that_totals_are_unbiased_and_within_their_errors(drawn: list[Line]) -> None:
    found = {line.name: line for line in drawn if line.name.endswith("/total")}

    names = ("near_zero@1e-05", "near_zero_fraction@1e-05", "released_fraction@1e-05", "still_change_norm@1e-05")
    for name in (*names, "still_change_mean@1e-05", "flips_all", "flips_all_fraction", "gradient_angle"):
        line = found[f"{name}/total"]
        assert abs(line.bias) < 3.3, name  # one of a thousand lies farther away
        assert line.coverage >= 0.85, name  # three standard errors of 60 draws below 95 of 100


def test_that_the_errors_told_are_the_spread_of_the_draws(drawn: list[Line]) -> None:
    common = [line for line in drawn if line.values.mean() > 0 and np.isfinite(line.errors).all()]
    ratios = {line.name: np.sqrt(np.square(line.errors).mean()) / line.values.std(ddof=1) for line in common}
    of_totals = [ratios[name] for name in ratios if name.startswith(("near_zero", "flips_all", "still_change_norm"))]
    assert len(of_totals) > 20
    assert 0.8 < np.median(of_totals) < 1.25
    # 60 draws tell a spread to a tenth
    assert {name: ratio for name, ratio in ratios.items() if name.endswith("/total") and not 0.7 < ratio < 1.4} == {}


def recorded(path: Any, sample: int, n_steps: int = 21, **options: Any) -> Any:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 8), nn.Linear(8, 3))
    model[2].weight.requires_grad_(False)  # a weight that never moves
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    chance = torch.Generator().manual_seed(1)
    gradients, weights = [], []
    insight = InsightOptions(interval=10, sample=sample, sign_interval=0)
    with Collector(model, optimizer, path, interval=7, insight=insight, **options):
        for _ in range(n_steps):
            inputs = torch.randn(8, 64, generator=chance)
            loss = nn.functional.cross_entropy(model(inputs), torch.randint(0, 3, (8,), generator=chance))
            optimizer.zero_grad()
            loss.backward()
            gradients.append(copied(model, lambda each: each.grad))
            weights.append(copied(model, lambda each: each.detach()))
            optimizer.step()
    weights.append(copied(model, lambda each: each.detach()))
    return gradients, weights


def copied(model: nn.Module, of: Callable[[Any], Any]) -> dict[str, list[torch.Tensor]]:
    """Layer → copies of what its parameters have, where they have it."""
    children = dict(model.named_children())
    found = {name: [of(each) for each in child.parameters()] for name, child in children.items()}
    return {name: [each.clone() for each in own if each is not None] for name, own in found.items()}


def size_of(tensors: list[torch.Tensor]) -> float:
    return float(np.sqrt(sum(float(each.double().square().sum()) for each in tensors)))


@pytest.mark.parametrize("sample", [0, 2048])
def test_that_norms_are_those_of_all_values_at_passes_and_between(tmp_path: Any, sample: int) -> None:
    path = tmp_path / "run.json"
    gradients, weights = recorded(path, sample)

    with open_collection(path) as collection:
        for layer in ("0", "2", "3"):
            at, norms = collection.series.recorded(f"weight_norm/{layer}")
            assert sorted(at.tolist()) == [0, 7, 10, 14, 20]
            assert norms == pytest.approx([size_of(weights[step][layer]) for step in at], rel=1e-6)
            at, norms = collection.series.recorded(f"gradient_norm/{layer}")
            assert norms == pytest.approx([size_of(gradients[step][layer]) for step in at], rel=1e-6)
            at, norms = collection.series.recorded(f"update_norm/{layer}")
            moved = [[b - a for a, b in zip(weights[s][layer], weights[s + 1][layer], strict=True)] for s in at]
            assert norms == pytest.approx([size_of(each) for each in moved], rel=1e-6)


def test_that_the_header_names_what_is_estimated_and_of_what(tmp_path: Any) -> None:
    recorded(tmp_path / "a.json", 2048, 12)
    recorded(tmp_path / "b.json", 0, 12)

    with open_collection(tmp_path / "a.json") as sampled, open_collection(tmp_path / "b.json") as whole:
        insight = sampled.insight
        assert set(insight.estimated) >= {"near_zero", "released_fraction", "still_change_norm", "gradient_angle"}
        assert not set(insight.estimated) & {"gradient_norm", "weight_norm", "update_norm", "update_ratio", "step_size"}
        assert set(insight.sampled) == {"0"}  # the other layers are small, and counted whole
        assert insight.sample < insight.parameters == 64 * 128 + 128 + 8 + 8 * 3 + 3
        errors = {name for name in sampled.series if "~se" in name}
        assert "near_zero@1e-05~se/total" in errors
        assert "near_zero_fraction@1e-05~se/0" in errors
        assert "gradient_angle~se/0" in errors
        assert not [name for name in errors if name.endswith("/3") or "_norm~se/0" in name or "_max" in name]
        assert (whole.insight.estimated, whole.insight.sampled) == ([], {})
        assert not [name for name in whole.series if "~se" in name]
