"""What the black box costs: processor time of a step that is recorded with it over one that is recorded without.

The same training goes on with its box and, block by block in turn, without it. Medians of nine rounds.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.recording import N_HELD, N_ROUNDS
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK
from tests.benchmarks.toggled import Toggled, one_thread, ratio_of
from tests.benchmarks.trained_models import CNN, MLP

N_BLOCKS = {MLP: 4, CNN: 1}
"""Timed at once."""


class Boxed(Toggled):
    """A recorded training whose box can be taken away."""

    def seconds_without_box(self, n_steps: int) -> float:
        """Seconds of so many recorded steps that are not held."""
        steps = self._collector._steps
        box, held = steps.box, steps.last_steps
        steps.box = steps.last_steps = self._collector._box = None
        seconds = self.seconds_of_block(n_steps)
        steps.box, steps.last_steps, self._collector._box = box, held, box
        return seconds


def measure(folder: Path, *, is_quick: bool) -> Iterator[Row]:
    for model, n_blocks in N_BLOCKS.items():
        n_steps = 2 if is_quick else BLOCK * n_blocks
        training = Boxed(model, folder, {"black_box": N_HELD})
        ratio, plain = ratio_of(training, N_ROUNDS, n_steps, training.seconds_without_box)
        training.end()
        beside = f"recorded without it {plain * 1e3:.3g} ms a step; load {os.getloadavg()[0]:.1f}"
        yield Row(f"cost of the black box, {N_HELD} steps", model, "≤ 1.02", f"{ratio:.3f}", beside)


if __name__ == "__main__":
    one_thread()
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:]))
