"""Whether a budget of 3 % is kept: step time within it over plain, over long trainings, and what the file tells of it.

Each model trains in two processes that take turns, long enough for the first pass to be paid for, and that with new
processes several times, because where tensors happen to lie makes a training faster or slower by a tenth and more.
"""

import sys
from collections.abc import Iterable
from contextlib import ExitStack

from tests.benchmarks.peers import OURS, Asked, Side
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK, MODELS

TURNS = dict(zip(MODELS, (100, 12, 4), strict=True))
"""Blocks of 50 steps that each side trains."""

TIMES = 4
"""With new processes."""


def measure(*, is_quick: bool) -> Iterable[Row]:
    for model, n_turns in TURNS.items():
        plain_seconds, seconds, told = [], [], ""
        for _ in range(1 if is_quick else TIMES):
            plain, bounded = _trained(model, 2 if is_quick else n_turns, 2 if is_quick else BLOCK)
            plain_seconds += plain.seconds
            seconds += bounded.seconds
            told = bounded.told
        beside = f"{len(seconds) * BLOCK:,} steps of {sum(plain_seconds) / len(plain_seconds) * 1e3:.3g} ms"
        what = "step time ÷ plain over a long training, budget=0.03"
        ratio = sum(seconds) / sum(plain_seconds)
        yield Row(what, model, "≤ 1.03, at most 0.01 above", f"{ratio:.3f}", f"{beside}; the last {told}")


def _trained(model: str, n_turns: int, n_steps: int) -> tuple[Side, Side]:
    with ExitStack() as processes:
        sides = [
            Side(Asked("plain", OURS, "Plain", has_whole_blocks=True)),
            Side(Asked("within", OURS, "WithinBudget", has_whole_blocks=True)),
        ]
        plain, bounded = sides
        for side in sides:
            processes.callback(side.close)
            side.start(model, n_steps)
        for _ in range(n_turns):
            for side in sides:
                side.take_turn()
            sides.reverse()
        for side in sides:
            side.end()
        if problem := plain.cannot or bounded.cannot:
            raise RuntimeError(problem)
        return plain, bounded


if __name__ == "__main__":
    hand_over(measure(is_quick="--quick" in sys.argv[1:]))
