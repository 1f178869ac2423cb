"""Whether a budget of 3 % is kept: step time within it over plain, over long trainings, and what the file tells of it.

Each model trains in two processes that take turns, long enough for the first pass to be paid for.
"""

import sys
from collections.abc import Iterable

from tests.benchmarks.peers import OURS, Asked, Side
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK, MODELS

TURNS = dict(zip(MODELS, (240, 24, 5), strict=True))
"""Blocks of 50 steps that each side trains."""


def measure(*, is_quick: bool) -> Iterable[Row]:
    plain = Side(Asked("plain", OURS, "Plain", has_whole_blocks=True))
    bounded = Side(Asked("within", OURS, "WithinBudget", has_whole_blocks=True))
    sides = [plain, bounded]
    try:
        for model, n_turns in TURNS.items():
            for side in sides:
                side.start(model, 2 if is_quick else BLOCK)
            for _ in range(2 if is_quick else n_turns):
                for side in sides:
                    side.take_turn()
                sides.reverse()
            for side in sides:
                side.end()
            if plain.cannot or bounded.cannot:
                raise RuntimeError(plain.cannot or bounded.cannot)
            ratio = sum(bounded.seconds) / sum(plain.seconds)
            beside = f"{len(plain.seconds) * BLOCK:,} steps of {sum(plain.seconds) / len(plain.seconds) * 1e3:.3g} ms"
            what = "step time ÷ plain over a long training, budget=0.03"
            yield Row(what, model, "≤ 1.03, at most 0.01 above", f"{ratio:.3f}", f"{beside}; {bounded.told}")
    finally:
        for side in sides:
            side.close()


if __name__ == "__main__":
    hand_over(measure(is_quick="--quick" in sys.argv[1:]))
