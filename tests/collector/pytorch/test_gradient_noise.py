"""Noise scale of a training's gradients: from backward passes and from halves, against gradients made one by one."""

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, GradientNoiseScale, open_collection
from collector.metrics.noise_scale import NoiseAverage, noise, signal

Model = Callable[[], nn.Module]


def an_mlp() -> nn.Module:
    return nn.Sequential(OrderedDict(first=nn.Linear(5, 8), act=nn.Tanh(), last=nn.Linear(8, 3)))


def a_cnn() -> nn.Module:
    parts = [("first", nn.Conv2d(1, 4, 3, padding=1)), ("act", nn.ReLU()), ("flat", nn.Flatten())]
    return nn.Sequential(OrderedDict([*parts, ("last", nn.Linear(4 * 16, 3))]))


def batches_for(model: nn.Module, n: int, size: int) -> list[tuple[Tensor, Tensor]]:
    chance = torch.Generator().manual_seed(1)
    shape = (5,) if isinstance(model[0], nn.Linear) else (1, 4, 4)  # type: ignore[index]
    lean = torch.randn(3, *shape, generator=chance)
    labels = [torch.randint(0, 3, (size,), generator=chance) for _ in range(n)]
    return [(lean[each] + 0.3 * torch.randn(size, *shape, generator=chance), each) for each in labels]


def gradients(model: nn.Module, parts: Iterable[tuple[Tensor, Tensor]], names: str) -> list[dict[str, np.ndarray]]:
    """Of each part by itself: layer → its gradient, of the mean loss, flat."""
    found, model = [], copy.deepcopy(model)
    for inputs, labels in parts:
        loss = nn.functional.cross_entropy(model(inputs), labels)
        own = dict(
            zip(dict(model.named_parameters()), torch.autograd.grad(loss, list(model.parameters())), strict=True)
        )
        layers = {name.partition(".")[0] for name in own}
        found.append(
            {
                layer: np.concatenate([own[f"{layer}.{each}"].numpy().ravel() for each in names.split()]).astype(float)
                for layer in layers
            }
        )
    return found


def slow_scales(steps: list[list[dict[str, np.ndarray]]], size: int) -> dict[str, list[float]]:
    """Layer → noise scale after each step, of the gradients of its parts of ``size`` samples."""
    known: dict[str, NoiseAverage] = {}
    scales: dict[str, list[float]] = {}
    for parts in steps:
        whole = [{**part, "total": np.concatenate([part[layer] for layer in sorted(part)])} for part in parts]
        for layer in whole[0]:
            small = float(np.mean([np.sum(part[layer] ** 2) for part in whole]))
            big = float(np.sum(np.mean([part[layer] for part in whole], axis=0) ** 2))
            squares = small, big, size, size * len(parts)
            known.setdefault(layer, NoiseAverage(0.9)).add(signal(*squares), noise(*squares))
            scales.setdefault(layer, []).append(known[layer].scale)
    return scales


def recorded(path: Path) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    with open_collection(path) as collection:
        names = [name for name in collection.series if name.startswith("gradient_noise_scale/")]
        scales = {name.partition("/")[2]: collection.series[name] for name in names}
        return scales, {layer: collection.series[f"gradient_snr/{layer}"] for layer in scales}


@pytest.mark.parametrize("make", [an_mlp, a_cnn])
@pytest.mark.parametrize("is_scaled", [True, False])
def test_that_of_accumulated_steps_it_is_that_of_the_gradients_of_each_backward_pass(
    path: Path, make: Model, is_scaled: bool
) -> None:
    model, n_parts, steps = make(), 4, []
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    metrics = [GradientNoiseScale(interval=1)]
    with Collector(model, optimizer, path, interval=100, insight=None, metrics=metrics) as collector:
        for start in range(4):
            parts = batches_for(model, 16, 6)[start * n_parts : (start + 1) * n_parts]
            steps.append(gradients(model, parts, "weight bias"))
            optimizer.zero_grad()
            for inputs, labels in parts:
                loss = nn.functional.cross_entropy(model(inputs), labels)
                (loss / n_parts if is_scaled else loss).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
            optimizer.step()
            collector.log(loss=loss)

    scales, ratios = recorded(path)
    wanted = slow_scales(steps, 6)
    assert set(scales) == {"first", "last", "total"}
    for layer, own in scales.items():
        np.testing.assert_allclose(own, wanted[layer], rtol=1e-3)
        np.testing.assert_allclose(ratios[layer], 24 / np.array(wanted[layer]), rtol=1e-3)


