"""A small model is followed in few calls for all of its parameters: the numbers are those that each by itself gives."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.metrics.norms import norm, sizes_of, sizes_of_changes
from collector.pytorch import flat_values
from collector.pytorch.flat_values import Drawn, FlatValues, FlatWeights, GradientNorms


def tensors(*, largest: float = 1.0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = (7, 300), (300,), (64, 5), (1,)
    return [torch.randn(shape, generator=generator) * largest for shape in shapes]


@pytest.mark.parametrize("largest", [1.0, 1e-30, 1e30, 0.0])
def test_norms_of_all_are_those_of_each_whatever_the_size(largest: float) -> None:
    values = tensors(largest=largest)
    flat = FlatValues(values)
    flat.take(values)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(flat.norms(), [norm(each.numpy()) for each in values], rtol=1e-6)


def test_what_is_not_finite_is_counted() -> None:
    values = tensors()
    values[2][3, 1], values[2][0, 0] = torch.nan, torch.inf
    flat = FlatValues(values)
    flat.take(values)
    expected = sizes_of([each.numpy() for each in values])
    np.testing.assert_allclose(flat.sizes().norms, expected.norms, rtol=1e-6)
    assert flat.sizes().not_finite.tolist() == expected.not_finite.tolist() == [0, 0, 2, 0]


def test_what_is_not_there_is_zero() -> None:
    values = tensors()
    flat = FlatValues(values)
    flat.take(values)
    flat.take([values[0], None, *values[2:]])
    assert flat.norms()[1] == 0
    assert flat.norms()[0] == pytest.approx(norm(values[0].numpy()))


def test_a_transposed_tensor_has_its_values_in_its_own_order() -> None:
    values = [torch.arange(6.0).view(2, 3).T]
    flat = FlatValues(values)
    flat.take(values)
    assert flat.arrays[0].tolist() == values[0].tolist()


def test_the_counted_values_are_those_of_their_numbers() -> None:
    values = tensors()
    numbers = [np.r_[64:128, 2048:2100], np.arange(300), np.arange(64), np.zeros(1, int)]
    flat = FlatValues(values)
    flat.take(values)
    drawn = Drawn(flat, numbers).of(flat)
    for own, each, counted in zip(drawn, values, numbers, strict=True):
        assert own.tolist() == each.reshape(-1)[counted].tolist()


def test_changes_are_those_between_two_moments() -> None:
    before, after = tensors(), tensors(largest=1.1)
    flat = FlatWeights(before)
    assert flat.before(before).arrays[0].tolist() == before[0].tolist()
    weights, sizes = flat.after(after)
    expected = sizes_of_changes([each.numpy() for each in after], [each.numpy() for each in before])
    np.testing.assert_allclose(sizes.norms, expected.norms, rtol=1e-5)
    assert weights.arrays[0].tolist() == after[0].tolist()


def test_norms_are_made_anew_when_a_gradient_was_written_to_or_is_another() -> None:
    parameters = [nn.Parameter(each) for each in tensors()]
    for each in parameters:
        each.grad = torch.ones_like(each)
    norms = GradientNorms(parameters)
    first = norms.together(parameters)
    assert first == pytest.approx(np.sqrt(sum(each.numel() for each in parameters)))
    assert norms.are_finite([each.grad for each in parameters])
    parameters[0].grad.mul_(2)
    assert not norms.knows([each.grad for each in parameters])
    second = norms.together(parameters)
    assert second > first
    parameters[0].grad = torch.ones_like(parameters[0])
    assert norms.together(parameters) == pytest.approx(first)
    norms.forget()
    assert not norms.knows([each.grad for each in parameters])


def test_norms_of_other_parameters_are_nobodys_business() -> None:
    parameters = [nn.Parameter(each) for each in tensors()]
    assert GradientNorms(parameters).together(parameters[1:]) is None


def recorded(path: Path, *, interval: int, is_clipped: bool) -> dict[str, np.ndarray]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 60), nn.ReLU(), nn.Linear(60, 60), nn.Tanh(), nn.Linear(60, 4))
    model[2].bias.requires_grad_(False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    options = InsightOptions(interval=interval, sample=1000, thresholds=(1e-6, 1e-3))
    with Collector(model, optimizer, path, insight=options, interval=8):
        for step in range(24):
            if step == 13:
                model[0].weight.data.mul_(1.01)  # which no version tells of
            loss = nn.functional.cross_entropy(model(torch.randn(16, 40)), torch.randint(0, 4, (16,)))
            optimizer.zero_grad()
            loss.backward()
            if step == 20:
                model[4].weight.grad[0, 0] = torch.nan
            if is_clipped:
                nn.utils.clip_grad_norm_(model.parameters(), 0.1)
            optimizer.step()
    with open_collection(path) as collection:
        return dict(collection.series)


@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
@pytest.mark.parametrize("interval", [1, 4])
@pytest.mark.parametrize("is_clipped", [False, True])
def test_a_run_has_the_numbers_that_it_has_tensor_by_tensor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interval: int, *, is_clipped: bool
) -> None:
    at_once = recorded(tmp_path / "at_once.json", interval=interval, is_clipped=is_clipped)
    monkeypatch.setattr(flat_values, "MOST_VALUES", 0)
    one_by_one = recorded(tmp_path / "one_by_one.json", interval=interval, is_clipped=is_clipped)
    assert at_once.keys() == one_by_one.keys()
    assert any(name.startswith("update_norm/") for name in at_once)
    for name, values in at_once.items():
        np.testing.assert_allclose(values, one_by_one[name], rtol=2e-5, err_msg=name)
