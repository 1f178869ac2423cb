"""Where the first value that is not finite arose, planted at steps that no schedule looks at."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, open_collection
from collector.storage.schema import OriginRecord

INTERVAL = 50
"""No planted step is a multiple of it."""


class _Spoiled(torch.autograd.Function):
    """The identity; its gradient is as it is told."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return values.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * ctx.factor, None


class Fault(nn.Module):
    """A module that does nothing until it is told to."""

    def __init__(self, spoil: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.is_on = False
        self._spoil = spoil

    def forward(self, values: Tensor) -> Tensor:
        return self._spoil(values) if self.is_on else values


def through_half(values: Tensor) -> Tensor:
    """As a part in half precision whose activations are too large for it."""
    return (values * 1e6).half().float()


def backward_only(values: Tensor) -> Tensor:
    """What is given is right, what comes back is not."""
    return _Spoiled.apply(values, float("nan"))  # type: ignore[no-any-return, no-untyped-call]


SPOILS: dict[str, Callable[[Tensor], Tensor]] = {
    "log": lambda values: torch.log(values - values.max()),
    "division": lambda values: values / (values - values),
    "root": lambda values: torch.sqrt(-values.abs() - 1),
    "exp": lambda values: torch.exp(values.abs() * 1e4),
    "half": through_half,
    "backward": backward_only,
}


class Residual(nn.Module):
    """A block with an own path around its layers."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.fault = fault

    def forward(self, values: Tensor) -> Tensor:
        return values + torch.relu(self.fault(self.norm(self.conv(values))))


class Pictures(nn.Module):
    """Residual blocks on pictures."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1)
        self.blocks = nn.Sequential(Residual(Fault(backward_only)), Residual(fault))
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(4, 3)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.drop(self.blocks(self.stem(pictures)).mean((2, 3))))  # type: ignore[no-any-return]


class Words(nn.Module):
    """A transformer on words, with a mask of −∞."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.words = nn.Embedding(30, 16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, dropout=0.1)
        self.norm = nn.LayerNorm(16)
        self.fault = fault
        self.head = nn.Linear(16, 3)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(6))

    def forward(self, words: Tensor) -> Tensor:
        inside = self.words(words)
        inside = inside + self.attention(inside, inside, inside, attn_mask=self.mask, need_weights=False)[0]
        return self.head(self.fault(self.norm(inside)).mean(1))  # type: ignore[no-any-return]


class Series(nn.Module):
    """A recurrent network whose last output counts."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.gru = nn.GRU(4, 8, batch_first=True)
        self.fault = fault
        self.head = nn.Linear(8, 3)

    def forward(self, series: Tensor) -> Tensor:
        return self.head(self.fault(self.gru(series)[0][:, -1]))  # type: ignore[no-any-return]


@dataclass
class Run:
    """A training that can be spoilt.

    Attributes:
        backward: is called in place of ``loss.backward()`` and the update.
    """

    model: nn.Module
    fault: Fault
    batch: Callable[[], Tensor]
    name: str
    """Of the module that is at fault."""
    seed: int = 0
    update: "Callable[[Tensor, torch.optim.Optimizer, nn.Module], None] | None" = None
    spoil: Callable[[Tensor], Tensor] = field(default=lambda batch: batch)
    """What is done with the batch, and to the model, at the step."""

    def record(self, path: Path, at: int, n_steps: int = 40) -> list[OriginRecord]:
        """Train, spoil one step, and read where it arose."""
        torch.manual_seed(self.seed)
        optimizer = torch.optim.Adam(self.model.parameters(), 1e-3)
        with Collector(self.model, optimizer, path, interval=INTERVAL) as collector:
            for step in range(n_steps):
                batch = self.batch()
                self.fault.is_on = step == at
                if step == at:
                    batch = self.spoil(batch)
                loss = functional.cross_entropy(self.model(batch), torch.randint(0, 3, (len(batch),)))
                optimizer.zero_grad()
                (self.update or _usual)(loss, optimizer, self.model)
                collector.log(loss=loss)
        with open_collection(path) as collection:
            return list(collection.origins)


