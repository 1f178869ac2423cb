"""Models of more and fewer digits than float32, followed in their own."""

import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection


@pytest.mark.parametrize("sample", [0, 64])
def test_that_a_float64_model_is_followed_in_float64(path: Path, sample: int) -> None:
    model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3)).double()
    optimizer = torch.optim.SGD(model.parameters(), 1e-8)
    own = list(model.parameters())
    weights, gradients = [], []
    with Collector(model, optimizer, path, interval=2, insight=InsightOptions(interval=1, sample=sample)):
        for _ in range(6):
            optimizer.zero_grad()
            model(torch.randn(4, 8, dtype=torch.float64)).square().mean().backward()
            weights.append(torch.cat([each.detach().flatten() for each in own]).numpy().copy())
            gradients.append(torch.cat([each.grad.flatten() for each in own]).numpy().copy())
            optimizer.step()
    weights.append(torch.cat([each.detach().flatten() for each in own]).numpy().copy())

    with open_collection(path) as collection:
        moved = [np.linalg.norm(after - before) for before, after in pairwise(weights)]
        assert collection.series["update_norm/total"] == pytest.approx(moved, rel=1e-6)
        sizes = [np.linalg.norm(each) for each in gradients]
        assert collection.series["gradient_norm/total"] == pytest.approx(sizes, rel=1e-6)
        first = collection.passes[0].layers["0"]
        assert first.weight.dtype == first.weight_gradient.dtype == first.weight_update.dtype == np.float64
        np.testing.assert_array_equal(first.weight.ravel(), weights[0][: 8 * 16])
        np.testing.assert_array_equal(first.weight_update.ravel(), (weights[1] - weights[0])[: 8 * 16])


def test_that_thresholds_are_those_of_the_parameters_precision(path: Path) -> None:
    layer = nn.Linear(4, 1, bias=False, dtype=torch.float64)
    optimizer = torch.optim.SGD(layer.parameters(), 0.1)
    with Collector(layer, optimizer, path, insight=InsightOptions(interval=1)):
        for _ in range(2):
            layer.weight.grad = torch.tensor([[1e-5, np.nextafter(1e-5, 1), -1e-60, 0.0]], dtype=torch.float64)
            optimizer.step()

    with open_collection(path) as collection:
        assert collection.series["near_zero@1e-05/total"].tolist() == [3, 3]
        assert collection.signs.columns(0, 0, 4).tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_that_halves_are_followed_in_float32(path: Path, dtype: torch.dtype) -> None:
    layer = nn.Linear(4, 3, dtype=dtype)
    optimizer = torch.optim.SGD(layer.parameters(), 0.1)
    with Collector(layer, optimizer, path, insight=InsightOptions(interval=1)):
        for _ in range(2):
            optimizer.zero_grad()
            layer(torch.ones(2, 4, dtype=dtype)).sum().backward()
            norm = float(torch.cat([each.grad.flatten() for each in layer.parameters()]).float().norm())
            optimizer.step()

    with open_collection(path) as collection:
        assert collection.series["gradient_norm/total"][-1] == pytest.approx(norm)
        assert collection.passes[0].layers["(model)"].weight.dtype == np.float32


@pytest.mark.parametrize("sample", [0, 500])
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1e200", "float64"),
        ("inf", "float64"),
        ("1e38", "float32"),
        ("1e-40", "float32"),
        ("nan", "float32"),
    ],
)
def test_that_no_warning_of_numbers_reaches_the_user(
    path: Path, value: str, kind: str, sample: int, capfd: pytest.CaptureFixture[str]
) -> None:
    dtype = getattr(torch, kind)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 3)).to(dtype)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    inputs = torch.randn(8, 64, dtype=dtype)
    insight = InsightOptions(interval=1, sample=sample, sign_interval=2)
    with (
        warnings.catch_warnings(action="error"),
        Collector(model, optimizer, path, probe=(inputs, None), interval=2, insight=insight) as collector,
    ):
        for step in range(5):
            optimizer.zero_grad()
            loss = model(inputs).square().mean()
            loss.backward()
            if step > 1:
                for each in model.parameters():
                    each.grad.fill_(float(value))
            optimizer.step()
            collector.log(loss=loss)

    assert capfd.readouterr() == ("", "")
    with open_collection(path) as collection:
        norm = collection.series["gradient_norm/total"][2]
        expected = float(np.float32(value) if kind == "float32" else value) * (64 * 32 + 32 + 32 * 3 + 3) ** 0.5
        assert norm == pytest.approx(expected, rel=1e-5, nan_ok=True)
        assert not [note.text for note in collection.notes if "failed" in note.text]
