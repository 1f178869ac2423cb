"""What collecting costs a training: processor time of a step with the collector over that without, in turn."""

import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import torch
from torch import nn

from collector import Collector, InsightOptions
from collector.pytorch.step_inputs import _SLOT
from models.build import build
from tests.benchmarks.row import Row, hand_over

RATE = 1e-5
"""So low that nothing is learnt by heart: gradients and moments that vanish become denormal numbers, with which all
that is done takes three times as long."""
NO_DYNAMICS = InsightOptions(interval=0, sign_interval=0)
BLOCK = 50
"""Steps timed at once; with passes every 50, exactly one pass lies in each block."""
N_PAIRS = 40
"""Blocks with and without, of what is looked at at each step."""


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
    "MLP 784-256-128-64-10, batch 64": (mlp, 60),
    "cnn, batch 64": (lambda: build("cnn", (1, 28, 28), 10), 9),
}
"""How each model is made, and how many blocks are timed."""


class Trained:
    """A model in training, with a collector around it where there is a path."""

    def __init__(self, model: nn.Module, path: Path | None) -> None:
        generator = torch.Generator().manual_seed(0)
        self._model = model
        self._optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
        self._batches = [torch.rand(64, 1, 28, 28, generator=generator) for _ in range(8)]
        self._labels = torch.randint(0, 10, (64,), generator=generator)
        probe = (self._batches[0][:16], self._labels[:16])
        options = {"probe": probe, "interval": BLOCK, "overwrite": True, "insight": NO_DYNAMICS}
        self._collector = None if path is None else Collector(model, self._optimizer, path, **options)

    def seconds_of_block(self) -> float:
        """Processor seconds of 50 steps, which others on the machine disturb less than those of the clock."""
        began = time.process_time()
        for number in range(BLOCK):
            loss = nn.functional.cross_entropy(self._model(self._batches[number % 8]), self._labels)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            if self._collector:
                self._collector.log(loss=loss)
        return time.process_time() - began

    def close(self) -> None:
        if self._collector:
            self._collector.close()


class Looked(Trained):
    """A model in training of which no pass is taken, with a collector that can be kept from looking at its steps."""

    def __init__(self, model: nn.Module, path: Path, insight: InsightOptions) -> None:
        super().__init__(model, None)
        self._collector = Collector(model, self._optimizer, path, interval=10**9, overwrite=True, insight=insight)

    @contextmanager
    def not_looked_at(self) -> Iterator[None]:
        """Neither the model's calls nor its gradients are looked at, but for what is recorded of each update."""
        slot, facts = vars(self._model).pop(_SLOT), self._collector._facts
        self._collector._facts = None
        yield
        vars(self._model)[_SLOT], self._collector._facts = slot, facts


LOOKS = {
    "watching for what is not finite, each step": (NO_DYNAMICS, "≤ 1.02"),
    "the same and what rules need of the steps, each tenth": (InsightOptions(), "≤ 1.04"),
}


def looks(folder: Path) -> Iterator[Row]:
    """The price of looking at the model's calls and gradients, as a part of what recording costs."""
    for what, (insight, goal) in LOOKS.items():
        looked, plain = Looked(mlp(), folder / "looked.json", insight), Trained(mlp(), None)
        taken: list[list[float]] = []
        for block in range(N_PAIRS + 1):
            seconds = {}
            for kind in ("looked", "not", "plain") if block % 2 else ("plain", "not", "looked"):
                if kind == "not":
                    with looked.not_looked_at():
                        seconds[kind] = looked.seconds_of_block()
                else:
                    seconds[kind] = (looked if kind == "looked" else plain).seconds_of_block()
            taken.append([seconds["looked"], seconds["not"], seconds["plain"]])
        looked.close()
        shares = [(with_it - without) / plain for with_it, without, plain in taken[1:]]
        step_us = median(each[2] for each in taken[1:]) / BLOCK * 1e6
        beside = f"plain {step_us:.0f} µs a step; {median(shares) * step_us:.0f} µs more"
        yield Row(f"cost of {what}", "MLP 784-256-128-64-10, batch 64", goal, f"{1 + median(shares):.3f}", beside)


def measure(folder: Path) -> list[Row]:
    rows = list(looks(folder))
    for name, (make, n_blocks) in MODELS.items():
        plain, again, collected = Trained(make(), None), Trained(make(), None), Trained(make(), folder / "run.json")
        sides = [plain, again, collected]
        for side in sides:
            side.seconds_of_block()
        taken: dict[Trained, list[float]] = {side: [] for side in sides}
        for _ in range(n_blocks):
            for side in sides:
                taken[side].append(side.seconds_of_block())
            sides.reverse()  # so that a machine that gets slower is unjust to nobody
        for side in sides:
            side.close()
        ratio = median(with_us / without for with_us, without in zip(taken[collected], taken[plain], strict=True))
        noise = median(one / other for one, other in zip(taken[again], taken[plain], strict=True))
        step_ms = median(taken[plain]) / BLOCK * 1e3
        beside = f"plain {step_ms:.2f} ms a step; plain again ÷ plain {noise:.3f}"
        rows.append(Row("cost of recording, passes every 50", name, "≤ 1.03", f"{ratio:.3f}", beside))
    return rows


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
