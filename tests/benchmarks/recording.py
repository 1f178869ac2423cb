"""What collecting costs a training: seconds a step with the collector over seconds without, in turn."""

import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from statistics import median

import torch
from torch import nn

from collector import Collector
from models.build import build
from tests.benchmarks.row import Row, hand_over

ROUNDS = 9


def mlp() -> nn.Module:
    """784-256-128-64-10."""
    sizes = [784, 256, 128, 64, 10]
    modules: list[tuple[str, nn.Module]] = [("flatten", nn.Flatten())]
    for number in range(1, 5):
        modules.append((f"fc{number}", nn.Linear(sizes[number - 1], sizes[number])))
        if number < 4:
            modules.append((f"relu{number}", nn.ReLU()))
    return nn.Sequential(OrderedDict(modules))


MODELS: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "MLP 784-256-128-64-10, batch 64": (mlp, 300),
    "cnn, batch 64": (lambda: build("cnn", (1, 28, 28), 10), 150),
}


def measure(folder: Path) -> list[Row]:
    rows = []
    for name, (make, n_steps) in MODELS.items():
        plain, again, collected = [], [], []
        for number in range(ROUNDS):
            plain.append(_seconds_a_step(make(), n_steps, None))
            collected.append(_seconds_a_step(make(), n_steps, folder / f"{number}.json"))
            again.append(_seconds_a_step(make(), n_steps, None))
        ratio = median(2 * with_us / (a + b) for with_us, a, b in zip(collected, plain, again, strict=True))
        noise = median(b / a for a, b in zip(plain, again, strict=True))
        beside = f"plain {median(plain) * 1e3:.2f} ms a step; plain again ÷ plain {noise:.3f}"
        rows.append(Row("cost of recording, passes every 50", name, "≤ 1.03", f"{ratio:.3f}", beside))
    return rows


def _seconds_a_step(model: nn.Module, n_steps: int, path: Path | None) -> float:
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.002)
    generator = torch.Generator().manual_seed(0)
    batches = [torch.rand(64, 1, 28, 28, generator=generator) for _ in range(8)]
    labels = torch.randint(0, 10, (64,), generator=generator)
    probe = (batches[0][:16], labels[:16])
    options = {"probe": probe, "interval": 50, "overwrite": True}
    collecting = nullcontext() if path is None else Collector(model, optimizer, path, **options)
    with collecting as collector:
        # The first step makes the optimizer's state, and with the collector the first pass.
        _step(model, optimizer, batches[0], labels, None)
        began = time.perf_counter()
        for number in range(n_steps):
            _step(model, optimizer, batches[number % 8], labels, collector)
        return (time.perf_counter() - began) / n_steps


def _step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    collector: Collector | None,
) -> None:
    loss = nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if collector:
        collector.log(loss=loss)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
