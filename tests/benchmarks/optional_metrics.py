"""Whether a budget of 3 % is kept with all optional metrics: as `tests.benchmarks.budget`, on five models, by processor
time.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import torch
from torch import Tensor, nn

from collector import open_collection
from collector.capture import overhead
from collector.optional_metrics import CLASSES, metric_named
from tests.benchmarks.budget import Toggled
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK, MODELS


class SmallGpt(nn.Module):
    """Four blocks over 32 positions, of which the last one tells the class."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(64, 64), nn.Embedding(32, 64)
        layer = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(64, 10)

    def forward(self, numbers: Tensor) -> Tensor:
        hidden = self.words((numbers * 64).long()) + self.places.weight
        mask = nn.Transformer.generate_square_subsequent_mask(32)
        return self.head(self.blocks(hidden, mask=mask, is_causal=True)[:, -1])


class SmallLstm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(16, 128, 2, batch_first=True), nn.Linear(128, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.lstm(inputs)[0][:, -1])


ALL: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    **MODELS,
    "GPT of 4 blocks, 32 positions, batch 32": (SmallGpt, (32, 32)),
    "LSTM of 2 layers, 30 steps, batch 32": (SmallLstm, (32, 30, 16)),
}
TURNS = dict(zip(ALL, (60, 16, 5, 16, 16), strict=True))
"""Blocks of 50 steps with, and as many without."""


class WithMetrics(Toggled):
    """Also its own clock, which the budget goes by, tells processor time: whoever else computes does not disturb it."""

    clock = staticmethod(time.process_time)
    metrics: ClassVar[tuple[str, ...]] = tuple(CLASSES)

    def begin(self) -> None:
        overhead.time = SimpleNamespace(perf_counter=time.process_time)  # type: ignore[assignment]
        own = {"loss": nn.functional.cross_entropy, "metrics": [metric_named(name) for name in self.metrics]}
        self.options = {"budget": 0.03, **own}  # type: ignore[misc]
        super().begin()

    def seconds_of_block(self, n_steps: int) -> float:
        self._collector._log.overhead._since = time.process_time()
        return self._seconds(n_steps)

    def end(self) -> str:
        self._collector.close()
        with open_collection(self._path) as collection:
            price = collection.price
            assert price is not None
            parts = [f"{kind} {each / price.training_seconds:.2%}" for kind, each in price.seconds.items() if each]
            return f"by its own clock {price.share:.2%}: {', '.join(parts)}"


class Without(WithMetrics):
    metrics: ClassVar[tuple[str, ...]] = ()


def measure(folder: Path, *, is_quick: bool, only: str = "") -> Iterable[Row]:
    MODELS.update(ALL)
    for model, n_turns in TURNS.items():
        for kind in (Without, WithMetrics) if only in model else ():
            n_turns, n_steps = (2, 2) if is_quick else (n_turns, BLOCK)
            ratio, beside = kind(model, folder).ratio(n_turns, n_steps)
            which = "all optional metrics" if kind.metrics else "none of the optional metrics"
            what = f"processor time of a step ÷ plain, budget=0.03, {which}"
            yield Row(what, model, "≤ 1.03, at most 0.01 above", f"{ratio:.3f}", beside)


if __name__ == "__main__":
    torch.set_flush_denormal(True)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        wanted = [each for each in sys.argv[1:] if not each.startswith("--")]
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:], only=" ".join(wanted)))
