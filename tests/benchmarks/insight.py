"""What following the gradients costs a training: step time with it over step time without, in turn."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from torch import nn

from collector import Collector, InsightOptions
from models.build import build
from tests.benchmarks.recording import BLOCK, Trained, mlp
from tests.benchmarks.row import Row, hand_over


def wide() -> nn.Module:
    """784-2048-2048-10, 5.8 M parameters."""
    first, second, last = nn.Linear(784, 2048), nn.Linear(2048, 2048), nn.Linear(2048, 10)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), second, nn.ReLU(), last)


EACH, TENTH = InsightOptions(interval=1), InsightOptions()
OFF = InsightOptions(interval=0, sign_interval=0)
Asked = list[tuple[str, InsightOptions, str]]
CASES: list[tuple[str, Callable[[], nn.Module], int, Asked]] = [
    (
        "MLP 784-256-128-64-10",
        mlp,
        30,
        [("each step", EACH, "≤ 1.25"), ("each tenth", TENTH, "≤ 1.06"), ("off", OFF, "≤ 1.03")],
    ),
    (
        "cnn",
        lambda: build("cnn", (1, 28, 28), 10),
        6,
        [("each step", EACH, "≤ 1.15"), ("each tenth", TENTH, "≤ 1.04"), ("off", OFF, "≤ 1.03")],
    ),
    ("MLP of 5.8 M", wide, 4, [("each step", EACH, "≤ 1.15")]),
]
"""Size, model, blocks timed, and what is compared with the plain training."""


class Followed(Trained):
    """A model in training whose gradients are followed."""

    def __init__(self, model: nn.Module, path: Path, insight: InsightOptions) -> None:
        super().__init__(model, None)
        probe = (self._batches[0][:16], self._labels[:16])
        self._collector = Collector(model, self._optimizer, path, probe=probe, interval=BLOCK, insight=insight)


def times_of(sides: list[Trained], n_blocks: int) -> dict[Trained, list[float]]:
    """Seconds of each block of each side, in turn."""
    taken: dict[Trained, list[float]] = {side: [] for side in sides}
    for block in range(n_blocks + 1):
        for side in sides:
            seconds = side.seconds_of_block()
            if block:  # the first one warms up
                taken[side].append(seconds)
        sides = sides[::-1]
    return taken


def measure(folder: Path) -> list[Row]:
    rows = []
    for size, make, n_blocks, asked in CASES:
        plain, again = Trained(make(), None), Trained(make(), None)
        followed = [Followed(make(), folder / f"{size}{n}.json", each[1]) for n, each in enumerate(asked)]
        sides = [plain, again, *followed]
        taken = times_of(sides, n_blocks)
        for side in sides:
            side.close()
        ratios = {side: median(a / b for a, b in zip(taken[side], taken[plain], strict=True)) for side in sides}
        step_ms = median(taken[plain]) / BLOCK * 1e3
        beside = f"plain {step_ms:.2f} ms a step; plain again ÷ plain {ratios[again]:.3f}"
        for (name, _, goal), side in zip(asked, followed, strict=True):
            rows.append(Row(f"cost of following gradients, {name}", size, goal, f"{ratios[side]:.3f}", beside))
    return rows


if __name__ == "__main__":
    # Gradients of batches learnt by heart become subnormal numbers, which slow every training down.
    torch.set_flush_denormal(True)
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