def _usual(loss: Tensor, optimizer: torch.optim.Optimizer, model: nn.Module) -> None:
    loss.backward()
    optimizer.step()


def _clipped(loss: Tensor, optimizer: torch.optim.Optimizer, model: nn.Module) -> None:
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def _scaled(loss: Tensor, optimizer: torch.optim.Optimizer, model: nn.Module) -> None:
    """Mixed precision's scaler, on the processor."""
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()


def mlp(spoil: str) -> Run:
    fault = Fault(SPOILS[spoil])
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), fault, nn.Linear(16, 3))
    return Run(model, fault, lambda: torch.randn(16, 8), "3")


def pictures(spoil: str) -> Run:
    fault = Fault(SPOILS[spoil])
    return Run(Pictures(fault), fault, lambda: torch.randn(8, 1, 6, 6), "blocks.1.fault")


def words(spoil: str) -> Run:
    fault = Fault(SPOILS[spoil])
    return Run(Words(fault), fault, lambda: torch.randint(0, 30, (8, 6)), "fault")


def series(spoil: str) -> Run:
    fault = Fault(SPOILS[spoil])
    return Run(Series(fault), fault, lambda: torch.randn(8, 7, 4), "fault")


MODELS = {"mlp": mlp, "pictures": pictures, "words": words, "series": series}


@pytest.fixture(autouse=True)
def _of_its_own() -> Iterator[None]:
    """Random numbers of a test are its own."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def _step(*of: str) -> int:
    return random.Random(" ".join(of)).randint(2, 39)


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_a_module_is_named_at_its_very_step(tmp_path: Path, model: str, spoil: str) -> None:
    at = _step(model, spoil)
    run = MODELS[model](spoil)
    found = run.record(tmp_path / "run.json", at)[0]
    assert (found.step, found.phase, found.name) == (at, "backward" if spoil == "backward" else "forward", run.name)
    assert found.nan + found.plus_inf + found.minus_inf > 0


@pytest.mark.parametrize("update", [_clipped, _scaled])
@pytest.mark.parametrize("spoil", ["log", "backward"])
@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_neither_clipping_nor_scaling_hides_it(tmp_path: Path, update: Any, spoil: str) -> None:
    run = pictures(spoil)
    run.update = update
    at = _step(spoil)
    found = run.record(tmp_path / "run.json", at)[0]
    assert (found.step, found.name, found.skipped) == (at, "blocks.1.fault", update is _scaled)


@pytest.mark.parametrize("model", ["mlp", "pictures", "series"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_an_input_is_named(tmp_path: Path, model: str, value: float) -> None:
    def spoil(batch: Tensor) -> Tensor:
        batch.view(-1)[5] = value
        return batch

    run = MODELS[model]("log")
    run.fault._spoil = lambda values: values
    run.spoil = spoil
    at = _step(model, str(value))
    found = run.record(tmp_path / "run.json", at)[0]
    argument = {"mlp": "input", "pictures": "pictures", "series": "series"}[model]
    assert (found.step, found.phase, found.name) == (at, "input", argument)
    assert found.nan + found.plus_inf + found.minus_inf == 1


@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_an_embedding_row_is_named_when_its_word_comes(tmp_path: Path) -> None:
    run = words("log")
    run.fault._spoil = lambda values: values
    embedding = run.model.words

    def spoil(batch: Tensor) -> Tensor:
        with torch.no_grad():
            embedding.weight[batch[2, 3]] = float("nan")
        return batch

    run.spoil = spoil
    at = _step("embedding")
    found = run.record(tmp_path / "run.json", at)[0]
    assert (found.step, found.phase, found.name) == (at, "forward", "words")
    assert "weight" in found.text


@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_a_healthy_training_has_no_origin_though_its_masks_are_infinite(tmp_path: Path) -> None:
    assert words("log").record(tmp_path / "run.json", -1) == []
