"""Whether a budget of 3 % is kept, by processor time, which the budget goes by too; with all optional metrics as well.

Names of models, or parts of them, choose among them; ``--quick`` takes a few steps.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from torch import nn

from collector import open_collection
from collector.optional_metrics import CLASSES, metric_named
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK
from tests.benchmarks.toggled import Toggled, one_thread
from tests.benchmarks.trained_models import CNN, GPT, LSTM, MLP, RESNET

TURNS = {MLP: 60, CNN: 16, RESNET: 5, GPT: 16, LSTM: 16}
"""Blocks of 50 steps with, and as many without: long enough for the first pass to be paid for."""
WHICH = {"none of the optional metrics": (), "all optional metrics": tuple(CLASSES)}


class Budgeted(Toggled):
    """A training that is recorded within a budget."""

    def ratio(self, n_turns: int, n_steps: int) -> float:
        """Time of all steps ÷ that of as many without, over blocks in turn."""
        self.seconds_of_block(n_steps)
        seconds = without = 0.0
        for turn in range(n_turns):
            without += self.seconds_without(n_steps) if turn % 2 else 0.0
            seconds += self.seconds_of_block(n_steps)
            without += 0.0 if turn % 2 else self.seconds_without(n_steps)
        return seconds / without

    def told(self) -> str:
        """What it says itself."""
        self._collector.close()
        with open_collection(self._path) as collection:
            price = collection.price
            assert price is not None
            parts = [f"{kind} {each / price.training_seconds:.2%}" for kind, each in price.seconds.items() if each]
            return f"by its own clock {price.share:.2%}: {', '.join(parts)}"


def measure(folder: Path, wanted: list[str], *, is_quick: bool) -> Iterator[Row]:
    for model, n_turns in TURNS.items():
        if wanted and not any(each.lower() in model.lower() for each in wanted):
            continue
        for which, names in WHICH.items():
            n_turns, n_steps = (2, 2) if is_quick else (n_turns, BLOCK)
            metrics = [metric_named(name) for name in names]
            training = Budgeted(
                model, folder, {"budget": 0.03, "metrics": metrics, "loss": nn.functional.cross_entropy}
            )
            ratio = training.ratio(n_turns, n_steps)
            beside = f"{n_turns * n_steps:,} steps; {training.told()}; load {os.getloadavg()[0]:.1f}"
            what = f"step ÷ plain, processor time, budget=0.03, {which}"
            yield Row(what, model, "≤ 1.03, at most 0.01 above", f"{ratio:.3f}", beside)


if __name__ == "__main__":
    one_thread()
    with tempfile.TemporaryDirectory() as name:
        asked = [each for each in sys.argv[1:] if not each.startswith("--")]
        hand_over(measure(Path(name), asked, is_quick="--quick" in sys.argv[1:]))
