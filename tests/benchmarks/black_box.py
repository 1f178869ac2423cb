"""What the black box costs: processor time of a step that is recorded with it over one that is recorded without."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from torch import nn

from collector import Collector
from models.build import build
from tests.benchmarks.recording import RATE, mlp
from tests.benchmarks.row import Row, hand_over

BLOCK = 50
"""Steps timed at once; with passes every 50, exactly one pass lies in each block."""
N_STEPS = 16
"""That are held."""
MODELS: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "MLP 784-256-128-64-10, batch 64": (mlp, 80),
    "cnn, batch 64": (lambda: build("cnn", (1, 28, 28), 10), 24),
}
"""How each model is made, and how many blocks are timed."""


class Recorded:
    """A model in training, recorded with the default options."""

    def __init__(self, make: Callable[[], nn.Module], path: Path, black_box: int) -> None:
        generator = torch.Generator().manual_seed(0)
        torch.manual_seed(0)
        self._model = make()
        self._optimizer = torch.optim.AdamW(self._model.parameters(), lr=RATE)
        self._batches = [torch.rand(64, 1, 28, 28, generator=generator) for _ in range(8)]
        self._labels = torch.randint(0, 10, (64,), generator=generator)
        probe = (self._batches[0][:16], self._labels[:16])
        self._collector = Collector(
            self._model, self._optimizer, path, probe=probe, interval=BLOCK, overwrite=True, black_box=black_box
        )

    def seconds_of_block(self) -> float:
        """Processor seconds of 50 steps, of all threads."""
        began = time.process_time()
        for number in range(BLOCK):
            loss = nn.functional.cross_entropy(self._model(self._batches[number % 8]), self._labels)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            self._collector.log(loss=loss)
        return time.process_time() - began

    def close(self) -> None:
        self._collector.close()


def measure(folder: Path) -> list[Row]:
    rows = []
    for name, (make, n_blocks) in MODELS.items():
        sides = {
            "without": Recorded(make, folder / "without.json", 0),
            "again": Recorded(make, folder / "again.json", 0),
            "with": Recorded(make, folder / "with.json", N_STEPS),
        }
        taken: dict[str, list[float]] = {side: [] for side in sides}
        for block in range(n_blocks + 2):
            for side in list(sides) if block % 2 else reversed(list(sides)):
                taken[side].append(sides[side].seconds_of_block())
        for each in sides.values():
            each.close()
        pairs = [list(zip(taken[side], taken["without"], strict=True))[2:] for side in ("with", "again")]
        ratio, noise = (median(one / other for one, other in pair) for pair in pairs)
        step_ms = median(taken["without"]) / BLOCK * 1e3
        beside = f"recorded without it {step_ms:.2f} ms a step; without again ÷ without {noise:.3f}"
        rows.append(Row(f"cost of the black box, {N_STEPS} steps", name, "≤ 1.02", f"{ratio:.3f}", beside))
    return rows


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
