"""Very many classes, words or moments: what a pass costs beside the same model with a hundred.

Seconds are of the processor. Running the network on the probe is a part of a pass; by itself it stands beside it.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, open_collection
from tests.benchmarks.row import Row, hand_over

WIDTH, N_SAMPLES, FEW = 64, 16, 100


class Words(nn.Module):
    """Words ``[N, T]`` to logits ``[N, T, K]`` by one block of attention or an LSTM."""

    def __init__(self, n_words: int, length: int, *, is_recurrent: bool) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(n_words, WIDTH), nn.Embedding(length, WIDTH)
        self.block = (
            nn.LSTM(WIDTH, WIDTH, batch_first=True)
            if is_recurrent
            else nn.TransformerEncoderLayer(WIDTH, 4, 2 * WIDTH, 0.0, batch_first=True)
        )
        self.head = nn.Linear(WIDTH, n_words)

    def forward(self, text: Tensor) -> Tensor:
        features = self.block(self.words(text) + self.places(torch.arange(text.shape[1])))
        return self.head(features[0] if isinstance(features, tuple) else features)


@dataclass(frozen=True)
class Case:
    """A model that is made narrow and wide.

    Attributes:
        make: of how many.
        batch: of how many: inputs and class numbers.
    """

    what: str
    make: Callable[[int], nn.Module]
    batch: Callable[[int], tuple[Tensor, Tensor]]
    many: int


def _classes(n: int) -> nn.Module:
    return nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, n))


def _text(n_words: int, length: int) -> tuple[Tensor, Tensor]:
    text = torch.randint(n_words, (N_SAMPLES, length + 1))
    return text[:, :-1], text[:, 1:]


CASES = (
    Case("classes, MLP", _classes, lambda n: (torch.randn(N_SAMPLES, WIDTH), torch.randint(n, (N_SAMPLES,))), 50_000),
    Case("vocabulary, transformer", lambda n: Words(n, 32, is_recurrent=False), lambda n: _text(n, 32), 50_257),
    Case("vocabulary, LSTM", lambda n: Words(n, 32, is_recurrent=True), lambda n: _text(n, 32), 50_257),
    Case("tokens, transformer", lambda n: Words(FEW, n, is_recurrent=False), lambda n: _text(FEW, n), 1000),
    Case("tokens, LSTM", lambda n: Words(FEW, n, is_recurrent=True), lambda n: _text(FEW, n), 1000),
)


@dataclass(frozen=True)
class Cost:
    """Of one pass: bytes in the file, seconds, and seconds of running the network on the probe by itself."""

    n_bytes: float
    seconds: float
    running: float


def cost(case: Case, n: int, path: Path, n_passes: int) -> Cost:
    """Of passes at each step, the first ones left out."""
    torch.manual_seed(0)
    model, (inputs, targets) = case.make(n), case.batch(n)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    seconds, sizes = [], []
    with Collector(model, optimizer, path, probe=(inputs, targets), interval=1, insight=None) as collector:
        for _ in range(n_passes + 2):
            logits = model(inputs)
            loss = functional.cross_entropy(logits.flatten(0, -2), targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            began = time.process_time()
            optimizer.step()
            collector.log(loss=loss)
            seconds.append(time.process_time() - began)
            sizes.append(path.stat().st_size)
    step = median(_without(model, optimizer, n_passes))
    with torch.no_grad():
        running = median(_seconds(lambda: model(inputs), n_passes))
    with open_collection(path) as collection:
        assert [each.step for each in collection.passes] == [*range(n_passes + 3)]
    return Cost((sizes[-1] - sizes[1]) / n_passes, median(seconds[2:]) - step, running)


def _without(model: nn.Module, optimizer: torch.optim.Optimizer, n: int) -> Iterator[float]:
    return _seconds(optimizer.step, n)


def _seconds(act: Callable[[], object], n: int) -> Iterator[float]:
    for _ in range(n):
        began = time.process_time()
        act()
        yield time.process_time() - began


def measure(folder: Path, *, is_quick: bool) -> Iterable[Row]:
    for case in CASES:
        n_passes, many = (2, 2000 if case.many > 1000 else 200) if is_quick else (10, case.many)
        few, wide = (cost(case, n, folder / f"{case.what}-{n}.json", n_passes) for n in (FEW, many))
        beside = "; ".join(
            f"{n:,}: {each.n_bytes / 1e3:.0f} kB, {each.seconds * 1e3:.1f} ms, of which running the network "
            f"{each.running * 1e3:.1f}"
            for n, each in ((FEW, few), (many, wide))
        )
        figure = f"{wide.n_bytes / few.n_bytes:.2f} in the file, {wide.seconds / few.seconds:.2f} in time"
        yield Row(f"a pass ÷ that of 100: {case.what}", f"{many:,}", "≤ 2", figure, beside)


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:]))
