"""What is recorded of a training's own calls and backward passes is what a slow look at them finds."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.capture import batch_facts
from collector.capture.fact_names import ACTIVATIONS, BATCH, BATCH_SAMPLES, CARRIED, UNCLIPPED
from collector.pytorch.forward_statistics import METRICS, statistics_of

EACH = InsightOptions(interval=1)


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))


def train(
    path: Path,
    give: Callable[[nn.Module, int], Tensor],
    *,
    n_steps: int = 4,
    clip: float = 0.0,
    insight: InsightOptions = EACH,
    zeroes: bool = True,
) -> tuple[Mapping[str, np.ndarray], list[float]]:
    """All series, and the norm of all gradients behind each backward pass."""
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    norms = []
    with Collector(model, optimizer, path, interval=100, insight=insight):
        for step in range(n_steps):
            if zeroes:
                optimizer.zero_grad()
            give(model, step).backward()
            norms.append(float(torch.cat([each.grad.flatten() for each in model.parameters()]).double().norm()))
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
    with open_collection(path) as collection:
        return {name: collection.series.recorded(name)[1] for name in collection.series}, norms


def batch(step: int, n: int = 8) -> Tensor:
    return torch.randn(n, 6, generator=torch.Generator().manual_seed(step))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("mean", [0.0, 0.5, -100.0, 1e5])
@pytest.mark.parametrize("shape", [(1,), (64, 10), (3, 5, 17, 4)])
def test_that_statistics_of_an_output_are_those_of_all_its_values_wherever_they_lie(
    dtype: torch.dtype, mean: float, shape: tuple[int, ...]
) -> None:
    values = (torch.randn(shape, generator=torch.Generator().manual_seed(1)) + mean).to(dtype)
    exact = values.double().numpy()

    found = np.array([float(each) for each in statistics_of(values)])

    want = (exact.mean(), exact.std(), np.abs(exact).max())
    np.testing.assert_allclose(found[:3], want, rtol=1e-4, atol=1e-6 * max(1, abs(mean)))
    assert np.isnan(found[METRICS.index("not_finite_forward")])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_that_of_an_output_that_is_not_finite_it_is_told_how_many_values_are_not(bad: float) -> None:
    values = torch.ones(4, 50)
    values[1, 7] = values[3, 0] = bad

    assert float(statistics_of(values)[3]) == 2


def test_that_values_whose_squares_overflow_are_finite() -> None:
    found = np.array([float(each) for each in statistics_of(torch.tensor([3e38, -3e38]))])

    assert found[2] == pytest.approx(3e38)
    assert np.isnan(found[3])


def test_that_statistics_are_those_of_the_trainings_own_last_call(tmp_path: Path) -> None:
    seen: list[np.ndarray] = []

    def give(model: nn.Module, step: int) -> Tensor:
        model(batch(step + 50)).sum().backward()
        seen.append(model[0](batch(step)).detach().double().numpy())
        return model(batch(step)).sum()

    series, _ = train(tmp_path / "run.json", give)

    for name, make in zip(ACTIVATIONS, (np.mean, np.std, lambda each: np.abs(each).max()), strict=True):
        np.testing.assert_allclose(series[f"{name}/0"], [make(each) for each in seen], rtol=1e-5)


@pytest.mark.parametrize("clip", [0.0, 0.01])
def test_that_the_norm_before_clipping_is_that_of_what_the_backward_pass_left(tmp_path: Path, clip: float) -> None:
    series, norms = train(tmp_path / "run.json", lambda model, step: model(batch(step)).square().sum(), clip=clip)

    np.testing.assert_allclose(series[UNCLIPPED], norms, rtol=1e-6)
    np.testing.assert_array_equal(series[CARRIED], 0)


def test_that_gradients_that_nobody_sets_to_zero_are_carried_into_the_next_step(tmp_path: Path) -> None:
    series, norms = train(tmp_path / "run.json", lambda model, step: model(batch(step)).square().sum(), zeroes=False)

    np.testing.assert_allclose(series[CARRIED], [0, *norms[:-1]], rtol=1e-6)


def test_that_each_step_has_the_checksum_of_its_batch_and_its_samples(tmp_path: Path) -> None:
    order = [3, 5, 3, 8, 5]
    series, _ = train(
        tmp_path / "run.json",
        lambda model, step: model(batch(order[step], n=4 + step)).sum(),
        n_steps=5,
        insight=InsightOptions(interval=100),
    )

    want = [batch_facts.batch_crc32([batch(seed, n=4 + step).numpy()]) for step, seed in enumerate(order)]
    assert series[BATCH].tolist() == want
    assert series[BATCH_SAMPLES].tolist() == [4, 5, 6, 7, 8]


def test_that_all_calls_of_a_step_are_in_its_checksum_and_a_batch_that_is_overwritten_later_is_as_it_was_given(
    tmp_path: Path,
) -> None:
    def give(model: nn.Module, step: int) -> Tensor:
        loss = model(batch(step)).sum() + model(given := batch(step + 1)).sum()
        loss.backward(retain_graph=True)
        given.zero_()
        return model[0].weight.sum()

    series, _ = train(tmp_path / "run.json", give)

    want = [batch_facts.batch_crc32([batch(step).numpy(), batch(step + 1).numpy()]) for step in range(4)]
    assert series[BATCH].tolist() == want
    assert series[BATCH_SAMPLES].tolist() == [16] * 4


@pytest.mark.parametrize("shape", [(7,), (64, 1, 28, 28)])
def test_that_one_value_makes_another_batch(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).random(shape, np.float32)
    crc = batch_facts.batch_crc32([values])
    for place in range(0, values.size, max(1, values.size // 50)):
        other = values.copy()
        other.flat[place] += 1e-3
        assert batch_facts.batch_crc32([other]) != crc
    assert batch_facts.batch_crc32([values.copy()]) == crc


def test_that_of_a_large_batch_both_ends_and_each_sample_of_a_usual_size_count() -> None:
    values = np.random.default_rng(0).random((32, 3, 64, 64), np.float32)
    crc = batch_facts.batch_crc32([values])
    for place in (0, values.size - 1):
        other = values.copy()
        other.flat[place] += 1e-3
        assert batch_facts.batch_crc32([other]) != crc
    for sample in range(32):
        other = values.copy()
        other[sample] = other[sample][..., ::-1]
        assert batch_facts.batch_crc32([other]) != crc