@pytest.mark.parametrize(("make", "size"), [(an_mlp, 40), (an_mlp, 200), (a_cnn, 60), (an_mlp, 41)])
def test_that_of_steps_with_one_batch_it_is_that_of_the_weights_gradients_of_its_halves(
    path: Path, make: Model, size: int
) -> None:
    model, steps = make(), []
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    even = size - size % 2
    metrics = [GradientNoiseScale(interval=1)]
    with Collector(model, optimizer, path, interval=100, insight=None, metrics=metrics) as collector:
        for inputs, labels in batches_for(model, 4, size):
            halves = [(inputs[start:even:2], labels[start:even:2]) for start in range(2)]
            steps.append(gradients(model, halves, "weight"))
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)

    scales, _ = recorded(path)
    wanted = slow_scales(steps, even // 2)
    assert set(scales) == {"first", "last", "total"}
    for layer, own in scales.items():
        np.testing.assert_allclose(own, wanted[layer], rtol=1e-3)


def accumulated(path: Path, sizes: list[int], before: Callable[[nn.Module], None] = lambda model: None) -> set[str]:
    """Names of what is recorded of two steps with parts of these sizes, changed before each backward pass."""
    model = an_mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    with Collector(model, optimizer, path, insight=None, metrics=[GradientNoiseScale(interval=1)], overwrite=True):
        for _ in range(2):
            optimizer.zero_grad()
            for size in sizes:
                loss = model(torch.randn(size, 5)).square().mean()
                before(model)
                loss.backward()
            optimizer.step()
    with open_collection(path) as collection:
        return {name for name in collection.series if name.startswith("gradient_noise")}


def test_that_parts_of_different_sizes_and_gradients_that_others_changed_have_no_noise_scale(path: Path) -> None:
    def clip(model: nn.Module) -> None:
        for each in model.parameters():
            if each.grad is not None:
                each.grad.mul_(0.5)

    assert accumulated(path, [6, 6, 6])
    assert not accumulated(path, [6, 6, 4])
    assert not accumulated(path, [6, 6, 6], clip)


def test_that_rows_that_are_no_samples_are_no_halves_of_the_batch(path: Path) -> None:
    class Flat(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.by_word, self.head = nn.Linear(5, 4), nn.Linear(4, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            words = self.by_word(inputs.flatten(0, 1)).tanh()
            return self.head(words.view(*inputs.shape[:2], -1).mean(1))

    model = Flat()
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    inputs, labels = torch.randn(24, 6, 5) + torch.randn(5), torch.zeros(24, dtype=torch.long)
    with Collector(model, optimizer, path, insight=None, metrics=[GradientNoiseScale(interval=1)]):
        for _ in range(2):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()

    with open_collection(path) as collection:
        assert {"gradient_noise_scale/head", "gradient_noise_scale/total"} == {
            name for name in collection.series if name.startswith("gradient_noise_scale")
        }


def test_that_no_hook_is_left_on_the_parameters(path: Path) -> None:
    model = an_mlp()
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    with Collector(model, optimizer, path, insight=None, metrics=[GradientNoiseScale(interval=1)]):
        for _ in range(2):
            model(torch.randn(4, 5)).sum().backward()
            model(torch.randn(4, 5)).sum().backward()
            optimizer.step()
        model(torch.randn(4, 5)).sum().backward()

    assert not any(each._backward_hooks for each in model.parameters())
