"""What leaves an accelerator, what waits for it, and that what is recorded there is what is recorded here.

The accelerator is played: see `counting_device`. These rules are run by `test_accelerators`, in a process of its own:
a device must be there before the first backward pass, and torch then behaves as on a machine that has one.
"""

import gc
import time
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from collector import Collector, InsightOptions, open_collection
from collector.metrics import histogram
from collector.pytorch import host_copy, pinned_memory
from collector.storage import Collection
from tests.accelerator.__main__ import HEADINGS, rows
from tests.accelerator.models import TINY
from tests.accelerator.truth import largest_difference
from tests.collector.pytorch.counting_device import Counts, counted, counting_device, pinned

STEPS, INTERVAL = 12, 10
PASSES = (0, 10)


class Attending(nn.Module):
    """Words ``[N, T]`` to logits ``[N, T, K]``, by a block of attention, with the weights of the first layer."""

    def __init__(self, n_words: int = 211, width: int = 48) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(n_words, width), nn.Embedding(12, width)
        self.norm, self.qkv, self.join = (
            nn.LayerNorm(width),
            nn.Linear(width, 3 * width, bias=False),
            nn.Linear(width, width),
        )
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.head = nn.Linear(width, n_words, bias=False)
        self.head.weight = self.words.weight

    def forward(self, words: Tensor) -> Tensor:
        x = self.words(words) + self.places(torch.arange(words.shape[1], device=words.device))
        parts = self.qkv(self.norm(x)).chunk(3, -1)
        q, k, v = (each.unflatten(-1, (4, -1)).transpose(1, 2) for each in parts)
        with sdpa_kernel(SDPBackend.MATH):  # the one that every device has
            attended = nn.functional.scaled_dot_product_attention(q, k, v)
        x = x + self.join(attended.transpose(1, 2).flatten(2))
        return self.head(x + self.narrow(nn.functional.gelu(self.wide(x))))


def pictures() -> nn.Module:
    """A CNN of 24,000 parameters."""
    stages = nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(), nn.Dropout(0.2)
    return nn.Sequential(*stages, nn.Flatten(), nn.Linear(576, 40), nn.ReLU(), nn.Linear(40, 10))


def batches(kind: Any) -> list[tuple[Tensor, Tensor]]:
    """Four batches for a model of this kind."""
    chance = torch.Generator().manual_seed(1)
    if kind is pictures:
        shape: tuple[int, ...] = (8, 1, 16, 16)
        return [(torch.randn(shape, generator=chance), torch.randint(10, (8,), generator=chance)) for _ in range(4)]
    words = [torch.randint(211, (8, 13), generator=chance) for _ in range(4)]
    return [(each[:, :-1], each[:, 1:]) for each in words]


class Training:
    """A training on a device, with or without the collector, and what was counted at each of its steps."""

    def __init__(self, make: Any, device: torch.device, path: Path | None = None) -> None:
        gc.collect()
        torch.manual_seed(0)
        model = make().to(device)
        if isinstance(model, Attending):  # a device of this kind gets new parameters
            model.head.weight = model.words.weight
        own = [(inputs.to(device), targets.to(device)) for inputs, targets in batches(make)]
        # what rounding alone makes of a gradient Adam would make a step of
        optimizer: torch.optim.Optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
        if make is pictures:
            optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
        self.n_bytes: list[int] = []
        self.waits: list[list[str]] = []
        self.most = 0
        collector = None
        if path is not None:
            collector = Collector(model, optimizer, path, probe=own[3], interval=INTERVAL, overwrite=True)
        losses = []
        for step in range(STEPS):
            with counted() as counts:
                inputs, targets = own[step % 3]
                logits = model(inputs)
                loss = nn.functional.cross_entropy(logits.flatten(0, -2).float(), targets.flatten())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if collector is not None:
                    collector.log(loss=loss)
                losses.append(loss.detach())
                self._keep(counts)
        if collector is not None:
            collector.close()
        self.losses = [float(each) for each in losses]

    def _keep(self, counts: Counts) -> None:
        self.n_bytes.append(counts.n_bytes)
        self.waits.append(list(counts.waits))
        self.most = max(self.most, counts.most)


@pytest.fixture(autouse=True, scope="module")
def pinned_here() -> Iterator[None]:
    """Copies to and from other memory of the host are waited for."""
    counting_device()  # before there is any backward pass
    with pytest.MonkeyPatch.context() as patch:
        for room in (host_copy, pinned_memory):
            patch.setattr(room, "pinned", pinned)
        yield


KINDS = [pytest.param(pictures, id="pictures"), pytest.param(Attending, id="attending")]


