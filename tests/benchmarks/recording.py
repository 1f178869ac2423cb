"""What recording costs a training: processor time of a step with the collector over that without, in one thread.

Medians of nine rounds, in each of which the same training takes a block of steps with its collector and one without.
Names of models, or parts of them, choose among them: ``python -m tests.benchmarks.recording MLP cnn --rounds 5``.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collector import InsightOptions
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK
from tests.benchmarks.toggled import Toggled, one_thread, ratio_of
from tests.benchmarks.trained_models import CNN, GPT, MLP, RESNET, WIDE

N_ROUNDS = 9
OFF = InsightOptions(interval=0, sign_interval=0)
EACH = InsightOptions(interval=1)
N_HELD = 16
"""Steps in the black box."""

SIDES: dict[str, dict[str, Any]] = {
    "watching alone: no passes, dynamics off": {"insight": OFF, "interval": 10**9},
    "dynamics off": {"insight": OFF},
    "default: dynamics each tenth step": {},
    f"default, black box of {N_HELD} steps": {"black_box": N_HELD},
    "dynamics each step": {"insight": EACH},
}
"""What is recorded → options; passes come every 50 steps."""

GOALS = {
    MLP: ("≤ 1.02", "≤ 1.03", "≤ 1.06", "≤ 1.08", "≤ 1.25"),
    CNN: ("≤ 1.02", "≤ 1.03", "≤ 1.04", "≤ 1.06", "≤ 1.15"),
    GPT: ("≤ 1.02", "≤ 1.03", "", "", ""),
    RESNET: ("≤ 1.02", "≤ 1.03", "", "", ""),
    WIDE: ("≤ 1.02", "≤ 1.03", "", "", "≤ 1.15"),
}
"""DESIGN's, of each side."""


def measure(folder: Path, wanted: list[str], n_rounds: int, n_steps: int) -> Iterator[Row]:
    for model, goals in GOALS.items():
        if wanted and not any(each.lower() in model.lower() for each in wanted):
            continue
        for (side, options), goal in zip(SIDES.items(), goals, strict=True):
            training = Toggled(model, folder, options)
            ratio, plain = ratio_of(training, n_rounds, n_steps)
            training.end()
            more = f"{(ratio - 1) * plain * 1e6:.0f} µs more than plain {plain * 1e3:.3g} ms"
            load = f"load {os.getloadavg()[0]:.1f}"
            yield Row(f"step ÷ plain, processor time: {side}", model, goal, f"{ratio:.3f}", f"{more}; {load}")


if __name__ == "__main__":
    one_thread()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--rounds", type=int, default=N_ROUNDS)
    parser.add_argument("--steps", type=int, default=BLOCK, help="of a block; with fewer the share of passes is larger")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), asked.models, asked.rounds, asked.steps))
