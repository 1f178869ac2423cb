"""The cosine between the gradients that two halves of a batch make, from what the training's own passes have."""

import copy
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.storage import Collection

Collect = Callable[..., Collection]


def slow_cosines(model: nn.Sequential, inputs: Tensor, labels: Tensor) -> dict[str, float]:
    """From the gradients of the summed losses of every second sample, and of the others."""
    gradients = []
    for start in range(2):
        losses = nn.functional.cross_entropy(model(inputs), labels, reduction="none")
        weights = {name: each.weight for name, each in model.named_children() if hasattr(each, "weight")}
        own = torch.autograd.grad(losses[start::2].sum(), list(weights.values()))
        gradients.append(dict(zip(weights, own, strict=True)))
    one, other = gradients
    found = {name: float(nn.functional.cosine_similarity(one[name].ravel(), other[name].ravel(), 0)) for name in one}
    whole = [torch.cat([each.ravel() for each in own.values()]) for own in gradients]
    return found | {"total": float(nn.functional.cosine_similarity(*whole, 0))}


def a_cnn() -> nn.Sequential:
    parts = [("conv", nn.Conv2d(2, 4, 3, stride=2, padding=1)), ("relu", nn.ReLU(inplace=True))]
    return nn.Sequential(OrderedDict([*parts, ("flat", nn.Flatten()), ("fc", nn.Linear(4 * 9, 3))]))


def an_mlp() -> nn.Sequential:
    return nn.Sequential(OrderedDict(wide=nn.Linear(300, 200), act=nn.Tanh(), narrow=nn.Linear(200, 3)))


class Tokens(nn.Sequential):
    """A layer that sees several rows of each sample."""

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.tokens(inputs).relu().mean(1))


def tokens() -> nn.Sequential:
    return Tokens(OrderedDict(tokens=nn.Linear(5, 7), head=nn.Linear(7, 3)))


@pytest.mark.parametrize(
    ("make", "shape"), [(a_cnn, (9, 2, 6, 6)), (an_mlp, (12, 300)), (an_mlp, (64, 300)), (tokens, (10, 4, 5))]
)
def test_that_the_cosines_are_those_of_gradients_made_of_each_half_by_itself(
    collect: Collect, make: Callable[[], nn.Sequential], shape: tuple[int, ...]
) -> None:
    model, wanted = make(), []
    batches = [(torch.randn(shape), torch.randint(0, 3, shape[:1])) for _ in range(4)]

    def watch(step: int, when: str) -> None:
        if when == "before" and step % 2 == 0:
            wanted.append(slow_cosines(copy.deepcopy(model), *batches[step]))

    collection = collect(model, batches, watch=watch, interval=2, probe=None)

    for name in wanted[0]:
        steps, found = collection.series.recorded(f"half_batch_cosine/{name}")
        assert steps.tolist() == [0, 2]
        np.testing.assert_allclose(found, [each[name] for each in wanted], rtol=1e-3, atol=1e-4)


def test_that_halves_are_of_samples_whatever_their_axis(collect: Collect) -> None:
    class TimeFirst(nn.Sequential):
        def forward(self, steps: Tensor) -> Tensor:
            return self.head(self.tokens(steps).relu().mean(0))

    model, turned = tokens(), TimeFirst(OrderedDict(tokens=nn.Linear(5, 7), head=nn.Linear(7, 3)))
    turned.load_state_dict(model.state_dict())
    steps, labels = torch.randn(10, 4, 5), torch.randint(0, 3, (10,))
    found = []
    for each, inputs, options in ((model, steps, {}), (turned, steps.movedim(0, 1), {"sample_axis": 1})):
        batches, told = [(inputs, labels)] * 2, {"interval": 1, "probe": (inputs, labels), "overwrite": True}
        collection = collect(each, batches, **told, **options)
        found.append(collection.series.recorded("half_batch_cosine/tokens")[1])
        collection.close()

    np.testing.assert_allclose(found[1], found[0], rtol=1e-4)


def test_that_labels_that_belong_to_inputs_make_halves_agree_and_random_ones_do_not(collect: Collect) -> None:
    chance = torch.Generator().manual_seed(0)
    inputs = torch.randn(512, 20, generator=chance)
    of_inputs = (inputs[:, 0] > 0).long()
    random = of_inputs[torch.randperm(512, generator=chance)]
    medians = []
    for labels in (of_inputs, random):
        torch.manual_seed(0)
        model = nn.Sequential(OrderedDict(fc=nn.Linear(20, 2)))
        batches = [(inputs[start : start + 64], labels[start : start + 64]) for start in range(0, 512, 64)]
        collection = collect(model, batches, interval=1, probe=None, overwrite=True)
        medians.append(float(np.median(collection.series.recorded("half_batch_cosine/fc")[1])))
        collection.close()

    assert medians[0] > 0.5
    assert abs(medians[1]) < 0.3


def test_that_what_cannot_be_split_has_no_cosine(collect: Collect) -> None:
    batches = [(torch.randn(1, 300), torch.tensor([0])), (torch.randn(1, 300), torch.tensor([1]))]

    collection = collect(an_mlp(), batches, interval=1, probe=None)

    assert not [name for name in collection.series if name.startswith("half_batch_cosine")]


def test_that_a_layer_that_is_called_twice_and_frozen_ones_have_none_and_others_do(path: Path) -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.frozen, self.twice, self.head = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3)
            self.frozen.requires_grad_(False)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.head(self.twice(self.twice(self.frozen(inputs)).relu()))

    model = Twice()
    optimizer = torch.optim.SGD([each for each in model.parameters() if each.requires_grad], 0.1)
    with Collector(model, optimizer, path, interval=1) as collector:
        for _ in range(2):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 3, (8,)))
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)

    with open_collection(path) as collection:
        names = {name for name in collection.series if name.startswith("half_batch_cosine")}
    assert names == {"half_batch_cosine/head", "half_batch_cosine/total"}


def test_that_where_gradients_are_not_followed_nothing_is_compared(collect: Collect) -> None:
    batches = [(torch.randn(8, 300), torch.randint(0, 3, (8,)))] * 2

    collection = collect(an_mlp(), batches, interval=1, insight=InsightOptions(interval=0))

    assert not [name for name in collection.series if name.startswith("half_batch_cosine")]