@pytest.fixture(params=KINDS, scope="module")
def kind(request: pytest.FixtureRequest) -> Any:
    """Makes a model."""
    return request.param


@pytest.fixture(scope="module")
def there(
    pinned_here: None, kind: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Training, Collection]]:
    """A training on the accelerator, and its collection."""
    path = tmp_path_factory.mktemp("there") / "run.json"
    yield Training(kind, counting_device(), path), open_collection(path)


@pytest.fixture(scope="module")
def here(kind: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Training, Collection]]:
    """The same on the processor."""
    path = tmp_path_factory.mktemp("here") / "run.json"
    yield Training(kind, torch.device("cpu"), path), open_collection(path)


def test_that_a_training_on_an_accelerator_is_bit_for_bit_the_same(kind: Any, there: Any) -> None:
    assert there[0].losses == Training(kind, counting_device()).losses


def test_that_nothing_waits_for_an_accelerator_at_any_step(there: Any) -> None:
    assert there[0].waits == [[]] * STEPS


def test_that_little_leaves_an_accelerator(there: Any) -> None:
    followed = [n_bytes for step, n_bytes in enumerate(there[0].n_bytes) if step not in PASSES]
    assert max(followed) <= 1e6
    assert max(there[0].n_bytes) <= 8e6


def test_that_series_of_an_accelerator_are_those_of_the_processor(here: Any, there: Any) -> None:
    mine, yours = here[1].series, there[1].series
    of_memory_alone = ("_crc32", "input_mean", "input_std", "input_min", "input_max", "batch_")  # see StepInputs
    names = [name for name in mine if not any(each in name for each in of_memory_alone)]
    assert [name for name in names if name not in yours and "~se" not in name] == []
    for name in names:
        if name in yours:
            (steps, values), (other_steps, others) = (_told(series, name) for series in (mine, yours))
            np.testing.assert_array_equal(other_steps, steps, err_msg=name)
            np.testing.assert_allclose(others, values, rtol=5e-3, atol=1e-4, err_msg=name)


def _told(series: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and numbers: which steps have none is told from the first flush on that has one."""
    steps, values = series.recorded(name)
    return steps[~np.isnan(values)], values[~np.isnan(values)]


KEPT = ("activation", "weight", "bias", "weight_gradient", "weight_update", "feature_maps", "attention")


def test_that_passes_of_an_accelerator_are_those_of_the_processor(here: Any, there: Any) -> None:
    assert [each.step for each in there[1].passes] == [each.step for each in here[1].passes] == [*PASSES, STEPS]
    for one, other in zip(here[1].passes, there[1].passes, strict=True):
        assert one.layers.keys() == other.layers.keys()
        for layer, arrays in one.layers.items():
            for name in KEPT:
                mine, yours = getattr(arrays, name), getattr(other.layers[layer], name)
                assert (mine is None) == (yours is None), (layer, name)
                if mine is not None:
                    near = 1e-3 * float(np.abs(mine).max(initial=0)) + 1e-7
                    np.testing.assert_allclose(yours, mine, rtol=1e-3, atol=near, err_msg=f"{layer} {name}")
        assert one.histograms.keys() == other.histograms.keys()
        for layer, counts in one.histograms.items():
            for name, of in counts.items():
                assert abs(other.histograms[layer][name] - of).sum() <= 0.01 * of.sum()


def test_that_rows_of_signs_of_an_accelerator_are_those_of_the_processor(here: Any, there: Any) -> None:
    mine, yours = here[1].signs, there[1].signs
    assert yours.steps.tolist() == mine.steps.tolist() == [0]
    np.testing.assert_array_equal(yours.columns(0, 0, yours.n_columns), mine.columns(0, 0, mine.n_columns))


def test_that_the_table_tells_of_an_accelerator_what_it_measured(tmp_path: Path) -> None:
    device = counting_device()
    _, *lines = rows(TINY[:1], device, time.monotonic() - 1, tmp_path)
    assert {line[2] for line in lines} == {"left out: no time"}

    (line,) = [next(iter(rows(TINY[:1], device, time.monotonic() + 600, tmp_path)))]
    told = dict(zip(HEADINGS, line, strict=True))
    assert told["losses"] == "bit for bit the same"
    assert 0 < float(told["kB, followed"]) <= 1000
    assert 0 < float(told["kB, a pass"]) <= 8000
    assert largest_difference(TINY[0], device, tmp_path) < 1e-4


class Boxed:
    """A training with a black box.

    Args:
        scales: step → what its gradients are multiplied by.
        logs_scaled: whether the loss that is logged is too.
        dumps: steps behind which the last steps are asked for.

    Attributes:
        waits: what waited at each step.
    """

    n_steps, held = 30, 6

    def __init__(
        self,
        device: torch.device,
        path: Path,
        *,
        scales: Mapping[int, float] = types.MappingProxyType({}),
        logs_scaled: bool = True,
        dumps: Sequence[int] = (),
    ) -> None:
        torch.manual_seed(0)
        model = pictures().to(device)
        optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
        inputs, targets = (each.to(device) for each in batches(pictures)[0])
        self.waits: list[list[str]] = []
        options = {"probe": (inputs, targets), "interval": INTERVAL, "overwrite": True}
        with Collector(model, optimizer, path, black_box=self.held, **options) as collector:
            for step in range(self.n_steps):
                with counted() as counts:
                    loss = nn.functional.cross_entropy(model(inputs), targets)
                    scaled = loss * scales.get(step, 1.0)
                    optimizer.zero_grad()
                    scaled.backward()
                    optimizer.step()
                    collector.log(loss=scaled if logs_scaled else loss)
                    self.waits.append(list(counts.waits))
                if step in dumps:
                    collector.dump(f"at {step}")
        self.collection = open_collection(path)


@pytest.mark.parametrize("dumps", [(10,), (10, 11), (2, 13)])
def test_that_a_dump_waits_for_passes_on_their_way(tmp_path: Path, dumps: tuple[int, ...]) -> None:
    here = Boxed(torch.device("cpu"), tmp_path / "here.json", dumps=dumps).collection
    there = Boxed(counting_device(), tmp_path / "there.json", dumps=dumps).collection

    assert [(each.text, each.steps) for each in there.dumps] == [(each.text, each.steps) for each in here.dumps]
    assert there.passes.steps.tolist() == here.passes.steps.tolist()
    for one, other in zip(here.passes, there.passes, strict=True):
        assert (one.dump is None) == (other.dump is None)
        for layer, arrays in one.layers.items():
            if arrays.weight is not None:
                np.testing.assert_allclose(other.layers[layer].weight, arrays.weight, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("scales", "logs_scaled", "cause", "text"),
    [
        ({23: float("nan")}, True, "not finite", "NaN or Inf in the gradients of step 23"),
        ({23: 40.0}, True, "spike", "loss spike at step 23"),
        (dict.fromkeys((21, 22, 23), 100.0), False, "spike", "gradient spike at step 23"),
    ],
    ids=["NaN", "loss", "gradients"],
)
def test_that_a_break_on_an_accelerator_is_heard_when_its_number_comes(
    tmp_path: Path, scales: dict[int, float], logs_scaled: bool, cause: str, text: str
) -> None:
    boxed = Boxed(counting_device(), tmp_path / "run.json", scales=scales, logs_scaled=logs_scaled)

    first = boxed.collection.dumps[0]
    assert (first.cause, first.text) == (cause, text)
    assert {22, 23} <= set(first.steps)
    assert boxed.waits[:24] == [[]] * 24


@pytest.mark.parametrize("is_counted_there", [False, True], ids=["counts here", "counts there"])
@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW])
def test_that_a_large_model_has_exact_sizes_of_updates_on_an_accelerator(
    tmp_path: Path, optimizer: Any, is_counted_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histogram, "MOST_OF_MODEL", 8192)
    monkeypatch.setattr(histogram, "LEAST_COUNTED", 256)
    found = []
    for device in (torch.device("cpu"), counting_device()):
        torch.manual_seed(0)
        model = pictures().to(device)
        counts_there = is_counted_there and optimizer is torch.optim.AdamW and device.type != "cpu"
        options = {"capturable": True} if counts_there else {}
        updates = optimizer(model.parameters(), 0.01, weight_decay=0.1, **options)
        inputs, targets = (each.to(device) for each in batches(pictures)[0])
        insight = InsightOptions(interval=2, sample=2048, sign_interval=0)
        path = tmp_path / f"{device.type}.json"
        waits = []
        with Collector(model, updates, path, probe=(inputs, targets), interval=3, insight=insight) as collector:
            for _ in range(7):
                with counted() as counts:
                    loss = nn.functional.cross_entropy(model(inputs), targets)
                    updates.zero_grad()
                    loss.backward()
                    updates.step()
                    collector.log(loss=loss)
                    waits += counts.waits
        assert waits == []
        found.append(open_collection(path).series)
    for layer in ("0", "3", "7", "9", "total"):
        (steps, here), (other_steps, there) = (each.recorded(f"update_norm/{layer}") for each in found)
        np.testing.assert_array_equal(other_steps, steps)
        np.testing.assert_allclose(there, here, rtol=1e-2)  # Adam makes a step of what rounding makes of a gradient
    assert not [name for name in found[1] if name.startswith("update_norm~se")]
